"""A supervisor moves running processes to a new version: what would happen is shown before it does."""

from flask.testing import FlaskClient

from kernel.context import SYSTEM, Context
from kernel.paging import Page
from processes import designs, instances, tasks
from processes.views import TaskFilter
from tests.support.diagrams import diagram, node
from tests.task_ui.conftest import Site
from tests.task_ui.test_screens import sign_in, token_of

OLD = node("start", "s") + node("user", "call") + node("user", "offer") + node("end", "e")
NEW = node("start", "s") + node("user", "call") + node("user", "proposal") + node("end", "e")


def test_where_processes_go_is_shown_mapped_and_then_done(site: Site, client: FlaskClient) -> None:
    with site.database.transaction() as session:
        system = Context(session, SYSTEM)
        versions = []
        for nodes, flows in (
            (OLD, "s -> call; call -> offer; offer -> e"),
            (NEW, "s -> call; call -> proposal; proposal -> e"),
        ):
            done = designs.upload(system, [("moving.bpmn", diagram(nodes, flows, id="moving"))], publish=True)
            versions.append(done.definitions[0].id)
        old, new = versions
        first, second = (instances.start_instance(system, definition_id=old).id for _ in range(2))
        (task,) = tasks.list_tasks(system, TaskFilter(instance_id=second), Page(10)).items
        tasks.complete_task(system, task.id)
    sign_in(client, "supervisor", "ru")
    versions_of_it = client.get(f"/processes/{new}?tab=versions").text
    address = f"/migrations/new?from={old}&to={new}"
    assert address.replace("&", "&amp;") in versions_of_it
    planned = client.get(address).text
    assert "1 процесс может перейти" in planned and "1 останется на месте" in planned
    assert "Укажите, какой элемент его заменяет" in planned
    mapped = client.get(f"{address}&map.offer=proposal").text
    assert "2 процесса могут перейти" in mapped
    form = {"csrf_token": token_of(mapped), "from": old, "to": new, "map.offer": "proposal", "reason": "Так быстрее"}
    moved = client.get(client.post("/migrations", data=form).headers["Location"]).text
    assert "2 процесса переведены" in moved and "Так быстрее" in moved
    with site.database.read_only() as session:
        seen = [instances.get_instance(Context(session, SYSTEM), instance) for instance in (first, second)]
    assert [one.definition.id for one in seen] == [new, new]
    assert [one.active_elements[0].element_id for one in seen] == ["call", "proposal"]


def test_only_who_steps_into_processes_may_move_them(site: Site, client: FlaskClient) -> None:
    sign_in(client, "manager", "ru")
    assert client.get("/migrations/new?from=1&to=2").status_code == 403
    assert client.get("/migrations/new?from=x").status_code == 404
