"""A person's data are handed out whole, and erased for good wherever they stand, with a protocol that has none of them."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select, text
from sqlalchemy.orm import Session

from crm_model import accounts, activities, contacts, deals, documents, leads, letters, notes, notifications
from crm_model import touches as touching
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal
from crm_model.leads import Lead
from crm_model.merging import referring
from crm_model.personal.erasing import BLANKS
from crm_model.personal.identity import of_name, of_phone, of_text
from crm_model.personal.sweeping import MARK
from crm_model.personal.tables import Erasure
from engine import past
from engine.state import Token
from engine.tables import HistoryStepRow, InboxRow, InstanceRow, JobRow, TaskCommentRow
from kernel.context import SYSTEM, Context
from kernel.db import Base
from kernel.errors import NotFound, PermissionDenied, ValidationFailed
from kernel.idempotency import IdempotencyKey
from kernel.paging import Page
from processes import instances, known_data, merging, messages, personal_data, tasks
from processes import leads as lead_work
from processes.catalogue import deploy_shipped
from processes.views import InstanceFilter, TaskFilter
from tests.conftest import NOON, MakeContext

NAME, OLD_NAME = "Снежана Редкоимённая", "Снежана Прежнефамильная"
PHONE, SPELT, EMAIL, HANDLE = "+7 921 765-43-21", "8(921)7654321", "Snezhana@Rare.example", "@snezhana_rare"
TRACES = ("редкоим", "прежнефам", "7654321", "765-43-21", "snezhana")


@pytest.fixture
def ctx(session: Session, make_context: MakeContext) -> Context:
    return make_context(session, "supervisor")


def finish(ctx: Context, erasure: Erasure) -> Erasure:
    """Does what the worker does."""
    background = {personal_data.SWEEP: personal_data._sweep, personal_data.STATES: personal_data._states}
    while True:
        of_ours = JobRow.element_id.in_(background)
        job = ctx.session.scalar(select(JobRow).where(of_ours).order_by(JobRow.id).limit(1))
        if job is None:
            return erasure
        name, payload = str(job.element_id), dict(job.payload or {})
        ctx.session.delete(job)
        ctx.session.flush()
        more = background[name](ctx.as_system(), payload)
        if more is not None:
            personal_data.background.schedule(ctx, name, more)
        ctx.session.flush()


def erase(ctx: Context, kind: str, number: int, name: str = NAME) -> Erasure:
    return finish(ctx, personal_data.erase_person(ctx, kind, number, confirm=name, reason=f"Request 12 of {NAME}"))


def traces(session: Session) -> Iterator[str]:
    """Every place of the database where something of the person stands, as `table.column`."""
    session.flush()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            for column, value in zip(table.columns, row, strict=True):
                said = _said(value, packed=isinstance(column.type, LargeBinary)).lower()
                if any(trace in said for trace in TRACES):
                    yield f"{table.name}.{column.name}"


def _said(value: Any, *, packed: bool) -> str:
    if not packed or value is None:
        return json.dumps(value, ensure_ascii=False, default=str)
    try:
        value = zlib.decompress(value)
    except zlib.error:
        pass
    plain: str = value.decode("utf-8", "replace")
    return plain + (json.dumps(json.loads(plain), ensure_ascii=False) if plain.startswith("{") else "")


class Life:
    """A person who has left traces wherever one can."""

    def __init__(self, ctx: Context) -> None:
        self.ctx, session = ctx, ctx.session
        deploy_shipped(Context(session, SYSTEM, lambda: NOON))
        self.account = accounts.create_account(ctx, {"name": "Вектор", "description": f"Звонить: {NAME}, {SPELT}"})
        self.contact = contacts.create_contact(
            ctx,
            {
                "name": OLD_NAME, "phones": [PHONE], "emails": [EMAIL], "messengers": {"telegram": HANDLE},
                "account_id": self.account.id, "birthday": "1980-05-06", "description": "Любит кофе", "consent": True,
            },
        )  # fmt: skip
        contacts.update_contact(ctx, self.contact.id, {"name": NAME})
        twin = contacts.create_contact(ctx, {"name": NAME, "emails": [EMAIL]})
        merging.merge(ctx, kind="contact", survivor_id=self.contact.id, loser_id=twin.id)
        self.lead = lead_work.create_lead(
            ctx, {"name": NAME, "phone": SPELT, "email": EMAIL.lower(), "need": f"{NAME} ждёт", "consent": True}
        )
        [self.running] = instances.list_instances(
            ctx, InstanceFilter(business_key=f"lead:{self.lead.id}"), Page()
        ).items
        instances.set_variables(ctx, self.running.id, {"said": {"by": NAME, "phones": [SPELT]}})
        self.task = tasks.list_tasks(ctx, TaskFilter(instance_id=self.running.id), Page()).items[0]
        session.add(TaskCommentRow(task_id=self.task.id, author_id=None, at=NOON, text=f"Перезвонить: {PHONE}"))
        self.won = self._deal("won")
        self.lost = self._deal("lost")
        notes.create_note(ctx, {"text": "Тайна", "contact_id": self.contact.id})
        notes.create_note(ctx, {"text": f"{NAME}: скидка", "deal_id": self.won.id})
        activities.create_activity(ctx, {"kind": "call", "subject": "Личное", "contact_id": self.contact.id})
        touching.note(ctx, "form", contact_id=self.contact.id, said=EMAIL)
        letters.queue(
            ctx,
            to=EMAIL,
            subject=f"{NAME}!",
            html=f"<p>{NAME}</p>",
            purpose="service",
            key="life",
            lead_id=self.lead.id,
        )
        notifications.notify(ctx, ctx.actor.user_id or 0, kind="x", text="x", params={"who": NAME})
        session.add_all(
            [
                InboxRow(name="x", thrown=False, variables={"m": EMAIL}, created_at=NOON, expires_at=NOON),
                JobRow(kind="x", due=NOON, created_at=NOON, payload={"to": EMAIL}),
                IdempotencyKey(
                    user_id=1, key="x", fingerprint="x", created_at=NOON, body=json.dumps({"name": NAME}).encode()
                ),
            ]
        )
        session.flush()

    def _deal(self, status: str) -> Deal:
        deal = deals.create_deal(self.ctx, {"title": f"Продажа для {NAME}", "contact_id": self.contact.id})
        documents.create_document(
            self.ctx, {"deal_id": deal.id, "title": f"Договор {NAME}"}, file_name="a.txt", content=NAME.encode()
        )
        deal.status, deal.closed_at = status, NOON
        self.ctx.session.flush()
        return deal


def test_nothing_of_an_erased_person_is_found_outside_of_what_the_protocol_lists(ctx: Context) -> None:
    life = Life(ctx)
    item = Token(1, "each", 0, data={"item": NAME})
    step = past.packed(past.Step(99, 1, 1, [item.row], []))
    instance = ctx.session.scalars(select(InstanceRow.id).order_by(InstanceRow.id)).first()
    ctx.session.add(HistoryStepRow(instance_id=instance, step=99, taken=step))
    ctx.session.flush()
    before = set(traces(ctx.session))
    assert {
        "history_step.taken",
        "process_instance.content",
        "history_step.changes",
        "audit_entries.changes",
        "letters.html",
    } <= before
    assert {"merge_batches.loser", "idempotency_key.body", "job.payload", "document_contents.content"} <= before
    erasure = erase(ctx, "contact", life.contact.id)
    assert set(traces(ctx.session)) == {"document_contents.content"}
    assert (erasure.state, erasure.progress, erasure.patterns) == ("finished", 100, [])
    held = [one for one in erasure.kept if one["documents"]]
    assert held == [{"type": "deal", "id": life.won.id, "why": "deal_won", "until": "2031-03-02", "documents": 1}]
    assert erasure.reason == f"Request 12 of {MARK}"


def test_all_records_of_the_person_are_nameless_and_their_numbers_stay(ctx: Context) -> None:
    life = Life(ctx)
    erase(ctx, "lead", life.lead.id)
    contact, lead = contacts.get_contact(ctx, life.contact.id), leads.get_lead(ctx, life.lead.id)
    assert (contact.phones, contact.email_keys, contact.birthday, contact.description) == ([], [], None, None)
    assert (lead.phone_key, lead.need, lead.status, lead.opted_out) == (None, None, "disqualified", True)
    assert str(contact.id) in contact.name and str(lead.id) in lead.name
    assert deals.get_deal(ctx, life.won.id).contact_id == contact.id


def test_what_runs_for_the_person_ends_and_finds_nobody_any_more(ctx: Context) -> None:
    life = Life(ctx)
    erase(ctx, "contact", life.contact.id)
    [one] = instances.list_instances(ctx, InstanceFilter(business_key=f"lead:{life.lead.id}"), Page()).items
    assert one.state in ("completed", "cancelled")
    assert tasks.list_tasks(ctx, TaskFilter(instance_id=one.id), Page()).items == []
    assert letters.list_letters(ctx, Page(), status="queued").items == []
    with pytest.raises(NotFound):
        messages.send_message(ctx, name="lead.engaged", business_key=f"lead:{life.lead.id}")


def test_people_who_only_look_alike_keep_what_is_theirs_and_the_protocol_says_so(ctx: Context) -> None:
    shared = "+7 495 111-11-11"
    colleague = contacts.create_contact(ctx, {"name": "Борис Иной", "phones": [shared]})
    namesake = contacts.create_contact(ctx, {"name": NAME, "emails": ["other@rare.example"]})
    note = notes.create_note(ctx, {"text": f"{NAME}, {shared}", "contact_id": namesake.id})
    person = contacts.create_contact(ctx, {"name": NAME, "phones": [shared], "emails": [EMAIL]})
    preview = personal_data.preview_erasure(ctx, "contact", person.id)
    assert {(one.kind, one.id) for one in preview.shared} == {("phone", colleague.id), ("name", namesake.id)}
    erasure = erase(ctx, "contact", person.id)
    for record in (colleague, namesake, note):
        ctx.session.refresh(record)
    assert (colleague.phones, namesake.name, note.text) == ([shared], NAME, f"{NAME}, {shared}")
    assert {one["why"] for one in erasure.kept} == {"shared_phone", "shared_name"}


def test_a_look_ahead_tells_what_will_go_and_changes_nothing(ctx: Context) -> None:
    life = Life(ctx)
    before = sorted(traces(ctx.session))
    preview = personal_data.preview_erasure(ctx, "contact", life.contact.id)
    assert preview.counts["contacts"] == 1 and preview.counts["leads"] == 1 and preview.counts["letters"] > 0
    assert {one["why"] for one in preview.kept} == {"deal_won", "deal_closed"}
    assert preview.running == 1
    assert sorted(traces(ctx.session)) == before


def test_an_erasure_is_confirmed_by_typing_the_name_and_needs_a_reason(ctx: Context) -> None:
    contact = contacts.create_contact(ctx, {"name": NAME})
    with pytest.raises(ValidationFailed) as refused:
        personal_data.erase_person(ctx, "contact", contact.id, confirm="Снежана", reason=" ")
    assert set(refused.value.fields) == {"confirm", "reason"}
    assert contacts.get_contact(ctx, contact.id).name == NAME


@pytest.mark.parametrize("role", ["manager", "head", "marketing", "designer"])
def test_only_administrators_and_supervisors_erase_and_export(
    ctx: Context, make_context: MakeContext, role: str
) -> None:
    contact = contacts.create_contact(ctx, {"name": NAME})
    other = make_context(ctx.session, role)
    for action in (
        lambda: personal_data.erase_person(other, "contact", contact.id, confirm=NAME, reason="x"),
        lambda: personal_data.preview_erasure(other, "contact", contact.id),
        lambda: known_data.export_person(other, "contact", contact.id),
        lambda: personal_data.list_erasures(other, Page()),
    ):
        with pytest.raises(PermissionDenied):
            action()


def test_a_merge_with_an_erased_person_cannot_be_undone(ctx: Context) -> None:
    life = Life(ctx)
    [batch] = merging.list_merges(ctx, Page(), kind="contact").items
    erase(ctx, "contact", life.contact.id)
    ctx.session.refresh(batch)
    assert (batch.state, batch.loser) == ("final", {})


def test_everything_that_is_known_is_handed_out(ctx: Context) -> None:
    life = Life(ctx)
    found = known_data.export_person(ctx, "contact", life.contact.id)
    said = json.dumps(found, ensure_ascii=False)
    for expected in ("Любит кофе", "Тайна", "Личное", HANDLE, OLD_NAME, "Договор", "Перезвонить", f"{NAME}!"):
        assert expected in said
    [process] = [one for one in found["processes"] if one["id"] == life.running.id]
    assert process["variables"]["said"] == {"by": NAME, "phones": [SPELT]}
    assert process["steps"] and process["variable_changes"] and process["comments"]
    assert found["consents"] and "token" not in found["letters"][0]


@pytest.mark.parametrize(
    ("pattern", "found", "other"),
    [
        (
            of_phone("+79217654321"),
            ["+7 921 765-43-21", "8(921)7654321", "тел.9217654321"],
            ["19217654321", "9217654322"],
        ),
        (of_text(EMAIL), ["<snezhana@rare.example>", "SNEZHANA@RARE.EXAMPLE,"], ["xsnezhana@rare.example"]),
        ("|".join(of_name("Пётр Ёлкин")), ["ПЕТР  ЕЛКИН", "Ёлкин Пётр!"], ["Пётр Ёлкина", "Пётр"]),
    ],
)
def test_mentions_are_found_however_they_are_written(
    session: Session, pattern: str, found: list[str], other: list[str]
) -> None:
    for said, expected in ((found, True), (other, False)):
        for one in said:
            assert session.scalar(text("SELECT :said ~ :pattern"), {"said": one, "pattern": pattern}) is expected, one


def test_every_table_that_refers_to_a_person_is_thought_of() -> None:
    referring_ones = {column.table.name for model in (Contact, Lead) for column in referring.columns_to(model)}
    assert referring_ones - set(BLANKS) == set()
