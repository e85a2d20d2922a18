"""Whether what a form refers to exists, and may be chosen by whoever fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_model import access, stages
from crm_model.accounts import Account
from crm_model.articles import Article
from crm_model.business_lines import BusinessLine
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal, DealCompetitor
from crm_model.documents import Document
from crm_model.leads import Lead
from crm_model.products import Product
from crm_model.users import User
from engine.definitions import latest_published
from engine.errors import DefinitionNotFound
from engine.state import decode
from engine.tables import InstanceRow, UserTaskRow
from kernel.context import Context

OWNED: dict[str, Any] = {"account": Account, "contact": Contact, "deal": Deal, "lead": Lead, "document": Document}
SHARED: dict[str, Any] = {"product": Product, "business_line": BusinessLine, "article": Article, "user": User}


class RecordResolver:
    """The records a form may name: those who fills it in sees, and what belongs to the deal it is about. Conditions
    of the form see the variables of the instance, where there is one already."""

    def __init__(
        self, context: Context, subject: tuple[str | None, int | None] | None, instance_id: int | None = None
    ) -> None:
        self._context = context
        self._subject = subject
        self._instance_id = instance_id

    @classmethod
    def of_task(cls, context: Context, task: UserTaskRow) -> RecordResolver:
        return cls(context, (task.subject_type, task.subject_id), task.instance_id)

    @property
    def time_zone(self) -> tzinfo:
        return ZoneInfo(self._context.actor.time_zone)

    @property
    def variables(self) -> Mapping[str, Any]:
        if self._instance_id is None:
            return {}
        content = self._context.session.scalar(select(InstanceRow.content).where(InstanceRow.id == self._instance_id))
        return decode(content).variables if content else {}

    def has(self, kind: str, key: int | str) -> bool:
        session = self._context.session
        if kind == "stage":
            return key in stages.DEAL_CODES
        if kind == "process":
            return self._is_published(str(key))
        if kind == "competitor":
            return self._is_of_the_deal(key)
        if kind in SHARED:
            model = SHARED[kind]
            query = select(model.id).where(model.id == key)
            if kind == "user":
                query = query.where(User.active)
            return session.scalar(query) is not None
        return access.find(self._context, OWNED[kind], key) is not None

    def _is_published(self, key: str) -> bool:
        try:
            latest_published(self._context.session, key)
        except DefinitionNotFound:
            return False
        return True

    def _is_of_the_deal(self, key: int | str) -> bool:
        if self._subject is None or self._subject[0] != "deal":
            return False
        query = select(DealCompetitor.id).where(DealCompetitor.id == key, DealCompetitor.deal_id == self._subject[1])
        return self._context.session.scalar(query) is not None
