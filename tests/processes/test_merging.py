"""Two records become one with everything that refers to them, and two again: nothing is lost either way."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.schema import DropConstraint

from crm_model import access, accounts, activities, campaigns, consents, contacts, deals, leads, notes, participants
from crm_model import touches as touching
from crm_model.audit import list_audit
from crm_model.campaigns import CampaignMember
from crm_model.consents import Consent
from crm_model.merging import referring, rows
from crm_model.merging.tables import MODELS
from crm_model.segments import Segment, SegmentMember
from engine.tables import UserTaskRow
from kernel.context import SYSTEM, Context
from kernel.db import Base
from kernel.errors import AppError, NotFound, PermissionDenied, ValidationFailed
from kernel.paging import Page
from processes import lead_flow, merging, messages
from processes import leads as lead_work
from processes.catalogue import deploy_shipped
from processes.instances import list_instances
from processes.tasks import count_tasks, list_tasks
from processes.views import InstanceFilter, TaskFilter
from server.models import all_tables
from tests.conftest import NOON, MakeContext
from tests.crm_model.people import Company

LOOSE = ("subject_id", "person_id", "record_id", "entity_id", "business_key", "origin_key", "first_id", "second_id")


@pytest.fixture
def ctx(session: Session, make_context: MakeContext) -> Context:
    return make_context(session, "supervisor")


@pytest.fixture
def shipped(session: Session) -> None:
    deploy_shipped(Context(session, SYSTEM, lambda: NOON))


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Every row of the database, but for what a merge itself leaves behind and when something was last touched."""
    session.flush()
    left = {"merge_batches", "audit_entries"}
    kept = [table for table in Base.metadata.sorted_tables if table.name not in left]
    return {table.name: [_plain(row) for row in _sorted(rows.as_json(session, table))] for table in kept}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("version", "updated_at")}


def _sorted(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda row: repr(sorted(row.items(), key=lambda item: item[0])))


def refused(action: Callable[[], Any]) -> AppError:
    with pytest.raises(AppError) as caught:
        action()
    return caught.value


class Pair:
    """Two contacts of two accounts that turn out to be one person, with all that hangs on them."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.account = accounts.create_account(ctx, {"name": "Northern Trade"})
        self.kept = contacts.create_contact(
            ctx, {"name": "Anna Berg", "phones": ["+7 916 111-22-33"], "consent": True, "account_id": self.account.id}
        )
        self.gone = contacts.create_contact(
            ctx,
            {
                "name": "Anna M. Berg", "job_title": "Director", "phones": ["+7 916 444-55-66"],
                "emails": ["anna@north.example"], "messengers": {"telegram": "@anna"},
            },
        )  # fmt: skip
        self.deal = deals.create_deal(ctx, {"title": "Ten licences", "contact_id": self.gone.id})
        self.both_take_part = deals.create_deal(ctx, {"title": "A hundred licences"})
        for person, role in ((self.kept, "user"), (self.gone, "decision_maker")):
            participants.create_participant(ctx, self.both_take_part.id, {"contact_id": person.id, "role": role})
        self.note = notes.create_note(ctx, {"text": "Likes tea", "contact_id": self.gone.id})
        self.call = activities.create_activity(ctx, {"kind": "call", "subject": "Call", "contact_id": self.gone.id})
        self.campaign = campaigns.create_campaign(ctx.as_system(), {"name": "Fair", "kind": "exhibition"})
        for person in (self.kept, self.gone):
            ctx.session.add(CampaignMember(campaign_id=self.campaign.id, contact_id=person.id))
        segment = Segment(name="Friends", subject="contacts", is_list=True)
        ctx.session.add(segment)
        ctx.session.flush()
        for person in (self.kept, self.gone):
            ctx.session.add(SegmentMember(segment_id=segment.id, person_id=person.id))
        self.touch = touching.note(ctx, "call", contact_id=self.gone.id)

    def merge(self, **fields: str) -> Any:
        return merging.merge(self.ctx, kind="contact", survivor_id=self.kept.id, loser_id=self.gone.id, choices=fields)


def test_everything_that_refers_to_the_other_record_belongs_to_the_kept_one(ctx: Context) -> None:
    pair = Pair(ctx)
    batch = pair.merge()
    for record in (pair.deal, pair.note, pair.call, pair.touch):
        assert record.contact_id == pair.kept.id
    members = select(func.count()).where(CampaignMember.campaign_id == pair.campaign.id)
    assert ctx.session.scalar(members) == 1
    part = participants.list_participants(ctx, pair.both_take_part.id, Page()).items
    assert [(one.contact_id, one.role) for one in part] == [(pair.kept.id, "user")]
    assert batch.moved_count >= 5


def test_the_emptier_field_is_filled_and_lists_are_joined(ctx: Context) -> None:
    pair = Pair(ctx)
    pair.merge()
    kept = contacts.get_contact(ctx, pair.kept.id)
    assert (kept.name, kept.job_title, kept.emails) == ("Anna Berg", "Director", ["anna@north.example"])
    assert kept.phones == ["+7 916 111-22-33", "+7 916 444-55-66"]
    assert kept.phone_keys == ["+79161112233", "+79164445566"]
    assert kept.messengers == {"telegram": "@anna"}


def test_a_value_may_be_chosen_field_by_field(ctx: Context) -> None:
    pair = Pair(ctx)
    wrong = refused(lambda: pair.merge(name="both", nothing="loser"))
    assert isinstance(wrong, ValidationFailed) and set(wrong.fields) == {"choices.name", "choices.nothing"}
    pair.merge(name="loser", phones="survivor")
    kept = contacts.get_contact(ctx, pair.kept.id)
    assert (kept.name, kept.phones) == ("Anna M. Berg", ["+7 916 111-22-33"])


def test_who_asks_for_the_other_record_finds_the_kept_one(ctx: Context) -> None:
    pair = Pair(ctx)
    pair.merge()
    third = contacts.create_contact(ctx, {"name": "A. Berg"})
    merging.merge(ctx, kind="contact", survivor_id=third.id, loser_id=pair.kept.id)
    assert contacts.get_contact(ctx, pair.gone.id).id == third.id
    with pytest.raises(NotFound):
        contacts.delete_contact(ctx, pair.gone.id)
    assert notes.create_note(ctx, {"text": "Late", "contact_id": pair.gone.id}).contact_id == third.id


def test_an_undone_merge_leaves_every_row_as_it_was(ctx: Context) -> None:
    pair = Pair(ctx)
    before = everything(ctx.session)
    batch = pair.merge()
    assert everything(ctx.session) != before
    merging.undo_merge(ctx, batch.id)
    after = everything(ctx.session)
    assert {name: found for name, found in after.items() if found != before[name]} == {}
    assert contacts.get_contact(ctx, pair.gone.id).name == "Anna M. Berg"


def test_accounts_and_their_people_deals_and_leads_become_one_and_two_again(ctx: Context) -> None:
    kept, gone = (accounts.create_account(ctx, {"name": name}) for name in ("Romashka", "OOO Romashka"))
    person = contacts.create_contact(ctx, {"name": "Ivan", "account_id": gone.id})
    deal = deals.create_deal(ctx, {"title": "Ten", "account_id": gone.id})
    lead = leads.create_lead(ctx, {"name": "Ivan", "account_id": gone.id})
    before = everything(ctx.session)
    batch = merging.merge(ctx, kind="account", survivor_id=kept.id, loser_id=gone.id)
    assert {one.account_id for one in (person, deal, lead)} == {kept.id}
    merging.undo_merge(ctx, batch.id)
    assert everything(ctx.session) == before


def test_what_was_changed_is_told_on_the_card_that_there_is(ctx: Context) -> None:
    pair = Pair(ctx)
    made = len(list_audit(ctx, "contact", pair.gone.id, Page(100)).items)
    own = len(list_audit(ctx, "contact", pair.kept.id, Page(100)).items)
    batch = pair.merge()
    told = list_audit(ctx, "contact", pair.kept.id, Page(100)).items
    assert len(told) == made + own + 2
    assert {row.cause and row.cause.get("merge_id") for row in told[:2]} == {batch.id}
    merging.undo_merge(ctx, batch.id)
    assert len(list_audit(ctx, "contact", pair.gone.id, Page(100)).items) == made + 2


def test_undoing_is_refused_where_a_later_change_would_be_lost_and_names_it(ctx: Context) -> None:
    pair = Pair(ctx)
    batch = pair.merge()
    contacts.update_contact(ctx, pair.kept.id, {"job_title": "Owner"})
    refusal = refused(lambda: merging.undo_merge(ctx, batch.id))
    assert (refusal.code, refusal.details) == ("merge_changed_since", {"fields": ["job_title"]})
    contacts.update_contact(ctx, pair.kept.id, {"job_title": "Director", "description": "Written since"})
    merging.undo_merge(ctx, batch.id)
    assert contacts.get_contact(ctx, pair.kept.id).description == "Written since"
    assert refused(lambda: merging.undo_merge(ctx, batch.id)).code == "merge_not_done"


def test_what_came_since_stays_and_what_was_moved_elsewhere_is_left_there(ctx: Context) -> None:
    pair = Pair(ctx)
    batch = pair.merge()
    late = notes.create_note(ctx, {"text": "Late", "contact_id": pair.kept.id})
    other = contacts.create_contact(ctx, {"name": "Somebody else"})
    deals.update_deal(ctx, pair.deal.id, {"contact_id": other.id})
    ctx.session.execute(delete(CampaignMember))
    ctx.session.execute(delete(type(pair.campaign)).where(type(pair.campaign).id == pair.campaign.id))
    merging.undo_merge(ctx, batch.id)
    ctx.session.refresh(late)
    ctx.session.refresh(pair.deal)
    assert (late.contact_id, pair.deal.contact_id) == (pair.kept.id, other.id)


def test_merges_on_top_of_one_another_are_undone_from_the_top(ctx: Context) -> None:
    pair = Pair(ctx)
    first = pair.merge()
    third = contacts.create_contact(ctx, {"name": "A. Berg"})
    second = merging.merge(ctx, kind="contact", survivor_id=third.id, loser_id=pair.kept.id)
    assert refused(lambda: merging.undo_merge(ctx, first.id)).code == "merge_survivor_gone"
    merging.undo_merge(ctx, second.id)
    merging.undo_merge(ctx, first.id)
    assert contacts.get_contact(ctx, pair.gone.id).id == pair.gone.id


def test_the_strictest_refusal_wins_and_comes_undone(ctx: Context) -> None:
    pair = Pair(ctx)
    lead_flow.opt_out(ctx, contact=pair.gone)
    consents.give(ctx, pair.kept, channel="phone", source="manual", proof={})
    consents.give(ctx, pair.gone, channel="phone", source="manual", proof={})
    consents.withdraw(ctx, pair.gone, channel="phone", source="manual")
    batch = pair.merge()
    kept = contacts.get_contact(ctx, pair.kept.id)
    ledger = ctx.session.scalars(select(Consent).where(Consent.contact_id == kept.id)).all()
    assert (kept.consent, kept.opted_out, [row for row in ledger if row.holds]) == (False, True, [])
    merging.undo_merge(ctx, batch.id)
    kept, gone = contacts.get_contact(ctx, pair.kept.id), contacts.get_contact(ctx, pair.gone.id)
    assert (kept.consent, kept.opted_out, gone.opted_out) == (True, False, True)
    assert consents.disagreeing(ctx.session, type(kept)) == []


def test_consent_of_the_other_record_counts_for_the_kept_one(ctx: Context) -> None:
    kept, gone = (contacts.create_contact(ctx, {"name": "A. Berg", "consent": agrees}) for agrees in (False, True))
    merging.merge(ctx, kind="contact", survivor_id=kept.id, loser_id=gone.id)
    assert contacts.get_contact(ctx, kept.id).consent
    assert consents.disagreeing(ctx.session, type(kept)) == []


@pytest.mark.usefixtures("shipped")
def test_processes_of_both_leads_are_found_by_both_keys_and_the_person_is_called_once(ctx: Context) -> None:
    kept, gone = (lead_work.create_lead(ctx, {"name": "Ivan", "phone": "+79161112233"}) for _ in range(2))
    batch = merging.merge(ctx, kind="lead", survivor_id=kept.id, loser_id=gone.id)
    for key in (f"lead:{kept.id}", f"lead:{gone.id}"):
        found = list_instances(ctx, InstanceFilter(business_key=key), Page()).items
        assert sorted(one.state for one in found) == ["active", "suspended"]
        assert {task.subject.id for task in list_tasks(ctx, TaskFilter(subject=key), Page()).items} == {kept.id}
    reached = messages.send_message(ctx, name="lead.requalify", business_key=f"lead:{gone.id}")
    assert reached
    [ended] = [
        one
        for one in list_instances(ctx, InstanceFilter(business_key=f"lead:{kept.id}"), Page()).items
        if one.id in batch.suspended
    ]
    assert ended.state == "suspended"


@pytest.mark.usefixtures("shipped")
def test_an_undone_merge_gives_the_lead_its_running_process_back(ctx: Context) -> None:
    kept, gone = (lead_work.create_lead(ctx, {"name": "Ivan", "phone": "+79161112233"}) for _ in range(2))
    before = everything(ctx.session)
    batch = merging.merge(ctx, kind="lead", survivor_id=kept.id, loser_id=gone.id)
    merging.undo_merge(ctx, batch.id)
    after = everything(ctx.session)
    different = {name for name, found in after.items() if found != before[name]}
    assert different <= {"operator_action"}
    [one] = list_instances(ctx, InstanceFilter(business_key=f"lead:{gone.id}"), Page()).items
    assert one.state == "active"


@pytest.mark.usefixtures("shipped")
def test_a_task_of_the_process_that_stands_still_is_in_nobodys_list_until_the_merge_is_undone(ctx: Context) -> None:
    kept, gone = (lead_work.create_lead(ctx, {"name": "Ivan", "phone": "+79161112233"}) for _ in range(2))

    ctx.session.execute(update(UserTaskRow).values(assignee_id=ctx.actor.user_id))

    def offered() -> list[int]:
        return sorted(task.instance.id for task in list_tasks(ctx, TaskFilter(mine_or_candidate=True), Page()).items)

    before, counted = offered(), count_tasks(ctx)
    batch = merging.merge(ctx, kind="lead", survivor_id=kept.id, loser_id=gone.id)
    assert batch.suspended and set(before) - set(offered()) == set(batch.suspended)
    assert count_tasks(ctx) != counted
    assert len(list_tasks(ctx, TaskFilter(instance_id=batch.suspended[0]), Page()).items) == 1
    merging.undo_merge(ctx, batch.id)
    assert (offered(), count_tasks(ctx)) == (before, counted)


@pytest.mark.usefixtures("shipped")
def test_the_process_of_the_other_lead_goes_on_where_nothing_runs_for_the_kept_one(ctx: Context) -> None:
    kept = leads.create_lead(ctx, {"name": "Ivan"})
    gone = lead_work.create_lead(ctx, {"name": "Ivan", "phone": "+79161112233"})
    merging.merge(ctx, kind="lead", survivor_id=kept.id, loser_id=gone.id)
    [one] = list_instances(ctx, InstanceFilter(business_key=f"lead:{kept.id}"), Page()).items
    assert (one.state, one.business_key) == ("active", f"lead:{kept.id}")


def test_a_lead_that_has_become_a_deal_is_the_one_to_keep(ctx: Context) -> None:
    plain, handed = (leads.create_lead(ctx, {"name": "Ivan"}) for _ in range(2))
    leads.set_deal(ctx, handed, deals.create_deal(ctx, {"title": "Ten"}).id, None)
    refusal = refused(lambda: merging.merge(ctx, kind="lead", survivor_id=plain.id, loser_id=handed.id))
    assert refusal.code == "lead_has_deal"
    merging.merge(ctx, kind="lead", survivor_id=handed.id, loser_id=plain.id)


def test_nobody_merges_what_he_may_not_change(session: Session) -> None:
    company = Company(session)
    own = contacts.create_contact(company.as_("manager"), {"name": "Anna"})
    others = contacts.create_contact(company.as_("stranger"), {"name": "Anna"})
    ask = {"kind": "contact", "survivor_id": own.id, "loser_id": others.id}
    assert isinstance(refused(lambda: merging.merge(company.as_("manager"), **ask)), NotFound)
    assert isinstance(refused(lambda: merging.merge(company.as_("designer"), **ask)), PermissionDenied)
    batch = merging.merge(company.as_("supervisor"), **ask)
    assert isinstance(refused(lambda: merging.undo_merge(company.as_("stranger"), batch.id)), NotFound)
    assert [one.id for one in merging.list_merges(company.as_("manager"), Page()).items] == [batch.id]
    assert isinstance(
        refused(lambda: merging.merge(company.as_("manager"), **{**ask, "loser_id": own.id})), ValidationFailed
    )


def test_every_number_of_a_record_in_any_table_is_moved_or_said_to_stay() -> None:
    """A new table that refers to a record without a foreign key must be thought of; those with one are found."""
    known = referring.LEFT | {referring.AUDIT, referring.MEMBERS, "user_task.subject_id", "process_instance.subject_id"}
    known |= {
        f"{name}.{key}" for name in ("process_instance", "inbox_message") for key in ("business_key", "origin_key")
    }
    known |= {"duplicate_pairs.first_id", "duplicate_pairs.second_id", "duplicate_keys.record_id"}
    loose = {
        f"{table.name}.{column.name}"
        for table in all_tables().sorted_tables
        for column in table.columns
        if not column.foreign_keys
        and (
            column.name in LOOSE
            or column.name.endswith(("lead_id", "contact_id", "account_id", "loser_id", "survivor_id"))
        )
    }
    assert loose - known == set()


@pytest.mark.parametrize("kind", MODELS)
def test_every_foreign_key_is_moved(ctx: Context, kind: str) -> None:
    """Of each table that refers to the kind one row is made that says no more than this."""
    kept, gone = (MODELS[kind](name=name) for name in ("Kept", "Gone"))
    ctx.session.add_all([kept, gone])
    ctx.session.flush()
    columns = list(referring.columns_to(MODELS[kind]))
    assert columns
    ctx.session.execute(text("SET LOCAL session_replication_role = replica"))
    for column in columns:
        for check in [one for one in column.table.constraints if isinstance(one, CheckConstraint)]:
            ctx.session.execute(DropConstraint(check, if_exists=True))
        ctx.session.execute(column.table.insert().values(**_row(column.table, column.name, gone.id)))
    batch = merging.merge(ctx, kind=kind, survivor_id=kept.id, loser_id=gone.id)
    for column in columns:
        assert ctx.session.scalar(select(func.count()).where(column == gone.id)) == 0, column
        assert f"{column.table.name}.{column.name}" in batch.moved


def _row(table: Any, name: str, number: int) -> dict[str, Any]:
    """Something in every column that must hold something."""
    made: dict[str, Any] = {name: number}
    for column in table.columns:
        if column.name not in made and not column.nullable and column.computed is None and column.identity is None:
            made[column.name] = _filler(table, column)
    return made


def _filler(table: Any, column: Any) -> Any:
    allowed = next(
        (str(check.sqltext).split("'")[1] for check in table.constraints
         if hasattr(check, "sqltext") and str(check.sqltext).startswith(f"{column.name} in (")),
        None,
    )  # fmt: skip
    if allowed is not None:
        return allowed
    if isinstance(column.type, JSONB):
        return {}
    fillers = {str: f"{column.name[0]}{table.name[0]}", int: 1, bool: False, list: []}
    return fillers.get(column.type.python_type, NOON)


def test_two_who_merge_at_once_do_not_both_succeed(ctx: Context) -> None:
    pair = Pair(ctx)
    pair.merge()
    with pytest.raises((NotFound, ValidationFailed)):
        pair.merge()
    assert access.find(ctx, type(pair.kept), pair.gone.id) is not None
