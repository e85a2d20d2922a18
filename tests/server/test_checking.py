"""Every problem that `check` knows is named once it is there, and is not named before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from crm_model.deal_entities import Deal
from crm_model.mail_settings import MailSettings
from engine import state as states
from engine.tables import IncidentRow, InstanceRow, JobRow, SubscriptionRow, UserTaskRow
from kernel.context import ADMINISTRATOR, SYSTEM, Context
from kernel.db import Database
from processes import catalogue, designs, instances
from server import checking, migrating, setting_up
from server.settings import Settings
from tests.crm_model.sales import Sales, acting, person
from tests.support.diagrams import body, diagram, message, node, timer

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""After the moment at which `Sales` acts."""


class Office(Sales):
    """A deal with an instance of a small process on it."""

    def play(self, nodes: str, flows: str, more: str = "", id: str = "checked") -> int:
        admin = acting(self.session, person(self.session, ADMINISTRATOR))
        designs.upload(admin, [(f"{id}.bpmn", diagram(nodes, flows, id=id, more=more))], publish=True)
        self.the_deal = self.deal()
        subject = {"type": "deal", "id": self.the_deal.id}
        return instances.start_instance(self.manager, definition_key=id, subject=subject).id

    def wait_for_person(self, **attributes: str) -> int:
        nodes = node("start", "begin") + node("user", "work", **attributes) + node("end", "done")
        return self.play(nodes, "begin -> work; work -> done")

    def wait_for_timer(self) -> int:
        nodes = node("start", "begin") + node("catch", "rest", timer("duration", "P1D")) + node("end", "done")
        return self.play(nodes, "begin -> rest; rest -> done")

    def wait_for_message(self) -> int:
        nodes = node("start", "begin") + node("catch", "answer", message("reply")) + node("end", "done")
        return self.play(nodes, "begin -> answer; answer -> done")


@pytest.fixture
def office(session: Session) -> Office:
    """Alone in its database, as long as the test lasts: what other tests have kept is over."""
    session.execute(delete(JobRow))
    session.execute(update(InstanceRow).values(state="cancelled"))
    session.execute(update(IncidentRow).values(resolved_at=NOW))
    return Office(session)


def named(session: Session, now: datetime = NOW) -> str:
    session.flush()
    return "\n".join(str(problem) for problem in checking.problems(session, now))


def settings(**values: object) -> Settings:
    return Settings(**{"database_url": "postgresql+psycopg://", **values})  # type: ignore[arg-type]


def test_each_problem_comes_with_what_to_do(office: Office) -> None:
    for problem in checking.problems(office.session, NOW):
        assert problem.what.endswith(".")
        assert problem.remedy.endswith(".")


def test_a_fresh_installation_is_well_once_it_is_set_up(migrated_url: str) -> None:
    setting_up.first_start(migrated_url, settings())
    assert checking.check(settings(), migrated_url) == []


def test_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    found = checking.check(settings(), f"postgresql+psycopg://someone:secret@/x?host={tmp_path}")
    assert "cannot be reached" in found[-1].what
    assert "DATABASE_URL" in found[-1].remedy
    assert "secret" not in str(found[-1])


def test_a_server_that_is_too_old(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "MINIMUM_SERVER_VERSION", 990000)
    found = checking.check(settings(), empty_url)
    assert "needs PostgreSQL 99 or newer" in found[-1].what


def test_a_database_without_tables(empty_url: str) -> None:
    assert [p.what for p in checking.check(settings(), empty_url)][-1] == "The database is empty."


def test_a_database_of_a_newer_release(migrated_url: str) -> None:
    database = Database(migrated_url, pool_size=1)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'fedcba'"))
    database.close()
    assert "a newer one made it" in checking.check(settings(), migrated_url)[-1].what


def test_demo_passwords_on_an_open_address(database_url: str) -> None:
    found = checking.check(settings(demo=True, host="0.0.0.0"), database_url)
    assert any("Demo mode" in problem.what for problem in found)
    found = checking.check(settings(demo=True), database_url)
    assert not any("Demo mode" in problem.what for problem in found)


def test_a_full_disk(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = Settings(data=tmp_path / "not yet there")
    monkeypatch.setattr(checking, "SPACE_NEEDED", 1 << 60)
    assert any("MB left" in problem.what for problem in checking.check(embedded, database_url))


def test_nobody_who_administers(office: Office) -> None:
    assert "Nobody can administer" in named(office.session)
    boss = person(office.session, ADMINISTRATOR)
    assert "Nobody can administer" not in named(office.session)
    boss.active = False
    assert "Nobody can administer" in named(office.session)


def test_shipped_processes_that_are_not_deployed(session: Session) -> None:
    assert "corporate_sale is not published" in named(session)
    catalogue.deploy_shipped(Context(session, SYSTEM))
    assert "corporate_sale" not in named(session)


def test_shipped_processes_of_an_earlier_release(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.deploy_shipped(Context(session, SYSTEM))
    monkeypatch.setattr(catalogue, "tag_of", lambda key: "another release")
    assert "corporate_sale of this release has not been deployed" in named(session)


def test_overdue_jobs_and_nobody_to_do_them(office: Office) -> None:
    office.wait_for_timer()
    assert "overdue" not in named(office.session)
    assert "1 job is overdue" in (late := named(office.session, NOW + timedelta(days=2)))
    assert "no worker runs" in late


def test_overdue_jobs_although_a_worker_runs(office: Office, database_url: str) -> None:
    office.wait_for_timer()
    worker = Database(database_url, pool_size=1, application_name="procession worker")
    with worker.read_only() as at_work:
        at_work.execute(text("SELECT 1"))
        assert "with 1 worker connection" in named(office.session, NOW + timedelta(days=2))
    worker.close()


def test_leases_of_a_worker_that_died(office: Office) -> None:
    office.wait_for_timer()
    office.session.execute(update(JobRow).values(locked_by="gone", locked_until=NOW - timedelta(hours=1)))
    assert "the lease is over" in named(office.session)


def test_jobs_that_were_given_up(office: Office) -> None:
    office.wait_for_timer()
    office.session.execute(update(JobRow).values(state="failed", error="No such thing"))
    assert "was given up: No such thing" in named(office.session)


def test_open_incidents(office: Office) -> None:
    instance = office.wait_for_person()
    incident = IncidentRow(
        instance_id=instance, element_id="work", kind="process", message="No %(what)s.", params={"what": "price"},
        created_at=NOW,
    )  # fmt: skip
    office.session.add(incident)
    assert "element work: No price." in named(office.session)
    incident.resolved_at = NOW
    assert "Incident" not in named(office.session)


def test_many_incidents_are_counted(office: Office) -> None:
    instance = office.wait_for_person()
    for _ in range(8):
        office.session.add(
            IncidentRow(
                instance_id=instance, element_id="work", kind="process", message="Oh.", params={}, created_at=NOW
            )
        )
    found = named(office.session)
    assert found.count("element work: Oh.") == 5
    assert "And 3 more incidents." in found


def test_instances_that_wait_are_well(office: Office) -> None:
    office.wait_for_person()
    office.wait_for_timer()
    office.wait_for_message()
    assert "can never go on" not in named(office.session)


def test_an_instance_whose_task_is_lost(office: Office) -> None:
    instance = office.wait_for_person()
    office.session.execute(delete(UserTaskRow).where(UserTaskRow.instance_id == instance))
    assert f"Instance {instance} of checked can never go on at work: it lacks its open task." in named(office.session)


def test_an_instance_whose_timer_is_lost(office: Office) -> None:
    instance = office.wait_for_timer()
    office.session.execute(delete(JobRow).where(JobRow.instance_id == instance))
    assert "at rest: it lacks the job of its timer" in named(office.session)


def test_an_instance_whose_subscription_is_lost(office: Office) -> None:
    instance = office.wait_for_message()
    office.session.execute(delete(SubscriptionRow).where(SubscriptionRow.instance_id == instance))
    assert "at answer: it lacks its subscription to the message reply" in named(office.session)


STUCK = "can never go on"
LISTENS = node("start", "heard", message("late"), isInterrupting="false") + node("user", "aside") + node("end", "over")
RINGS = node("start", "rung", timer("duration", "P1D"), isInterrupting="false") + node("user", "aside")
OPERATION = "<extensionElements><procession:operation name='deal.plan_next' async='true'/></extensionElements>"
KINDS: dict[str, tuple[str, str, type[JobRow] | type[SubscriptionRow] | type[UserTaskRow], str]] = {
    "choice": (
        node("xor", "way") + node("user", "left") + node("user", "right"),
        "begin -> way; way -> left; way -> right; left -> done; right -> done",
        UserTaskRow,
        "at way: it lacks its open task",
    ),
    "operation": (
        node("service", "plan", OPERATION), "begin -> plan; plan -> done", JobRow, "at plan: it lacks its job"
    ),
    "boundary": (
        node("user", "work") + node("boundary", "b", message("stop"), attachedToRef="work") + node("end", "stopped"),
        "begin -> work; work -> done; b -> stopped",
        SubscriptionRow,
        "at b: it lacks its subscription to the message stop",
    ),
    "race": (
        node("event", "race") + node("catch", "m", message("go")) + node("catch", "t", timer("duration", "P1D")),
        "begin -> race; race -> m; race -> t; m -> done; t -> done",
        JobRow,
        "it lacks the job of its timer",
    ),
    "listener": (
        node("user", "work") + node("subProcess", "x", body(LISTENS, "heard -> aside; aside -> over"), triggeredByEvent="true"),
        "begin -> work; work -> done",
        SubscriptionRow,
        "it lacks its subscription to the message late",
    ),
    "alarm": (
        node("user", "work") + node("subProcess", "x", body(RINGS, "rung -> aside"), triggeredByEvent="true"),
        "begin -> work; work -> done",
        JobRow,
        "it lacks the job of its timer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_instance_that_lacks_what_it_waits_for(office: Office, kind: str) -> None:
    nodes, flows, table, told = KINDS[kind]
    instance = office.play(node("start", "begin") + nodes + node("end", "done"), flows)
    assert STUCK not in named(office.session)
    lost = office.session.execute(delete(table).where(table.instance_id == instance))
    assert lost.rowcount == 1  # type: ignore[attr-defined]
    assert f"Instance {instance} of checked {STUCK}" in (found := named(office.session))
    assert told in found
    assert "Move it by hand" in found


def test_an_instance_that_was_resumed_without_its_jobs(office: Office) -> None:
    instance = office.wait_for_timer()
    office.session.execute(update(JobRow).where(JobRow.instance_id == instance).values(state="suspended"))
    assert "at rest: it lacks the job of its timer" in named(office.session)
    office.session.execute(update(InstanceRow).where(InstanceRow.id == instance).values(state="suspended"))
    assert STUCK not in named(office.session)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (states.READY, "at work: it lacks the step that should have moved it on"),
        (states.INCIDENT, "at work: it lacks its incident"),
        (states.JOIN, "at work: it lacks anything to wait for"),
        (None, "of checked can never go on: it lacks anything to wait for"),
    ],
)
def test_an_instance_whose_token_nothing_moves(office: Office, kind: str | None, told: str) -> None:
    row = office.session.get(InstanceRow, office.wait_for_person())
    assert row is not None
    state = states.decode(row.content)
    (token,) = state.tokens.values()
    if kind is None:
        state.tokens.clear()
    else:
        token.kind = kind
    row.content = states.encode(state)
    assert told in named(office.session)


def test_work_for_a_program_that_does_not_run(office: Office) -> None:
    instance = office.wait_for_timer()
    job = update(JobRow).where(JobRow.instance_id == instance)
    office.session.execute(job.values(kind="external", payload={"topic": "billing"}, due=NOW - timedelta(minutes=30)))
    assert "billing" not in named(office.session)
    assert "overdue" not in named(office.session)
    late = named(office.session, NOW + timedelta(hours=1))
    assert "1 task waits for a program with the topic billing, the oldest since 2026-03-02 11:30 UTC." in late
    assert "Start the program" in late
    office.session.execute(job.values(locked_by="program", locked_until=NOW + timedelta(minutes=30)))
    assert "billing" not in named(office.session, NOW + timedelta(hours=1))
    assert "billing" in named(office.session, NOW + timedelta(hours=2))


def test_an_instance_that_called_another_waits_for_it(office: Office) -> None:
    called = node("start", "begin") + node("user", "inner") + node("end", "done")
    office.play(called, "begin -> inner; inner -> done", id="called")
    nodes = node("start", "begin") + node("call", "ask", calledElement="called") + node("end", "done")
    instance = office.play(nodes, "begin -> ask; ask -> done")
    assert "can never go on" not in named(office.session)
    office.session.execute(update(InstanceRow).where(InstanceRow.parent_id == instance).values(parent_id=None))
    assert "at ask: it lacks the process it calls" in named(office.session)
    office.session.execute(
        update(InstanceRow).where(InstanceRow.definition_key == "called").values(parent_id=instance, state="failed")
    )
    assert "at ask: it lacks the process it calls" in named(office.session)


def test_ended_instances_need_no_reason(office: Office) -> None:
    instance = office.wait_for_person()
    office.session.execute(delete(UserTaskRow).where(UserTaskRow.instance_id == instance))
    office.session.execute(update(InstanceRow).where(InstanceRow.id == instance).values(state="cancelled"))
    assert "can never go on" not in named(office.session)


def test_a_deal_whose_stage_is_not_that_of_its_process(office: Office) -> None:
    instance = office.wait_for_person(procession_stage="proposal")
    assert office.the_deal.stage == "proposal"
    assert "its process" not in named(office.session)
    office.session.execute(update(Deal).where(Deal.id == office.the_deal.id).values(stage="needs"))
    expected = f"Deal {office.the_deal.id} is at stage needs, but its process {instance} stands at proposal."
    assert expected in named(office.session)


def test_a_password_that_another_key_sealed_is_named(office: Office) -> None:
    sealed = "fernet:of-another-installation"
    office.session.add(MailSettings(host="smtp.example", port=25, from_address="a@b.example", sealed_password=sealed))
    office.session.flush()
    found = [problem for problem in checking.problems(office.session, NOW) if "secret key" in problem.what]
    assert [problem.what for problem in found] == [
        "The password of the mail server was saved with another secret key and cannot be used."
    ]
