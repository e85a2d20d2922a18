"""A person's data by the law: everything known about them to hand out, and erasing it for good, processes included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm_model import access
from crm_model.personal import erasing, identity, sweeping
from crm_model.personal.identity import Person
from crm_model.personal.tables import FINISHED, Erasure
from crm_model.suppressions import Suppression
from engine import background, instances, redaction, subjects
from engine.tables import ACTIVE, SUSPENDED, InstanceRow
from kernel.context import Context
from kernel.errors import Message, NotFound, ValidationFailed
from kernel.i18n import N_
from kernel.paging import Page, Slice, slice_of
from kernel.permissions import use_case
from processes import engine_room, lead_flow
from processes.consents import PEOPLE

SWEEP, STATES = "personal_data.sweep", "personal_data.states"
CHUNK = 1000
REASON_NEEDED = N_("Say why, for example the number of the person's request.")
TYPE_THE_NAME = N_("Type the name exactly as it stands on the card: %(name)s.")
ENDED = "personal data erased"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do: rows by table, what is kept and why, what others share, and what ends."""

    name: str
    records: tuple[tuple[str, int, str], ...]
    counts: dict[str, int]
    kept: list[dict[str, Any]]
    shared: list[identity.Shared]
    running: int


@use_case("personal_data.manage")
def preview_erasure(context: Context, kind: str, record_id: int) -> Preview:
    record, person = person_of(context, kind, record_id)
    records = [("contact", one.id, one.name) for one in person.contacts]
    records += [("lead", one.id, one.name) for one in person.leads]
    return Preview(
        name=record.name,
        records=tuple(records),
        counts=erasing.count(context.session, person),
        kept=erasing.kept(context.session, person, context.now().date()),
        shared=identity.split(context.session, person)[1],
        running=len(_running(context, person)),
    )


@use_case("personal_data.manage")
def erase_person(context: Context, kind: str, record_id: int, *, confirm: str, reason: str) -> Erasure:
    """Ends what runs for the person and erases the data, for good. `confirm` is the name as it stands on the card. The
    search through all other texts goes on in the background; the protocol tells when it has ended."""
    record, person = person_of(context, kind, record_id)
    errors: dict[str, list[Any]] = {}
    if confirm.strip() != record.name:
        errors["confirm"] = [Message(TYPE_THE_NAME, name=record.name)]
    if not reason.strip():
        errors["reason"] = [REASON_NEEDED]
    if errors:
        raise ValidationFailed(errors)
    _end(context, person)
    _lock(context, person)
    patterns, shared = identity.split(context.session, person)
    pattern = re.compile("|".join(patterns) or r"(?!)")
    erasure = Erasure(
        at=context.now(),
        by_id=context.actor.user_id,
        reason=pattern.sub(sweeping.MARK, reason.strip()),
        records=[{"type": name, "id": number} for name, ids in person.ids.items() for number in ids],
        kept=[
            *erasing.kept(context.session, person, context.now().date()),
            *({"type": one.type, "id": one.id, "why": f"shared_{one.kind}", "until": None} for one in shared),
        ],
        patterns=patterns,
        total=len(sweeping.tables()) + 1,
    )
    context.session.add(erasure)
    context.session.flush()
    addresses = [address.strip().lower() for address in person.emails]
    counts = erasing.erase(context, person, erasure.id)
    for row in context.session.scalars(select(Suppression).where(Suppression.address.in_(addresses))):
        context.session.delete(row)
    erasure.counts = counts
    background.schedule(context, SWEEP, {"erasure_id": erasure.id, "table": 0})
    context.session.flush()
    return erasure


@use_case("personal_data.manage")
def list_erasures(context: Context, page: Page) -> Slice[Erasure]:
    """Protocols, newest first."""
    query = select(Erasure).options(joinedload(Erasure.by)).order_by(Erasure.id.desc())
    if page.after is not None:
        query = query.where(Erasure.id < page.key(int)[0])
    return slice_of(context.session.scalars(query.limit(page.limit + 1)).all(), page, lambda row: [row.id])


@use_case("personal_data.manage")
def get_erasure(context: Context, erasure_id: int) -> Erasure:
    erasure = context.session.get(Erasure, erasure_id, options=[joinedload(Erasure.by)])
    if erasure is None:
        raise NotFound()
    return erasure


def person_of(context: Context, kind: str, record_id: int) -> tuple[Any, Person]:
    """A lead or a contact, and all records that are the same person."""
    record = access.get_visible(context, PEOPLE[kind], record_id)
    contacts, leads = lead_flow.person(context, **{"lead": None, "contact": None, kind: record})
    return record, identity.of(context.session, contacts, leads)


def subjects_of(person: Person) -> list[tuple[str, int]]:
    return [(kind, number) for kind, ids in person.ids.items() for number in ids]


def _running(context: Context, person: Person) -> list[int]:
    """What runs for the person itself; sales go on, as they are the company's."""
    found: list[int] = []
    for subject in subjects_of(person):
        query = select(InstanceRow.id).where(
            subjects.about(subject),
            InstanceRow.subject_type == subject[0],
            InstanceRow.parent_id.is_(None),
            InstanceRow.state.in_((ACTIVE, SUSPENDED)),
        )
        found += context.session.scalars(query).all()
    return sorted(set(found))


def _end(context: Context, person: Person) -> None:
    """By the processes' own way out where they have one, else by cancelling."""
    first = {"contact": person.contacts[0]} if person.contacts else {"lead": person.leads[0]}
    try:
        lead_flow.opt_out(context, source="erasure", **first)
    except NotFound:
        pass
    execution = engine_room.execution(context)
    for instance_id in _running(context, person):
        instances.cancel(execution, instance_id, ENDED)
    execution.write()


def _lock(context: Context, person: Person) -> None:
    for kind, number in sorted(subjects_of(person)):
        context.session.get(PEOPLE[kind], number, with_for_update=True, populate_existing=True)


@background.task(SWEEP)
def _sweep(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    """Looks through one table."""
    erasure, names = _locked(context, payload), sweeping.tables()
    name = names[payload["table"]]
    _note(erasure, name, sweeping.sweep(context.session, name, erasure.patterns))
    erasure.done = payload["table"] + 1
    if erasure.done < len(names):
        return {**payload, "table": erasure.done}
    background.schedule(context, STATES, {"erasure_id": erasure.id, "after": 0})
    return None


@background.task(STATES)
def _states(context: Context, payload: dict[str, Any]) -> Mapping[str, Any] | None:
    """Looks through the states of the next instances, and in the end forgets what it was looking for."""
    erasure = _locked(context, payload)
    pattern = re.compile("|".join(erasure.patterns) or r"(?!)")
    _seen, changed, last = redaction.redact_states(
        context.session,
        payload["after"],
        CHUNK,
        lambda said: pattern.search(said) is not None,
        lambda value: sweeping.redacted(value, pattern),
    )
    _note(erasure, "process_instance", changed)
    if last is not None:
        return {**payload, "after": last}
    erasure.state, erasure.finished_at, erasure.done, erasure.patterns = FINISHED, context.now(), erasure.total, []
    return None


def _note(erasure: Erasure, name: str, number: int) -> None:
    if number:
        erasure.counts = {**erasure.counts, name: erasure.counts.get(name, 0) + number}


def _locked(context: Context, payload: Mapping[str, Any]) -> Erasure:
    return context.session.get_one(Erasure, payload["erasure_id"], with_for_update=True, populate_existing=True)
