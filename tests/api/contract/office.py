"""A small company to call the interface for: everyone's token, one record of each kind, and a sale that runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from crm_model import (
    accounts,
    activities,
    articles,
    auth,
    business_lines,
    campaign_members,
    campaigns,
    competitors,
    contacts,
    deals,
    documents,
    leads,
    letter_templates,
    letters,
    line_items,
    notes,
    notifications,
    participants,
    products,
    segments,
    substitutions,
    suppressions,
    teams,
    telephony,
    users,
    web_forms,
    working_calendars,
)
from crm_model.merging.pairs import DuplicatePair, DuplicateSearch
from crm_model.personal.tables import Erasure
from kernel.context import (
    ADMINISTRATOR,
    CALL_CENTRE,
    DESIGNER,
    HEAD,
    MANAGER,
    MARKETING,
    SUPERVISOR,
    SYSTEM,
    Context,
)
from kernel.db import Database
from kernel.paging import Page
from processes import catalogue, designs, imports, instances, merging, scenarios, scoring, shipped_scenarios, tasks
from processes.performance import Script
from processes.views import TaskFilter
from tests.support.decisions import dmn, table

PASSWORD = "correct horse"
FORM = "office"
"""The key of the web form."""
PEOPLE = {
    "admin": ADMINISTRATOR, "designer": DESIGNER, "supervisor": SUPERVISOR, "head": HEAD,
    "manager": MANAGER, "manager2": MANAGER, "stranger": MANAGER, "marketing": MARKETING,
    "callcentre": CALL_CENTRE,
}  # fmt: skip
"""`manager` owns everything; `manager2` is of the same team, which `head` leads; `stranger` is of no team."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`json` is None where the body is something else."""

    status: int
    json: Any
    data: bytes
    headers: Headers


@dataclass
class Caller:
    """Somebody with a token; paths begin after `/api/v1`."""

    client: FlaskClient
    token: str | None = None

    def get(self, path: str, **more: Any) -> Answer:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.call("POST", path, json={} if body is None else body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> Answer:
        return self.call("PATCH", path, json=body, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        return self.call("DELETE", path, **more)

    def send(self, path: str, file: tuple[bytes, str] | None, query: str = "", **values: Any) -> Answer:
        """A multipart form with a file, as (content, name)."""
        form = dict(values) if file is None else {**values, "file": (BytesIO(file[0]), file[1])}
        return self.call("POST", path + query, data=form, content_type="multipart/form-data")

    def call(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Answer:
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        got = self.client.open(f"/api/v1{path}", method=method, headers=sent, **more)
        return Answer(got.status_code, got.json if got.is_json else None, got.data, got.headers)


@dataclass
class Office:
    """Ids of people and of what was made, by name."""

    app: Flask
    database: Database
    people: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def as_(self, name: str | None) -> Caller:
        """A caller with somebody's token; None for a visitor."""
        return Caller(self.app.test_client(), self.tokens[name] if name else None)

    def acting(self, session: Session, name: str = "manager") -> Context:
        user = users.get_user(Context(session, SYSTEM), self.people[name])
        return Context(session, users.actor_of(user, "en"))


def furnish(app: Flask, database: Database) -> Office:
    office = Office(app, database)
    with database.transaction() as session:
        _hire(session, office)
    with database.transaction() as session:
        catalogue.deploy_shipped(office.acting(session, "admin"))
        table_of_sizes = dmn(table("amount:integer", "size:string", "- -> 'any'", name="size"))
        made = designs.upload(office.acting(session, "admin"), [("size.dmn", table_of_sizes)], publish=True)
        office.ids["decision"] = made.decisions[0].id
    with database.transaction() as session:
        _work(session, office)
    return office


def _hire(session: Session, office: Office) -> None:
    system = Context(session, SYSTEM)
    for name, role in PEOPLE.items():
        user = users.add_user(session, username=name, name=name.title(), roles=[role], language="en")
        session.flush()
        office.people[name] = user.id
        office.tokens[name], _ = auth.issue_token(Context(session, users.actor_of(user)), name="tests")
    team = teams.create_team(system, {"name": "Sales", "head_id": office.people["head"]})
    for name in ("manager", "manager2"):
        users.update_user(system, office.people[name], {"team_id": team.id})
    line = business_lines.create_business_line(system, {"name": "Cloud", "head_id": office.people["head"]})
    product = products.create_product(system, {"name": "Licence", "price": "1000"})
    office.ids["working_calendar"] = working_calendars.create_working_calendar(system, {"name": "Omsk"}).id
    office.ids |= {"team": team.id, "business_line": line.id, "product": product.id, "user": office.people["manager2"]}


def _work(session: Session, office: Office) -> None:
    me = office.acting(session)
    ids = office.ids
    ids["account"] = accounts.create_account(me, {"name": "Northern Trade"}).id
    ids["contact"] = contacts.create_contact(me, {"name": "Anna Berg", "account_id": ids["account"]}).id
    ids["contact2"] = contacts.create_contact(me, {"name": "Boris Holm", "account_id": ids["account"]}).id
    ids["lead"] = leads.create_lead(me, {"name": "Somebody", "email": "somebody@example.com"}).id
    _write_letters(session, office)
    marketing = office.acting(session, "marketing")
    ids["campaign"] = campaigns.create_campaign(marketing, {"name": "Exhibition", "kind": "exhibition"}).id
    shared = {"name": "A list", "is_list": True, "shared": True}
    ids["segment"] = segments.create_segment(marketing, shared).id
    ids["person"] = ids["lead"]
    ids["member"] = campaign_members.add_member(marketing, ids["campaign"], {"lead_id": ids["lead"]}).id
    ids["deal"] = deals.create_deal(
        me, {"title": "A hundred licences", "account_id": ids["account"], "amount": "100"}
    ).id
    linked = {"deal_id": ids["deal"]}
    ids["activity"] = activities.create_activity(me, {"kind": "task", "subject": "Find the reports", **linked}).id
    ids["note"] = notes.create_note(me, {"text": "They decide in spring.", **linked}).id
    ids["document"] = documents.create_document(me, linked, file_name="offer.txt", content=b"Offer").id
    ids["article"] = articles.create_article(office.acting(session, "head"), {"title": "Slides", "kind": "case"}).id
    articles.set_file(office.acting(session, "head"), ids["article"], file_name="slides.pdf", content=b"%PDF")
    web_forms.create_web_form(office.acting(session, "marketing"), {"key": FORM, "name": "The office's"})
    contact, product = {"contact_id": ids["contact"], "role": "user"}, {"product_id": ids["product"], "quantity": 1}
    ids["participant"] = participants.create_participant(me, ids["deal"], contact).id
    ids["competitor"] = competitors.create_competitor(me, ids["deal"], {"name": "Rival"}).id
    ids["line_item"] = line_items.create_line_item(me, ids["deal"], product).id
    notifications.notify(me, office.people["manager"], kind="task", text="Look at this")
    auth.issue_token(me, name="another")
    ids["token"] = auth.list_tokens(me, Page()).items[0].id
    sale = instances.start_instance(me, definition_key="corporate_sale", subject={"type": "deal", "id": ids["deal"]})
    ids |= {
        "instance": sale.id,
        "definition": sale.definition.id,
        "other": sale.definition.id,
        "job": 10**6,
        "incident": 1,
    }
    ids["substitution"] = substitutions.create_substitution(
        me, {"substitute_id": ids["user"], "begins": "2099-02-01T00:00:00Z", "ends": "2099-02-08T00:00:00Z"}
    ).id
    ids["migration"] = 1
    designing = office.acting(session, "designer")
    shipped_scenarios.remove(designing, "corporate_sale")  # to play them takes a minute, and says nothing of rights
    ids["scenario"] = scenarios.record_scenario(designing, ids["definition"], name="Begins", script=Script("deal")).id
    ids["import"] = imports.upload_import(
        office.acting(session, "marketing"),
        kind="leads",
        file_name="clients.csv",
        content=b"name;phone\nAnna;+79161112201",
    ).id
    _score(office, office.acting(session, "marketing"))
    ids |= _merged(session, me, office)
    ids["task"] = tasks.list_tasks(me, TaskFilter(instance_id=sale.id), Page()).items[0].id


def _write_letters(session: Session, office: Office) -> None:
    marketing, ids = office.acting(session, "marketing"), office.ids
    template = {"name": "Hello", "subject": "Hello, {{ person.name }}", "text": "Hello"}
    ids["letter_template"] = letter_templates.create_template(marketing, template).id
    telephony.make_secret(office.acting(session, "admin"))
    ids["suppression"] = suppressions.create_suppression(marketing, {"address": "rude@example.com"}).id
    ids["letter"] = letters.queue(
        marketing,
        to="anna@example.com",
        subject="Offer",
        html="<p>Offer</p>",
        purpose="service",
        key="office",
        contact_id=ids["contact"],
    ).id


def _score(office: Office, me: Context) -> None:
    """A score card with a rule, and a product that has none."""
    ids, system = office.ids, Context(me.session, SYSTEM)
    own = products.create_product(system, {"name": "Support"}).id
    ids["product2"] = products.create_product(system, {"name": "Training"}).id
    ids["score_card"] = scoring.create_card(me, {"name": "Support", "product_id": own}).id
    rule = {"kind": "source", "condition": {"sources": ["phone"]}, "points": 10}
    ids["rule"] = scoring.create_rule(me, ids["score_card"], rule).id
    ids["version"] = scoring.list_versions(me, ids["score_card"], Page()).items[0].id


def _merged(session: Session, me: Context, office: Office) -> dict[str, int]:
    """A merge that can be undone, a pair that looks like one, and a search that found it."""
    kept, gone = (accounts.create_account(me, {"name": name}).id for name in ("Vector", "OOO Vector"))
    merge = merging.merge(me, kind="account", survivor_id=kept, loser_id=gone)
    first, second = office.ids["contact"], office.ids["contact2"]
    pair = DuplicatePair(
        kind="contact", first_id=first, second_id=second, score=60, reasons=["name"], found_at=me.now()
    )
    erasure = Erasure(at=me.now(), reason="Asked for it", records=[{"type": "lead", "id": 10**9}])
    session.add_all([erasure, pair, DuplicateSearch(state="finished", started_at=me.now(), finished_at=me.now())])
    session.flush()
    return {"merge": merge.id, "pair": pair.id, "erasure": erasure.id}
