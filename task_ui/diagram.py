"""What is drawn on a diagram: where the process is, where it was, what failed, what differs; as data of the page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from processes.design_views import ElementLoad
from processes.rehearsal import RehearsalView
from processes.views import HistoryRow, IncidentView, InstanceView
from task_ui import formatting


@dataclass(frozen=True, slots=True)
class Picture:
    """`active` is id, count and text, `findings` id, severity and number, `changes` id and kind; all as JSON for the
    page's script. `source` is a diagram that is not stored."""

    url: str = ""
    active: str = "[]"
    done: str = "[]"
    failed: str = "[]"
    findings: str = "[]"
    changes: str = "[]"
    source: str = ""


def url_of(definition_id: int) -> str:
    return f"/processes/{definition_id}/diagram.bpmn"


def of_instance(
    instance: InstanceView,
    history: Iterable[HistoryRow],
    incidents: Iterable[IncidentView] = (),
    flows: Iterable[str] = (),
) -> Picture:
    done = list(dict.fromkeys(row.element_id for row in history if row.left_at is not None))
    failed = list(dict.fromkeys(incident.element_id for incident in incidents if incident.resolved_at is None))
    active = [{"id": element.element_id, "count": element.count} for element in instance.active_elements]
    return Picture(
        url_of(instance.definition.id), json.dumps(active), json.dumps([*done, *sorted(flows)]), json.dumps(failed)
    )


def of_rehearsal(url: str, seen: RehearsalView) -> Picture:
    """Where the tokens stand and where they have been, on a version or a draft."""
    drawn = of_instance(seen.instance, seen.history, flows=seen.flows)
    failed = json.dumps([wait.element_id for wait in seen.waits if wait.kind == "incident"])
    return replace(drawn, url=url, failed=failed)


def of_map(definition_id: int, loads: Iterable[ElementLoad]) -> Picture:
    """Counts and money of all running instances."""
    known = list(loads)
    active = [
        {
            "id": load.element_id,
            "count": load.count,
            "text": formatting.short_money(load.amount) if load.amount else "",
        }
        for load in known
    ]
    failed = [load.element_id for load in known if load.incidents]
    return Picture(url_of(definition_id), json.dumps(active), failed=json.dumps(failed))


def numbered(findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings with the number that stands on the diagram and beside their line."""
    return [{**finding, "number": number} for number, finding in enumerate(findings, 1)]


def of_definition(definition_id: int, findings: Iterable[dict[str, Any]] = ()) -> Picture:
    return Picture(url_of(definition_id), findings=_drawn(findings))


def of_source(source: str, findings: Iterable[dict[str, Any]]) -> Picture:
    """A diagram that was refused, from the text that was sent."""
    return Picture(source=source, findings=_drawn(findings))


def of_changes(definition_id: int, changes: Iterable[tuple[str, str]]) -> Picture:
    """`changes` are element id and added, removed or changed."""
    return Picture(url_of(definition_id), changes=json.dumps([{"id": id, "kind": kind} for id, kind in changes]))


def _drawn(findings: Iterable[dict[str, Any]]) -> str:
    return json.dumps(
        [
            {"id": found["element_id"], "severity": found.get("severity", "warning"), "number": found["number"]}
            for found in findings
            if found.get("element_id")
        ]
    )
