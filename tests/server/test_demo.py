"""The demo: a department that looks real, made by playing its processes, all of it or nothing."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from crm_model import fields, stages
from crm_model.accounts import Account
from crm_model.business_lines import BusinessLine
from crm_model.contacts import Contact
from crm_model.deal_entities import Deal, StageHistory
from crm_model.inbound_letters import InboundLetter
from crm_model.leads import Lead
from crm_model.mailings import Mailing, audience_of
from crm_model.merging.pairs import DuplicatePair
from crm_model.personal.tables import Erasure
from crm_model.telephony import Call
from crm_model.users import Team, User, actor_of
from engine import definitions
from engine.tables import ACTIVE, SUSPENDED, IncidentRow, InstanceRow, UserTaskRow
from kernel.context import Context
from kernel.db import Database, savepoint
from kernel.paging import Page
from processes import scenarios
from server import demo
from server.demo import loading
from server.embedded import Embedded
from tests.conftest import TEMPLATE, _administer

NOW = datetime(2026, 11, 18, 11, 30, tzinfo=UTC)
"""A Wednesday."""
SCALE = 0.1
RUNNING = (ACTIVE, SUSPENDED)


pytestmark = pytest.mark.xdist_group("demo")


@contextmanager
def another(postgres: Embedded, name: str) -> Iterator[Database]:
    """An empty database beside that of the other tests."""
    name = f"{name}_{os.getpid()}"
    _administer(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    made = Database(postgres.url(name), pool_size=1)
    try:
        yield made
    finally:
        made.close()
        _administer(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def loaded(postgres: Embedded) -> Iterator[Database]:
    """The demo, loaded once: interrupted in the middle, then finished."""
    with another(postgres, "demo") as made:
        _load(made)
        yield made


def _load(database: Database) -> None:
    def interrupt(progress: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.load(database, clock=lambda: NOW, progress=interrupt, scale=SCALE, processes=1)
    rest = demo.load(database, clock=lambda: NOW + timedelta(days=1), scale=SCALE, processes=1)
    assert rest.troubles == ()
    assert rest.steps > 100


@pytest.fixture
def session(loaded: Database) -> Iterator[Session]:
    with loaded.read_only() as made:
        yield made


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_people_are_those_of_the_contract(session: Session) -> None:
    roles = dict(session.execute(select(User.username, User.roles)).all())
    assert len(roles) == 13
    assert {name: roles[name] for name in ("admin", "designer", "supervisor", "head", "manager", "manager2")} == {
        "admin": ["administrator"],
        "designer": ["designer"],
        "supervisor": ["supervisor"],
        "head": ["head"],
        "manager": ["manager"],
        "manager2": ["manager"],
    }
    teams = session.execute(select(User.username, User.team_id).where(User.username.like("manager%"))).all()
    head = session.execute(select(Team).join(User, User.id == Team.head_id).where(User.username == "head")).scalar_one()
    assert {team for _, team in teams} == {head.id}
    assert count(session, Team) == 3
    lines = session.scalars(select(BusinessLine.head_id)).all()
    chief = session.scalar(select(User.id).where(User.username == "head"))
    assert list(lines).count(chief) == 1
    assert None in lines


def test_clients_are_plausible_and_reach_nobody(session: Session) -> None:
    accounts = session.scalars(select(Account)).all()
    contacts = session.scalars(select(Contact)).all()
    assert len(accounts) >= 40
    assert len(contacts) == 80
    assert all(fields.is_inn(a.inn or "") and fields.is_ogrn(a.ogrn or "") and a.industry for a in accounts)
    assert len({account.inn for account in accounts}) == len(accounts)
    assert all((account.website or "").endswith(".example") for account in accounts)
    assert all(mail.endswith(".example") for contact in contacts for mail in contact.emails)
    assert all(c.account_id and c.job_title and len(c.name.split()) == 3 for c in contacts)


def test_deals_stand_in_every_stage(session: Session) -> None:
    standing = set(session.scalars(select(Deal.stage)))
    assert standing == set(stages.DEAL_CODES)


def test_every_deal_stands_where_its_process_does(session: Session) -> None:
    for deal in session.scalars(select(Deal)):
        its = select(InstanceRow).where(InstanceRow.business_key == f"deal:{deal.id}", InstanceRow.parent_id.is_(None))
        instance = session.scalars(its).one()
        assert (instance.state in RUNNING) == deal.is_open, deal.title
        if not deal.is_open:
            assert instance.end_event == deal.stage
        open_stages = set(
            session.scalars(
                select(UserTaskRow.stage).where(UserTaskRow.instance_id == instance.id, UserTaskRow.state == "open")
            )
        )
        assert open_stages <= {deal.stage}, deal.title
        last = select(StageHistory).where(StageHistory.deal_id == deal.id).order_by(StageHistory.id.desc()).limit(1)
        entry = session.scalars(last).one()
        assert (entry.to_stage, entry.at) == (deal.stage, deal.stage_entered_at)


def test_everything_happened_within_the_last_half_year(session: Session) -> None:
    began = NOW - timedelta(days=183)
    for query in (
        "SELECT min(created_at), max(created_at) FROM deals",
        "SELECT min(started_at), max(coalesce(ended_at, started_at)) FROM process_instance",
        "SELECT min(entered_at), max(coalesce(left_at, entered_at)) FROM history_entry",
        "SELECT min(created_at), max(coalesce(completed_at, created_at)) FROM activities",
        "SELECT min(created_at), max(coalesce(read_at, created_at)) FROM notifications",
    ):
        first, last = session.execute(text(query)).one()
        assert began < first, query
        assert last <= NOW, query


def test_leads_of_many_kinds_stand_where_their_processes_do(session: Session) -> None:
    found = session.scalars(select(Lead)).all()
    assert len({lead.source for lead in found}) > 3
    assert len({lead.status for lead in found}) > 3
    for lead in found:
        its = select(InstanceRow.definition_key).where(
            f"lead:{lead.id}" == func.coalesce(InstanceRow.origin_key, InstanceRow.business_key),
            InstanceRow.state.in_(RUNNING),
            InstanceRow.parent_id.is_(None),
        )
        running = set(session.scalars(its))
        nurtured = set() if lead.opted_out else {"lead_nurturing"}
        expected = {"nurturing": nurtured, "disqualified": set(), "handed_off": {"corporate_sale"}}
        assert running == expected.get(lead.status, {"lead_qualification"}), lead.name


def test_the_mailing_is_ready_to_go_to_somebody(session: Session) -> None:
    mailing = session.scalars(select(Mailing)).one()
    marketing = session.scalars(select(User).where(User.username == "marketing")).one()
    assert mailing.segment_id and mailing.template_id and mailing.sender_id
    assert audience_of(Context(session, actor_of(marketing, "ru"), lambda: NOW), mailing.campaign_id).gets > 0


def test_letters_a_call_twins_and_an_erasure_are_there_to_look_at(session: Session) -> None:
    assert {"new_lead", "added"} <= set(session.scalars(select(InboundLetter.outcome)))
    assert session.scalars(select(Call)).one().contact_id
    twins = session.scalars(
        select(DuplicatePair).where(DuplicatePair.kind == "lead").order_by(DuplicatePair.score.desc())
    )
    assert "phone" in twins.all()[0].reasons
    assert session.scalar(select(func.count()).select_from(Erasure)) == 1


def test_lost_deals_say_why_and_to_whom(session: Session) -> None:
    lost = session.scalars(select(Deal).where(Deal.status == "lost")).all()
    assert len({deal.close_reason for deal in lost}) > 1
    assert all((deal.close_reason == "competitor_won") == bool(deal.winner_competitor_id) for deal in lost)


def test_every_open_task_is_somebodys_and_has_a_date(session: Session) -> None:
    open_tasks = session.scalars(select(UserTaskRow).where(UserTaskRow.state == "open")).all()
    assert open_tasks
    assert all(t.assignee_id or t.candidate_roles or t.candidate_users for t in open_tasks)
    assert all(task.due for task in open_tasks)
    late = [task for task in open_tasks if task.due and task.due < NOW]
    assert len(late) < len(open_tasks) / 2


def test_an_incident_waits_for_the_supervisor(session: Session) -> None:
    incidents = session.scalars(select(IncidentRow).where(IncidentRow.resolved_at.is_(None))).all()
    assert [incident.element_id for incident in incidents] == ["approve_proposal"]


def test_the_scenarios_of_the_sale_go_as_they_were_recorded(loaded: Database) -> None:
    with loaded.transaction() as session, savepoint(session, keep=False):
        designer = session.scalars(select(User).where(User.username == "designer")).one()
        context = Context(session, actor_of(designer), lambda: NOW)
        sale = definitions.latest_published(session, "corporate_sale")
        recorded = [one for one in scenarios.list_scenarios(context, sale, Page(200)).items if not one.shipped]
        outcomes = [scenarios.replay_scenario(context, sale, one.id) for one in recorded]
        assert [outcome.difference for outcome in outcomes] == [None, None]


def test_a_second_load_adds_nothing(loaded: Database) -> None:
    def sizes() -> list[int]:
        with loaded.read_only() as session:
            return [count(session, model) for model in (User, Account, Deal, UserTaskRow, InstanceRow)]

    before = sizes()
    assert demo.load(loaded, scale=SCALE, processes=1) == demo.Loaded()
    assert sizes() == before


def test_other_peoples_data_are_left_alone(postgres: Embedded) -> None:
    with another(postgres, "other") as database:
        with database.transaction() as session:
            session.add(User(username="admin", name="Somebody", roles=["administrator"], password_hash="!"))
        assert demo.load(database, scale=SCALE, processes=1) == demo.Loaded()
        with database.read_only() as session:
            assert (count(session, User), count(session, Account)) == (1, 0)


SIDE_BY_SIDE = """
import os, sys
from datetime import datetime
from kernel.db import Database
from server import demo
loaded = demo.load(
    Database(os.environ["DEMO_URL"], pool_size=1),
    clock=lambda: datetime.fromisoformat(sys.argv[1]), scale=float(sys.argv[2]), processes=2,
)
assert not loaded.troubles and loaded.steps
"""


def test_the_same_moment_makes_the_same_data_however_many_work_at_it(loaded: Database, postgres: Embedded) -> None:
    with another(postgres, "again") as database:
        command = [sys.executable, "-c", SIDE_BY_SIDE, NOW.isoformat(), str(SCALE)]
        subprocess.run(command, env={**os.environ, "DEMO_URL": database.url}, check=True, timeout=300)
        query = select(Deal.title, Deal.amount, Deal.stage, Deal.created_at, Deal.closed_at).order_by(Deal.created_at)
        with loaded.read_only() as one, database.read_only() as other:
            assert one.execute(query).all() == other.execute(query).all()


def test_a_process_with_threads_is_not_copied() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert not loading._may_fork()
    finally:
        stop.set()
        thread.join()
