"""Records made up for a performance: each is made when a script first names it, and is gone with the performance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

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
from kernel.context import CALL_CENTRE, HEAD, MANAGER, SUPERVISOR, SYSTEM, Context
from kernel.i18n import N_

SAMPLE = N_("Rehearsal")
ABOUT = ("nothing", "deal", "account", "contact", "lead", "document")
PLAYER = "manager"
"""The rehearsing person, whose the made-up records are."""
PEOPLE = {
    "manager2": MANAGER, "head": HEAD, "director": HEAD, "outsider": MANAGER, "supervisor": SUPERVISOR,
    "caller": CALL_CENTRE,
}  # fmt: skip
"""Others that a script may name, with their roles."""
HEADS = {"manager2": "head", "head": "director"}
LINES = {"with_head": "line", "without_head": "line_without_head"}
"""The lines of business by what a script says the deal is of."""


class MadeUp:
    """`ids` are the numbers by name. `acting` gives whoever owns what is made; goods are made by the product."""

    def __init__(self, acting: Callable[[], Context], given: Mapping[str, Any]) -> None:
        self.acting = acting
        self.given = given
        self.ids: dict[str, int] = {}
        self.makers: dict[str, Callable[[], Any]] = {
            "account": lambda: accounts.create_account(acting(), {"name": SAMPLE}),
            "contact": lambda: self._contact(SAMPLE),
            "contact2": lambda: self._contact(f"{SAMPLE} 2"),
            "deal": self._deal,
            "lead": self._lead,
            "document": lambda: self.document("contract"),
            "competitor": lambda: competitors.create_competitor(acting(), self.number("deal"), {"name": SAMPLE}),
            "product": lambda: products.create_product(self._system(), {"name": SAMPLE, "price": "250000"}),
            "article": lambda: articles.create_article(self._system(), {"title": SAMPLE, "kind": "presentation"}),
            "line": lambda: self._line(acting().actor.user_id),
            "line_without_head": lambda: self._line(None),
            **{name: partial(self._person, name) for name in PEOPLE},
        }
        unique = uuid4()
        self.texts = {"phone": f"+7 9{unique.int % 10**9:09}", "email": f"rehearsal-{unique}@example.com"}

    def number(self, name: str) -> int:
        if name == PLAYER:
            return self.acting().actor.user_id or 0
        if name not in self.ids:
            self.ids[name] = self.makers[name]().id
        return self.ids[name]

    def filled(self, value: Any) -> Any:
        """The value with the numbers of made-up records in the place of their names, at any depth; `$phone` and `$email`
        are nobody else's."""
        if isinstance(value, Mapping):
            return {key: self.filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner) for inner in value]
        name = value[1:] if isinstance(value, str) and value.startswith("$") else ""
        if name in self.texts:
            return self.texts[name]
        return self.number(name) if name == PLAYER or name in self.makers else value

    def document(self, kind: str) -> Any:
        """A document of this kind on the deal."""
        values = {"title": SAMPLE, "kind": kind, "deal_id": self.number("deal")}
        made = documents.create_document(self.acting(), values, file_name=f"{kind}.txt", content=kind.encode())
        self.ids["document"] = made.id
        return made

    def _system(self) -> Context:
        acting = self.acting()
        return Context(acting.session, SYSTEM, acting.clock)

    def _person(self, name: str) -> Any:
        system = self._system()
        person = users.add_user(
            system.session, username=f"{name}-{uuid4()}", name=f"{SAMPLE}: {name}", roles=[PEOPLE[name]]
        )
        system.session.flush()
        if name in HEADS:
            team = teams.create_team(system, {"name": f"{SAMPLE}: {name}", "head_id": self.number(HEADS[name])})
            person.team_id = team.id
            system.session.flush()
        return person

    def _contact(self, name: str) -> Any:
        return contacts.create_contact(self.acting(), {"name": name, "account_id": self.number("account")})

    def _deal(self) -> Any:
        values = {"title": SAMPLE, "account_id": self.number("account"), **self.filled(self.given)}
        return deals.create_deal(self.acting(), values)

    def _lead(self) -> Any:
        context = self.acting()
        values = {"name": SAMPLE, "source": "manual", "owner_id": context.actor.user_id, **self.filled(self.given)}
        status, work = values.pop("status", None), values.pop("in_work", None)
        lead = leads.create_lead(context, values)
        if status is not None:
            leads.set_status(context, lead, status)
        if work is not None:
            self._work(work, lead)
        return lead

    def _work(self, kind: str, lead: leads.Lead) -> None:
        """Somebody else, manager2, works on the lead's client already: a deal, or a lead of his own."""
        acting = self.acting()
        other = users.actor_of(users.require_active(acting.session, self.number("manager2")))
        context = Context(acting.session, other, acting.clock)
        if kind == "lead":
            leads.create_lead(context, {"name": f"{SAMPLE} 2", "phone": lead.phone})
            return
        client = accounts.create_account(context, {"name": f"{SAMPLE} 2", "phones": [lead.phone]})
        deals.create_deal(context, {"title": f"{SAMPLE} 2", "account_id": client.id})

    def _line(self, head: int | None) -> Any:
        values = {"name": SAMPLE if head else f"{SAMPLE} 2", "head_id": head}
        return business_lines.create_business_line(self._system(), values)
