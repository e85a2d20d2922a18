"""Plays sales: one step at a time, through the same use cases that people's clicks go through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, or_, select

from crm_model import deals
from crm_model.activities import OPEN_STATUSES, Activity
from crm_model.deal_entities import Deal
from crm_model.users import User
from engine.tables import InstanceRow, UserTaskRow
from kernel.db import savepoint
from kernel.errors import AppError
from processes import activities, sales
from processes.instances import start_instance
from processes.sales import PROCESS
from processes.tasks import finish_task
from server.demo import values, words
from server.demo.sale import PRESENTATION, Sale
from server.demo.steps import Answer, Aside, Follow, Jump, Present, Start, Step, Value

NOT_OPEN = "no open task {element}; open are {found}"


class NotAsPlanned(Exception):
    """The process stands elsewhere than the plan expected."""


def play(sale: Sale) -> None:
    """Does the next step of a sale. One that cannot be done leaves the sale where it stands, and says why."""
    step = sale.steps[sale.done]
    try:
        with savepoint(sale.session):
            _do(sale, step)
    except (AppError, NotAsPlanned) as error:
        sale.trouble = f"{type(step).__name__} {getattr(step, 'element', '')}: {error} {getattr(error, 'fields', '')}"
    sale.done += 1


def _do(sale: Sale, step: Step) -> None:
    match step:
        case Start():
            _start(sale, step)
        case Answer():
            _answer(sale, step)
        case Present():
            _present(sale)
        case Jump():
            sales.change_stage(sale.context(), sale.deal_id, stage=step.stage, **_asked(sale, step.values))
        case Aside():
            step.act(sale)
        case Follow():
            _follow(sale)


def _start(sale: Sale, step: Start) -> None:
    context = sale.context()
    if step.as_deal is None:
        whole = sale.random.random() < 0.3
        subject = (
            {"type": "account", "id": sale.client.account.id} if whole else {"type": "contact", "id": sale.person.id}
        )
    else:
        made = deals.create_deal(
            context,
            {
                "title": values.title(sale),
                "account_id": sale.client.account.id,
                "contact_id": sale.person.id,
                "amount": values.rough_amount(sale),
                "business_line_id": values.line(sale),
                "stage": step.as_deal,
            },
        )
        sale.deal = made
        subject = {"type": "deal", "id": made.id}
    sale.instance_id = start_instance(context, definition_key=PROCESS, subject=subject).id


def _answer(sale: Sale, step: Answer) -> None:
    task_id, assignee = _open_task(sale, step.element)
    context = sale.context(assignee)
    finish_task(context, task_id, result=step.result, variables=_asked(sale, step.values))
    if sale.deal is None:
        sale.deal = _deal(sale)


def _deal(sale: Sale) -> Deal | None:
    """The deal that the process is about, once it is born."""
    about = and_(InstanceRow.subject_type == "deal", InstanceRow.subject_id == Deal.id)
    query = select(Deal).join(InstanceRow, about).where(InstanceRow.id == sale.instance_id)
    return sale.session.scalar(query)


def _open_task(sale: Sale, element: str) -> tuple[int, User]:
    """The oldest open task of an element, in the sale or in what it called, and who is to do it."""
    family = or_(InstanceRow.id == sale.instance_id, InstanceRow.root_id == sale.instance_id)
    query = (
        select(UserTaskRow.id, UserTaskRow.element_id, UserTaskRow.assignee_id)
        .join(InstanceRow, InstanceRow.id == UserTaskRow.instance_id)
        .where(family, UserTaskRow.state == "open")
        .order_by(UserTaskRow.id)
    )
    found = sale.session.execute(query).all()
    for task_id, element_id, assignee_id in found:
        if element_id == element:
            people = {user.id: user for user in sale.department.people.values()}
            return task_id, people.get(assignee_id or 0, sale.owner)
    raise NotAsPlanned(NOT_OPEN.format(element=element, found=[row.element_id for row in found]))


def _asked(sale: Sale, given: Mapping[str, Value]) -> dict[str, Any]:
    """The values, asked of the sale where they depend on it; None is left out."""
    asked = {key: value(sale) if callable(value) else value for key, value in given.items()}
    return {key: value for key, value in asked.items() if value is not None}


def _present(sale: Sale) -> None:
    query = select(Activity).where(
        Activity.instance_id == sale.instance_id,
        Activity.element_id == PRESENTATION,
        Activity.status.in_(OPEN_STATUSES),
    )
    activity = sale.session.scalars(query).first()
    if activity is None:
        raise NotAsPlanned(f"no {PRESENTATION} planned")
    note = sale.random.choice(words.PRESENTATION_NOTES)
    activities.complete_activity(sale.context(), activity.id, result="completed", note=note)


def _follow(sale: Sale) -> None:
    """The process that the account of a rerouted deal was moved to."""
    key = f"account:{sale.client.account.id}"
    query = select(InstanceRow.id).where(InstanceRow.business_key == key, InstanceRow.parent_id.is_(None))
    moved_to = sale.session.scalar(query.order_by(InstanceRow.id.desc()).limit(1))
    if moved_to is None:
        raise NotAsPlanned("the process moved to has not started")
    sale.instance_id, sale.deal = moved_to, None
