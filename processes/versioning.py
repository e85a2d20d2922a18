"""Versions looked after: a tag of one's own, and an old version that becomes the newest again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from crm_model import inputs
from crm_model.inputs import Field
from engine.tables import DecisionRow, DefinitionRow, FormRow
from kernel.context import Context
from kernel.permissions import use_case
from processes import designs, draft_forms, version_events
from processes.design_views import DefinitionView
from processes.versions import get_version

DEPLOYED_TOGETHER = b'"deployment"'
"""In a diagram: it decides by the table that came with it."""


@use_case("definitions.deploy")
def retag_definition(context: Context, definition_id: int, *, version_tag: str | None) -> DefinitionView:
    """Gives a version another tag, or none; the diagram stays as it is."""
    row = get_version(context.session, DefinitionRow, definition_id)
    read = inputs.read(context, {"version_tag": version_tag}, {"version_tag": Field(inputs.name)})
    was, row.version_tag = row.version_tag, read["version_tag"]
    context.session.flush()
    version_events.note(
        context, row.key, version_events.TAGGED, version=row.version, was=was, name=row.version_tag or ""
    )
    return designs.get_definition(context, definition_id)


@use_case("definitions.deploy")
def restore_definition(context: Context, definition_id: int, *, comment: str | None = None) -> DefinitionView:
    """Makes an old version, with the forms that came with it, the newest one: a draft that still has to be published."""
    row = get_version(context.session, DefinitionRow, definition_id, with_xml=True)
    forms = select(FormRow.key, FormRow.content).where(FormRow.deployment_id == row.deployment_id)
    known: dict[str, Any] = dict(context.session.execute(forms).all())
    files = [(row.resource, row.xml), *draft_forms.files_of(known, list(known))]
    if DEPLOYED_TOGETHER in row.xml:
        tables = select(DecisionRow.resource, DecisionRow.xml).where(DecisionRow.deployment_id == row.deployment_id)
        files += dict(context.session.execute(tables).all()).items()
    restored = designs.take_in(context, files, accept_repairs=True, comment=comment).definitions
    made = next(one for one in restored if one.key == row.key)
    version_events.note(
        context, row.key, version_events.RESTORED, version=made.version, comment=comment, from_version=row.version
    )
    return made
