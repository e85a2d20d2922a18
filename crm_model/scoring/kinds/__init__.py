"""The kinds of rules, one a file: each compiles to one set-based SELECT over any number of leads."""

from collections.abc import Mapping
from typing import Any

from crm_model import inputs
from crm_model.scoring.kinds import (
    activity,
    company,
    contact_role,
    deals_stalled,
    deals_won,
    known,
    request,
    silence,
    source,
    touch,
)
from crm_model.scoring.kinds.kind import Kind
from kernel.context import Context

KINDS: dict[str, Kind] = {
    module.KIND.code: module.KIND
    for module in (
        touch, activity, request, silence, source, known, company, contact_role, deals_won, deals_stalled,
    )
}  # fmt: skip
IMPLIED = {"at_least": 1}


def read_condition(ctx: Context, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a rule of the kind keeps: without the keys that were left empty."""
    with inputs.at("condition"):
        clean = inputs.read(ctx, values, KINDS[kind].fields)
    return {key: value for key, value in clean.items() if value is not None}


def parameters(kind: str, condition: Mapping[str, Any]) -> dict[str, Any]:
    """Every key of the kind, for its statement."""
    return {key: condition.get(key, IMPLIED.get(key)) for key in KINDS[kind].fields}
