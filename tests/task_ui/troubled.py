"""Processes that get into trouble, for the screens of supervisors and designers."""

from datetime import UTC, datetime, timedelta

from engine import jobs
from kernel.paging import Page
from processes import designs, instances, tasks
from processes.engine_room import PORTS
from processes.views import TaskFilter
from tests.support.diagrams import diagram, node, timer
from tests.task_ui.conftest import Site


def discount(share: str = "amount / parts") -> bytes:
    """A task, a short pause, a calculation that fails where `parts` is 0, another task."""
    made = diagram(
        node("start", "begin")
        + node("user", "gather")
        + node("catch", "pause", timer("duration", "PT1S"))
        + node("script", "calculate", f"<script>total = {share}</script>")
        + node("user", "check")
        + node("end", "done"),
        "begin -> gather; gather -> pause; pause -> calculate; calculate -> check; check -> done",
        id="discount",
    ).decode()
    for name, ru in (("discount", "Расчёт скидки"), ("gather", "Собрать данные"), ("check", "Проверить скидку")):
        made = made.replace(f'name="{name}"', f'name="{ru}"', 1)
    return made.encode()


def broken() -> bytes:
    """Two steps that nothing leads to."""
    made = diagram(
        node("start", "begin") + node("user", "first") + node("user", "second") + node("end", "done"),
        "begin -> first; first -> done; second -> done",
        id="repair_me",
    )
    return made.replace(b'targetRef="first"', b'targetRef="nowhere"', 1)


def deploy(site: Site, *files: tuple[str, bytes]) -> None:
    with site.database.transaction() as session:
        designs.upload(site.office.acting(session, "designer"), list(files), publish=True)


def start(site: Site, parts: int = 0, *, deal: int | None = None) -> int:
    """An instance whose first task is done, so that it waits for its time."""
    with site.database.transaction() as session:
        admin = site.office.acting(session, "admin")
        subject = {"type": "deal", "id": deal} if deal else None
        values = {"amount": 100, "parts": parts}
        made = instances.start_instance(admin, definition_key="discount", subject=subject, variables=values)
        task = tasks.list_tasks(admin, TaskFilter(instance_id=made.id), Page(1)).items[0]
        tasks.complete_task(admin, task.id)
        return made.id


def work_off(site: Site) -> None:
    """What a worker does, over and over, until it gives up on what cannot be done."""
    for hours in range(1, 25, 3):
        moment = datetime.now(UTC) + timedelta(hours=hours)
        jobs.run_batch(site.database, PORTS, lambda at=moment: at, "test", 50)  # type: ignore[misc]


def in_trouble(site: Site, *, deal: int | None = None) -> int:
    made = start(site, deal=deal)
    work_off(site)
    return made
