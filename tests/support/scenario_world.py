"""The people and records that a scenario of a shipped process is played with, made through the use cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from crm_model import (
    accounts,
    articles,
    business_lines,
    competitors,
    contacts,
    deals,
    documents,
    leads,
    products,
    teams,
    users,
)
from kernel.context import MANAGER, SYSTEM, Clock, Context
from kernel.db import Database, HasId
from processes import made_up
from processes.catalogue import deploy_shipped

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = {"manager": MANAGER, **made_up.PEOPLE}
numbers = count(1)


class World:
    """A team of two managers led by a head, whom a director leads; an outsider; a caller; two business lines, a product."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ids: dict[str, int] = {}
        with database.transaction() as session:
            system = Context(session, SYSTEM, lambda: MONDAY)
            self._people(session, system)
            self._goods(session, system)
            deploy_shipped(system)

    def _people(self, session: Session, system: Context) -> None:
        for name, role in PEOPLE.items():
            user = users.add_user(session, username=name, name=name.title(), roles=[role])
            session.flush()
            self.ids[name] = user.id
        for leader, led in (("head", ("manager", "manager2")), ("director", ("head",))):
            team = teams.create_team(system, {"name": f"Team of the {leader}", "head_id": self.ids[leader]})
            for name in led:
                users.update_user(system, self.ids[name], {"team_id": team.id})

    def _goods(self, session: Session, system: Context) -> None:
        line = business_lines.create_business_line
        article = {"title": "Lathes", "kind": "presentation"}
        made: dict[str, HasId] = {
            "line": line(system, {"name": "Machines", "head_id": self.ids["head"]}),
            "line_without_head": line(system, {"name": "Spare parts"}),
            "product": products.create_product(system, {"name": "Lathe", "price": "250000"}),
            "article": articles.create_article(system, article),
        }
        self.ids |= {name: record.id for name, record in made.items()}


class Cast:
    """One scenario's own records in the world: a client, a lead, and what a scenario makes on its way."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.database = world.database
        self.clock = clock
        self.ids = dict(world.ids)
        with self.database.transaction() as session:
            manager = self.acting(session, "manager")
            number = next(numbers)
            self.ids["account"] = accounts.create_account(manager, {"name": f"Romashka {number}"}).id
            client = {"account_id": self.ids["account"]}
            self.ids["contact"] = contacts.create_contact(manager, {"name": "Anna Sedova", **client}).id
            self.ids["contact2"] = contacts.create_contact(manager, {"name": "Boris Lunin", **client}).id
            lead = {"name": "Anna", "phone": f"+7 921 {5550000 + number}"}
            self.ids["lead"] = leads.create_lead(manager, lead).id

    def acting(self, session: Session, name: str) -> Context:
        """The context of a person of the world, by name; `nobody` is the system, as for a timer."""
        if name == "nobody":
            return Context(session, SYSTEM, self.clock)
        return self.acting_as(session, self.ids[name])

    def acting_as(self, session: Session, user_id: int) -> Context:
        user = users.get_user(Context(session, SYSTEM), user_id)
        return Context(session, users.actor_of(user, "en"), self.clock)

    def name_of(self, user_id: int | None) -> str | None:
        """The world's name of a person; how scenarios say who has a task or a deal."""
        people = {number: name for name, number in self.ids.items() if name in PEOPLE}
        return people.get(user_id or 0)

    def make_lead(self, values: Mapping[str, Any], by: str) -> None:
        """The scenario's lead anew, with these values and its own number and address unless they say otherwise."""
        with self.database.transaction() as session:
            number = next(numbers)
            reached = {"phone": f"+7 921 {5550000 + number}", "email": f"anna{number}@example.com"}
            wanted = {"name": "Anna", **reached, **self.filled(values)}
            status = wanted.pop("status", None)
            lead = leads.create_lead(self.acting(session, by), wanted)
            if status is not None:
                leads.set_status(self.acting(session, by), lead, status)
            self.ids["lead"] = lead.id

    def make_work(self, kind: str) -> None:
        """Somebody, manager2, works on the lead's client already: a deal, or a lead of his own."""
        with self.database.transaction() as session:
            context = self.acting(session, "manager2")
            lead = leads.get_lead(self.acting(session, "supervisor"), self.ids["lead"])
            if kind == "lead":
                same = {"name": "Anna S.", "phone": lead.phone}
                self.ids["other_lead"] = leads.create_lead(context, same).id
                return
            client = accounts.create_account(context, {"name": f"Vasilek {lead.id}", "phones": [lead.phone]}).id
            self.ids["other_deal"] = deals.create_deal(context, {"title": "A lathe", "account_id": client}).id

    def make_deal(self, context: Context, stage: str, line: str | None, more: Mapping[str, Any]) -> int:
        values = {"title": "Two lathes", "account_id": self.ids["account"], "stage": stage, **self.filled(more)}
        if line is not None:
            values["business_line_id"] = self.ids[made_up.LINES[line]]
        self.ids["deal"] = deals.create_deal(context, values).id
        self.make_competitor(context, "Rival")
        return self.ids["deal"]

    def make_document(self, context: Context, kind: str) -> int:
        values = {"title": kind.title(), "kind": kind, "deal_id": self.ids["deal"]}
        made = documents.create_document(
            context, values, file_name=f"{kind}.txt", content=kind.encode(), content_type="text/plain"
        )
        self.ids["document"] = made.id
        return made.id

    def make_competitor(self, context: Context, name: str) -> None:
        made = competitors.create_competitor(context, self.ids["deal"], {"name": name})
        self.ids["competitor"] = made.id

    def filled(self, value: Any) -> Any:
        """`$name` replaced by the id of that record, times by their text, at any depth."""
        if isinstance(value, Mapping):
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, datetime):
            return value.isoformat()
        return self.ids[value[1:]] if isinstance(value, str) and value.startswith("$") else value
