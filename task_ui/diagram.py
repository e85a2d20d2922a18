"""What is drawn on a diagram: where the process is, where it was, what failed, what differs; as data of the page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from processes.design_views import ElementLoad
from processes.performance import RehearsalView, Script, Standing, script_values
from processes.replaying import Difference
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


def script_text(script: Script) -> str:
    """As the page of a rehearsal carries it along."""
    return json.dumps(script_values(script), ensure_ascii=False)


def of_difference(definition_id: int, difference: Difference | None) -> Picture:
    """Where a scenario stands unexpectedly, and where it should stand; without a difference the plain diagram."""
    if difference is None:
        return Picture(url_of(definition_id))
    expected, got = _places(difference.expected), _places(difference.got) if difference.got else set()
    refused = [difference.element_id] if difference.refused and difference.element_id else []
    changes = [(id, "removed") for id in expected - got] + [(id, "added") for id in got - expected]
    return replace(of_changes(definition_id, changes if difference.got else []), failed=json.dumps(refused))


def _places(stand: Standing) -> set[str]:
    return {*stand.elements, *([stand.end_event] if stand.end_event else [])}


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
    return of_findings(url_of(definition_id), findings)


def of_findings(url: str, findings: Iterable[dict[str, Any]]) -> Picture:
    return Picture(url, findings=_drawn(findings))


def of_broken(url: str, broken: Iterable[dict[str, Any]]) -> Picture:
    """Scenarios that keep a version from being published, each where it goes differently."""
    found = [{"element_id": one["difference"]["element_id"], "severity": "error"} for one in broken]
    return Picture(url, findings=_drawn(numbered(found)))


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
