"""The Python client against the real interface, over a real socket."""

import importlib.util
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from crm_model import auth, users
from kernel.context import INTEGRATION, SYSTEM, Context
from kernel.db import Database
from processes import designs, instances
from processes.views import InstanceView
from tests.api.conftest import Caller
from tests.support.diagrams import diagram, error, node

CLIENT = Path(__file__).parents[2] / "clients" / "python" / "procession_worker.py"
WORK = '<extensionElements><procession:operation topic="{topic}"/></extensionElements>'


@pytest.fixture(scope="module")
def client() -> ModuleType:
    spec = importlib.util.spec_from_file_location("procession_worker", CLIENT)
    assert spec is not None and spec.loader is not None
    module = sys.modules["procession_worker"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def address(api_app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, api_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def token(api_database: Database) -> str:
    """Of a program that may do nothing but such work."""
    with api_database.transaction() as session:
        name = f"erp{session.connection().exec_driver_sql('SELECT count(*) FROM users').scalar()}"
        user = users.add_user(session, username=name, name="ERP", password="correct horse", roles=[INTEGRATION])
        session.flush()
        return auth.issue_token(Context(session, users.actor_of(user)))[0]


def begin(database: Database, topic: str, **variables: Any) -> int:
    work = node("service", "invoice", WORK.format(topic=topic))
    caught = node("boundary", "refused", error("no_amount"), attachedToRef="invoice")
    nodes = node("start", "s") + work + caught + node("user", "check") + node("user", "ask")
    xml = diagram(nodes, "s -> invoice; invoice -> check; refused -> ask", id=topic.replace(".", "_"))
    with database.transaction() as session:
        system = Context(session, SYSTEM)
        designs.upload(system, [(f"{topic}.bpmn", xml)], publish=True)
        return instances.start_instance(system, definition_key=topic.replace(".", "_"), variables=variables).id


def seen(database: Database, instance: int) -> tuple[InstanceView, dict[str, Any]]:
    with database.read_only() as session:
        system = Context(session, SYSTEM)
        return instances.get_instance(system, instance), instances.get_variables(system, instance)


def standing(database: Database, instance: int) -> list[str]:
    return [element.element_id for element in seen(database, instance)[0].active_elements]


def test_a_program_does_its_work_refuses_and_fails(
    client: ModuleType, address: str, token: str, api_database: Database
) -> None:
    worker = client.Worker(address, token, worker_id="erp")

    @worker.handles("erp.invoice")
    def invoice(task: Any) -> dict[str, Any]:
        amount = task.variables.get("amount")
        if amount is None:
            raise client.BpmnError("no_amount", "Nothing to invoice")
        if amount < 0:
            raise client.Failure("The ERP is away", retries=0)
        worker.extend(task, 60)
        return {"number": f"INV-{amount}"}

    done, refused, failed = (
        begin(api_database, "erp.invoice", **given) for given in ({"amount": 5}, {}, {"amount": -1})
    )
    assert worker.work_once(maximum=10) == 3
    assert worker.work_once() == 0
    assert seen(api_database, done)[1]["number"] == "INV-5"
    assert [standing(api_database, each) for each in (done, refused, failed)] == [["check"], ["ask"], ["invoice"]]
    assert seen(api_database, failed)[0].incidents == 1


def test_programs_that_race_do_no_work_twice(
    client: ModuleType, address: str, token: str, api_database: Database
) -> None:
    started = [begin(api_database, "erp.race", number=number) for number in range(8)]
    done: list[int] = []
    workers = [client.Worker(address, token, worker_id=f"racer {number}") for number in range(4)]
    for worker in workers:
        worker.handles("erp.race")(lambda task: done.append(task.variables["number"]))
    threads = [
        threading.Thread(target=lambda worker=worker: [worker.work_once() for _ in range(8)]) for worker in workers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(8))
    assert all(standing(api_database, instance) == ["check"] for instance in started)


def test_a_program_may_do_nothing_else(api_app: Flask, token: str) -> None:
    program = Caller(api_app.test_client(), token)
    for path in ("/tasks", "/deals", "/accounts", "/leads", "/process-instances", "/process-definitions", "/users"):
        assert program.get(path, 403)["code"] == "permission_denied"
