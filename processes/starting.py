"""Starting a process: on which record, with what, and never twice where once is enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crm_model import access
from crm_model.deal_entities import Deal
from crm_model.documents import Document
from crm_model.stage_history import closed
from engine import definitions, instances
from engine.definitions import Definition
from engine.errors import DefinitionNotFound
from engine.execution import Execution
from engine.live import Live
from engine.tables import ACTIVE, SUSPENDED, InstanceRow
from kernel.context import Context
from kernel.errors import Conflict, Message, NotFound, ValidationFailed
from kernel.i18n import N_
from processes.facts import SUBJECTS

ALREADY_RUNNING = N_("This process already runs for the record.")
NO_SUBJECT = N_("There is no such record, or you may not see it.")
UNKNOWN_TYPE = N_("Choose one of: %(types)s.")
NOT_PUBLISHED = N_("There is no such published process.")


def start_on(
    execution: Execution,
    definition: Definition,
    *,
    subject: Mapping[str, Any] | None,
    business_key: str | None = None,
    variables: Mapping[str, Any] | None = None,
    start_event: str | None = None,
) -> Live:
    """Starts an instance on a record that the caller sees; a process that drives a deal runs once a deal."""
    bound = _subject(execution.context, subject)
    key = business_key or (f"{bound[0]}:{bound[1]}" if bound else None)
    if bound is not None and drives_deals(definition):
        _require_alone(execution.context, definition, bound)
    return instances.start(
        execution, definition, variables=variables or {}, business_key=key, subject=bound, start_event=start_event
    )


def drives_deals(definition: Definition) -> bool:
    """Whether a process sets stages: then one instance a deal, and none on a closed one."""
    return any(node.extension.stage for node in definition.graph.process.nodes.values())


def _subject(context: Context, subject: Mapping[str, Any] | None) -> tuple[str, int] | None:
    if subject is None:
        return None
    kind, number = subject["type"], subject["id"]
    models: dict[str, Any] = {**SUBJECTS, "document": Document}
    if kind not in models:
        raise ValidationFailed({"subject.type": [Message(UNKNOWN_TYPE, types=", ".join(models))]})
    try:
        access.get_visible(context, models[kind], number)
    except NotFound as error:
        raise ValidationFailed({"subject.id": [NO_SUBJECT]}) from error
    return kind, number


def _require_alone(context: Context, definition: Definition, subject: tuple[str, int]) -> None:
    """Two people who start the same sale at the same moment meet at the deal's row."""
    if subject[0] != "deal":
        return
    deal = context.session.get(Deal, subject[1], with_for_update=True, populate_existing=True)
    assert deal is not None
    if not deal.is_open:
        raise closed(deal)
    running = running_instance(context, subject, definition.key)
    if running is not None:
        raise Conflict("already_running", ALREADY_RUNNING, details={"instance_id": running})


def running_instance(context: Context, subject: tuple[str, int], key: str | None = None) -> int | None:
    """The instance of a process (any that drives deals, if no key) that runs for a record itself."""
    query = select(InstanceRow.id).where(
        InstanceRow.business_key == f"{subject[0]}:{subject[1]}",
        InstanceRow.parent_id.is_(None),
        InstanceRow.state.in_((ACTIVE, SUSPENDED)),
    )
    if key is not None:
        return context.session.scalar(query.where(InstanceRow.definition_key == key).order_by(InstanceRow.id).limit(1))
    for row in context.session.execute(query.add_columns(InstanceRow.definition_id).order_by(InstanceRow.id)):
        if drives_deals(definitions.load(context.session, row.definition_id)):
            return int(row.id)
    return None


def check_startable(context: Context, key: str, *, path: str) -> None:
    """422 at `path` where no such process is published."""
    try:
        definitions.latest_published(context.session, key)
    except DefinitionNotFound as error:
        raise ValidationFailed({path: [NOT_PUBLISHED]}) from error


def start_for_reroute(execution: Execution, key: str, deal: Deal) -> None:
    """The client goes on in another process, on the account of the deal that was moved."""
    definition = instances.definition_for(execution, key, None)
    subject = ("account", deal.account_id) if deal.account_id is not None else ("deal", deal.id)
    instances.start(
        execution,
        definition,
        variables={"rerouted_from_deal_id": deal.id},
        business_key=f"{subject[0]}:{subject[1]}",
        subject=subject,
    )
