"""A rehearsal: a process is played on made-up records by a list of steps, in a part of the transaction that is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kernel.context import Context
from kernel.db import savepoint
from kernel.errors import ValidationFailed
from kernel.i18n import N_
from kernel.permissions import use_case
from processes import designs, draft_forms, drafts
from processes.design_views import DefinitionView
from processes.performance import Performance, RehearsalView, Script

NO_PROCESS = N_("There is no process in this draft.")


@use_case("definitions.draft")
def rehearse(context: Context, *, definition_id: int, script: Script) -> RehearsalView:
    """Plays the script on a version, whatever its state; nothing of it is kept or seen by anyone.

    Raises ValidationFailed at `steps.N` (from 0) where a step cannot be done.
    """
    designs.get_definition(context, definition_id)
    with savepoint(context.session, keep=False):
        return Performance(context, script).play(definition_id)


@use_case("definitions.draft")
def rehearse_draft(context: Context, *, draft_id: int, script: Script) -> RehearsalView:
    """As `rehearse`, on a draft as it was saved last; refused like an upload where the draft cannot run."""
    with draft_as_version(context, draft_id) as version:
        return Performance(context, script).play(version.id)


@contextmanager
def draft_as_version(context: Context, draft_id: int) -> Iterator[DefinitionView]:
    """The draft's first process as a version that is gone again afterwards."""
    row = drafts.row_of(context, draft_id)
    known = draft_forms.deployed(context, row.definition_id) | row.forms
    files = [("diagram.bpmn", row.xml), *draft_forms.files_of(known, list(known))]
    with savepoint(context.session, keep=False):
        deployed = designs.take_in(context, files).definitions
        if not deployed:
            raise ValidationFailed({"draft": [NO_PROCESS]})
        yield deployed[0]
