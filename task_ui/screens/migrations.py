"""Moving running processes to another version: what would become of each, and what has."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, request

from processes import designs, migrations
from processes.migrations import MigrationItem
from task_ui.web import View, _, ctx, go, page

blueprint = Blueprint("migrations", __name__, url_prefix="/migrations")

MAP = "map."
SHOWN = 200
"""Processes that the page lists one by one."""


@dataclass(frozen=True, slots=True)
class Place:
    """An element at which processes stand: how many, where they go on, and what is in the way of some."""

    element_id: str
    name: str
    goes_to: str
    count: int
    obstacle: str | None


@blueprint.get("/new")
def plan() -> View:
    """What moving would do, and where elements without a counterpart go."""
    source, target = _wanted("from"), _wanted("to")
    mapping = _mapping()
    seen = migrations.preview_migration(ctx(), from_definition_id=source, to_definition_id=target, mapping=mapping)
    return page(
        "migrations/plan.html",
        seen=seen,
        places=_places(seen.instances),
        mapping=mapping,
        elements=[row for row in designs.list_elements(ctx(), target) if row.name],
    )


@blueprint.post("")
def run() -> View:
    """Moves what can be moved."""
    done = migrations.run_migration(
        ctx(),
        from_definition_id=_wanted("from"),
        to_definition_id=_wanted("to"),
        mapping=_mapping(),
        reason=(request.form.get("reason") or "").strip() or None,
    )
    return go(f"/migrations/{done.id}", _("The processes are being moved.") if done.state == "running" else None)


@blueprint.get("/<int:migration_id>")
def card(migration_id: int) -> View:
    """What became of a migration, those that were left first."""
    seen = migrations.get_migration(ctx(), migration_id)
    order = {migrations.LEFT: 0, migrations.WAITING: 1, migrations.MOVED: 2}
    listed = sorted(seen.instances, key=lambda item: (order[item.state], item.instance_id))[:SHOWN]
    return page("migrations/migration.html", seen=seen, listed=listed)


def _wanted(name: str) -> int:
    text = request.values.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        abort(404)
    return int(text)


def _mapping() -> dict[str, str]:
    return {name.removeprefix(MAP): to for name, to in request.values.items() if name.startswith(MAP) and to}


def _places(items: Sequence[MigrationItem]) -> list[Place]:
    """Where processes stand, those in trouble first, then the most frequent."""
    counts: Counter[tuple[str, str, str]] = Counter()
    obstacles: dict[str, str] = {}
    names: dict[str, str] = {}
    for item in items:
        for step in item.goes:
            counts[step.element_id, step.element_name, step.to_element_name] += 1
        for obstacle in item.obstacles:
            obstacles[obstacle.element_id] = obstacle.message
            names[obstacle.element_id] = obstacle.element_name
    found = [Place(id, name, to, count, obstacles.pop(id, None)) for (id, name, to), count in counts.most_common()]
    found += [Place(id, names[id], "", 0, message) for id, message in obstacles.items()]
    return sorted(found, key=lambda place: (place.obstacle is None, -place.count))
