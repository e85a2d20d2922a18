"""Teams: who works together, and who leads."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crm_model import access, inputs, listing, references, users
from crm_model.inputs import Field
from crm_model.records import change
from crm_model.users import Team, User
from crm_model.working_calendars import WorkingCalendar
from kernel.context import Context
from kernel.i18n import N_
from kernel.paging import Page, Slice
from kernel.permissions import use_case

FIELDS = {
    "name": Field(inputs.name, required=True),
    "head_id": Field(inputs.record(User)),
    "calendar_id": Field(inputs.record(WorkingCalendar)),
}


@use_case("users.read")
def list_teams(ctx: Context, page: Page, *, q: str | None = None) -> Slice[Team]:
    query = select(Team)
    if q:
        query = query.where(listing.has_text(q, Team.name))
    return listing.paged(ctx.session, query, page, Team, "name")


@use_case("users.read")
def get_team(ctx: Context, team_id: int) -> Team:
    return access.get_visible(ctx, Team, team_id)


@use_case("users.manage")
def create_team(ctx: Context, values: Mapping[str, Any]) -> Team:
    team = Team()
    _assign(ctx, team, inputs.read(ctx, values, FIELDS))
    ctx.session.add(team)
    ctx.session.flush()
    return team


@use_case("users.manage")
def update_team(ctx: Context, team_id: int, values: Mapping[str, Any]) -> Team:
    team = access.get_visible(ctx, Team, team_id, lock=True)
    inputs.check_version(team, values)
    _assign(ctx, team, inputs.read(ctx, values, FIELDS, partial=True))
    ctx.session.flush()
    return team


@use_case("users.manage")
def delete_team(ctx: Context, team_id: int) -> None:
    """Only an empty team: its members' records would change hands unnoticed."""
    team = access.get_visible(ctx, Team, team_id, lock=True)
    references.refuse_if_used(ctx, team)
    ctx.session.delete(team)
    ctx.session.flush()


def _assign(ctx: Context, team: Team, clean: dict[str, Any]) -> None:
    if clean.get("head_id") is not None:
        users.require_active(ctx.session, clean["head_id"], "head_id")
    references.refuse_twin(ctx, team, "name", clean, N_("There is a team with this name already."))
    change(team, clean)
