"""Process designs: upload, look, publish, retire, compare."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from bpmn.compare import compare_processes
from bpmn.intake import inspect
from bpmn.model import Finding
from bpmn.outline import outline
from bpmn.vocabulary import Vocabulary
from crm_model import stages, working_calendars
from engine import decisions as engine_decisions
from engine import definitions
from engine.graph import Graph
from engine.tables import ACTIVE, PUBLISHED, RETIRED, DecisionRow, DefinitionRow, Deployment, InstanceRow
from kernel import working_time
from kernel.context import ROLES, Context
from kernel.db import savepoint
from kernel.errors import ValidationFailed
from kernel.i18n import N_, translate
from kernel.paging import Page, Slice
from kernel.permissions import use_case
from processes import decisions, design_views, presenting, replaying, version_events
from processes.decision_comparison import compare_deployed_decisions
from processes.design_views import DefinitionView, ElementView, OperationView
from processes.form_comparison import compare_forms
from processes.operations import REGISTRY
from processes.versions import get_version, newest_versions, only_newest, page_of_versions

NOT_RUNNABLE = N_("The diagram cannot run as it is. See what is wrong and where, mend it and upload it again.")
NO_FILES = N_("Choose at least one file.")
NO_PROCESS = N_("There is no process in this file.")
NO_DIAGRAM = N_("None of the files is a BPMN diagram or a DMN decision.")
BAD_FORM = N_("This form cannot be read: it must be JSON with “components”.")
DIAGRAM_ENDINGS = (".bpmn", ".bpmn2", ".xml")
DECISION_ENDING = ".dmn"
FORM_ENDINGS = (".form", ".json")


def vocabulary(context: Context, forms: dict[str, Any]) -> Vocabulary:
    """What a diagram may refer to in this product."""
    return Vocabulary(
        operations={o.name: {p.name for p in o.parameters} for o in REGISTRY.all()},
        stages=set(stages.CODES),
        forms=set(forms),
        roles=set(ROLES),
        decisions=set(context.session.scalars(select(DecisionRow.key).distinct())),
        processes=set(context.session.scalars(select(DefinitionRow.key).distinct())),
    )


@use_case("definitions.deploy")
def upload(
    context: Context,
    files: list[tuple[str, bytes]],
    *,
    publish: bool = False,
    accept_repairs: bool = False,
    comment: str | None = None,
    despite: str | None = None,
) -> design_views.Deployment:
    """Checks and stores an upload; what is wrong is refused with the element, the line and what to do.

    `despite` is the reason to publish although scenarios go differently.
    """
    return take_in(context, files, publish=publish, accept_repairs=accept_repairs, comment=comment, despite=despite)


def take_in(
    context: Context,
    files: list[tuple[str, bytes]],
    *,
    publish: bool = False,
    accept_repairs: bool = False,
    comment: str | None = None,
    despite: str | None = None,
) -> design_views.Deployment:
    """`upload`, for whoever may already do more than draw."""
    if not files:
        raise ValidationFailed({"file": [NO_FILES]})
    diagrams = [(name, data) for name, data in files if name.lower().endswith((*DIAGRAM_ENDINGS, DECISION_ENDING))]
    problems: list[Finding] = []
    forms = _forms(files, problems)
    if not diagrams:
        problems.append(Finding("no_diagram", "error", NO_DIAGRAM, file=files[0][0]))
        raise _refused(context, problems)
    intake = inspect(diagrams, vocabulary(context, forms), accept_repairs=accept_repairs)
    problems += [f for f in intake.findings if f.severity == "error"]
    if not problems and not intake.decisions and not any(definitions.runnable(d) for d in intake.diagrams):
        problems.append(Finding("no_process", "error", NO_PROCESS, file=diagrams[0][0]))
    if problems:
        raise _refused(context, [*problems, *(f for f in intake.findings if f.severity != "error")], intake.offers)
    with savepoint(context.session), _starts_by_the_default(context):
        rows = definitions.deploy(context, diagrams, intake, forms, publish=publish, comment=comment)
        for row in rows:
            version_events.note(context, row.key, version_events.UPLOADED, version=row.version, comment=comment)
        decided = decisions.newest_of(context, [key for file in intake.decisions for key in file.decisions])
        if publish:
            replaying.admit(context, rows, decided=decided, comment=comment, despite=despite)
    return design_views.Deployment(
        tuple(_views(context, rows)),
        tuple(_finding(context, f) for f in intake.findings),
        tuple(_finding(context, f) for f in intake.repairs),
        tuple(decisions.views(context, decided)),
    )


def _forms(files: list[tuple[str, bytes]], problems: list[Finding]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, data in files:
        if not name.lower().endswith(FORM_ENDINGS):
            continue
        try:
            content = json.loads(data)
            if not isinstance(content, dict) or not isinstance(content.get("components"), list):
                raise ValueError
        except (ValueError, RecursionError):
            problems.append(Finding("form", "error", BAD_FORM, file=name))
            continue
        found[content.get("id") or name.rsplit("/", 1)[-1].split(".")[0]] = content
    return found


def _refused(context: Context, findings: Sequence[Finding], offers: Sequence[Finding] = ()) -> ValidationFailed:
    """`offers` are the repairs that the designer may accept instead of mending the diagram."""
    details = {"findings": [_finding(context, f) for f in findings], "offers": [_finding(context, f) for f in offers]}
    return ValidationFailed({}, "diagram_invalid", NOT_RUNNABLE, details=details)


def readable_findings(context: Context, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as values, told in the person's language."""
    return [_finding(context, finding) for finding in findings]


def _finding(context: Context, finding: Finding) -> dict[str, Any]:
    values = definitions.finding_values(finding)
    return _readable(context, values)


def _readable(context: Context, values: dict[str, Any]) -> dict[str, Any]:
    """In the person's language, the name of the element too."""
    shown = dict(values)
    params, language = shown.pop("params"), context.actor.language
    named = shown.pop("titles", {}).get(language)
    if named:
        if params.get("element") == values["element_name"]:
            params = {**params, "element": named}
        shown["element_name"] = named
    shown["message"] = translate(values["message"], language, **params)
    return shown


def _views(context: Context, rows: Sequence[DefinitionRow]) -> list[DefinitionView]:
    session = context.session
    people = presenting.people(session, [who for row in rows for who in (row.created_by, row.published_by)])
    written = select(Deployment.id, Deployment.comment).where(Deployment.id.in_([row.deployment_id for row in rows]))
    comments = dict(session.execute(written.where(Deployment.created_by.is_not(None))).all())
    counts = dict(
        session.execute(
            select(InstanceRow.definition_id, func.count())
            .where(InstanceRow.definition_id.in_([row.id for row in rows]), InstanceRow.state == ACTIVE)
            .group_by(InstanceRow.definition_id)
        ).all()
    )
    newest = newest_versions(session, DefinitionRow, [row.key for row in rows])
    language = context.actor.language
    return [
        DefinitionView(
            id=row.id,
            key=row.key,
            version=row.version,
            version_tag=row.version_tag,
            name=row.titles.get(language) or row.name,
            state=row.state,
            resource=row.resource,
            created_at=row.created_at,
            created_by=people.get(row.created_by or 0),
            published_at=row.published_at,
            published_by=people.get(row.published_by or 0),
            comment=comments.get(row.deployment_id),
            instances=counts.get(row.id, 0),
            latest=newest.get(row.key) == row.version,
            findings=tuple(_readable(context, f) for f in row.findings),
            repairs=tuple(_readable(context, f) for f in row.repairs),
        )
        for row in rows
    ]


@use_case("definitions.read")
def list_definitions(
    context: Context, page: Page, *, key: str | None = None, state: str | None = None, latest: bool = False
) -> Slice[DefinitionView]:
    """By key, the newest version first; `latest` keeps one version a key."""
    query = select(DefinitionRow)
    if key is not None:
        query = query.where(DefinitionRow.key == key)
    if state is not None:
        query = query.where(DefinitionRow.state == state)
    if latest:
        query = only_newest(query, DefinitionRow)
    found = page_of_versions(context.session, query, DefinitionRow, page)
    return Slice(_views(context, found.items), found.next)


@use_case("definitions.read")
def names_of_published(context: Context) -> list[tuple[str, str]]:
    """(key, name) of every process that is published, to choose from."""
    query = select(DefinitionRow.key, DefinitionRow.titles, DefinitionRow.name).where(DefinitionRow.state == PUBLISHED)
    rows = context.session.execute(query.order_by(DefinitionRow.key, DefinitionRow.version)).all()
    return list({row.key: row.titles.get(context.actor.language) or row.name for row in rows}.items())


@use_case("definitions.read")
def get_definition(context: Context, definition_id: int) -> DefinitionView:
    return _views(context, [get_version(context.session, DefinitionRow, definition_id)])[0]


@use_case("definitions.read")
def get_xml(context: Context, definition_id: int) -> bytes:
    """The diagram byte for byte as it was uploaded."""
    return get_version(context.session, DefinitionRow, definition_id, with_xml=True).xml


def _starts_by_the_default(context: Context) -> working_time.using:
    """Processes that start by themselves go by the company's calendar."""
    return working_time.using(lambda: working_calendars.calendar_for(context.session))


@use_case("definitions.deploy")
def publish(
    context: Context, definition_id: int, *, comment: str | None = None, despite: str | None = None
) -> DefinitionView:
    """From now on new instances start with this version, unless a newer one is published.

    `despite` is the reason to publish although scenarios go differently.
    """
    row = get_version(context.session, DefinitionRow, definition_id)
    if row.state != PUBLISHED:
        decided = engine_decisions.drafts_of(context.session, row.deployment_id)
        with savepoint(context.session), _starts_by_the_default(context):
            definitions.set_state(context, row, PUBLISHED)
            replaying.admit(context, [row], decided=decided, comment=comment, despite=despite)
    return _views(context, [row])[0]


@use_case("definitions.deploy")
def retire(context: Context, definition_id: int) -> DefinitionView:
    """Starts no more; what runs goes on."""
    row = get_version(context.session, DefinitionRow, definition_id)
    if row.state != RETIRED:
        with _starts_by_the_default(context):
            definitions.set_state(context, row, RETIRED)
        version_events.note(context, row.key, version_events.RETIRED, version=row.version)
    return _views(context, [row])[0]


@use_case("definitions.read")
def compare(context: Context, definition_id: int, other_id: int) -> dict[str, Any]:
    """What was added, removed and changed from the first version to the other, in the diagram, its forms and its
    decisions."""
    session = context.session
    one, other = get_version(session, DefinitionRow, definition_id), get_version(session, DefinitionRow, other_id)
    before, after = definitions.load(session, one.id).graph.process, definitions.load(session, other.id).graph.process
    forms = compare_forms(session, one.deployment_id, other.deployment_id)
    tables = compare_deployed_decisions(
        session, (one.deployment_id, before), (other.deployment_id, after), context.actor.language
    )
    return {**compare_processes(before, after), "forms": forms, "decisions": tables}


@use_case("definitions.read")
def list_elements(context: Context, definition_id: int) -> list[ElementView]:
    """Every element in reading order: the diagram for people who do not look at pictures."""
    row = get_version(context.session, DefinitionRow, definition_id)
    return elements_of(definitions.load(context.session, row.id).graph, context.actor.language)


def elements_of(graph: Graph, language: str) -> list[ElementView]:
    lines = outline(graph.process, language)
    names = {line.element_id: line.name for line in lines}
    return [
        ElementView(
            line.element_id,
            line.name,
            line.type,
            line.depth,
            tuple((name, names.get(target) or target) for name, target in line.leads_to),
            _answers(graph, line.element_id, language),
        )
        for line in lines
    ]


def _answers(graph: Graph, element_id: str, language: str) -> tuple[tuple[str, str], ...]:
    if not graph.knows(element_id):
        return ()
    node = graph.node(element_id)
    results = ((result.code, result.titles.get(language) or result.code) for result in node.extension.results)
    flows = ((flow.id, flow.titles.get(language) or flow.name or flow.id) for flow in graph.outgoing(node))
    return (*results, *flows)


@use_case("definitions.read")
def list_operations(context: Context) -> list[OperationView]:
    language = context.actor.language
    return [
        OperationView(
            operation.name,
            translate(operation.title, language),
            tuple(
                {"name": p.name, "type": p.type_name, "required": p.required, "title": p.name.replace("_", " ")}
                for p in operation.parameters
            ),
            operation.asynchronous,
            operation.gives,
        )
        for operation in REGISTRY.all()
    ]
