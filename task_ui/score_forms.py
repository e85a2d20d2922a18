"""The fields of a rule's form: those of its kind's condition, then the points and how long they last."""

from typing import Any

from crm_model.scoring.entities import ScoreRule
from crm_model.scoring.kinds import activity, contact_role, known, request, source, touch
from kernel.i18n import N_
from task_ui.forms import Input

CONDITION = "c_"
"""Before the names of a condition's fields, so that they cannot be taken for those of the rule."""


def _choice(name: str, label: str, phrases: dict[str, str]) -> Input:
    return Input(CONDITION + name, label, "multiselect", required=True, options=tuple(phrases.items()), wide=True)


PERIOD = (
    Input(CONDITION + "at_least", N_("At least so many times"), "integer"),
    Input(CONDITION + "within_days", N_("In so many last days"), "integer", hint=N_("Empty: whenever it was.")),
)
DAYS = Input(CONDITION + "days", N_("Days"), "integer", required=True)
INPUTS: dict[str, tuple[Input, ...]] = {
    "touch": (
        _choice("kinds", N_("The person"), touch.PHRASES),
        Input(CONDITION + "campaign_kind", N_("Only at campaigns of this kind"), "select", group="campaign_kind"),
        *PERIOD,
    ),
    "activity": (_choice("kinds", N_("We"), activity.PHRASES), *PERIOD),
    "request": (_choice("requests", N_("The lead"), request.PHRASES),),
    "silence": (DAYS,),
    "source": (_choice("sources", N_("The lead"), source.PHRASES),),
    "known": (_choice("known", N_("The lead has told us all of this"), known.PHRASES),),
    "company": (
        Input(CONDITION + "industries", N_("Industry"), "lines", hint=N_("One per line; a part of the name is enough.")),
        Input(CONDITION + "regions", N_("Country or region"), "lines", hint=N_("One per line; a part of the name is enough.")),
        Input(CONDITION + "employees_from", N_("Employees, at least"), "integer"),
        Input(CONDITION + "employees_to", N_("Employees, at most"), "integer"),
    ),
    "contact_role": (_choice("roles", N_("Role"), contact_role.PHRASES),),
    "deals_won": PERIOD,
    "deals_stalled": (DAYS,),
}  # fmt: skip
RULE = (
    Input("points", N_("Points"), "integer", required=True, hint=N_("With a minus they are taken away.")),
    Input("valid_days", N_("They last so many days"), "integer", hint=N_("Empty: as long as the condition holds.")),
)


def condition_inputs(kind: str) -> tuple[Input, ...]:
    return INPUTS[kind]


def condition_of(kind: str, shown: dict[str, Any]) -> dict[str, Any]:
    """What the form holds, without the fields left empty."""
    found = {one.name.removeprefix(CONDITION): shown[one.name] for one in INPUTS[kind]}
    return {name: value for name, value in found.items() if value not in (None, [])}


def values_of(rule: ScoreRule) -> dict[str, Any]:
    """A rule as its form shows it."""
    condition = {CONDITION + key: value for key, value in rule.condition.items()}
    return {**condition, "points": rule.points, "valid_days": rule.valid_days}
