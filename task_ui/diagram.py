"""What is drawn on a diagram: where the process is, where it was, what failed; as data of the page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from processes.views import HistoryRow, IncidentView, InstanceView


@dataclass(frozen=True, slots=True)
class Picture:
    """`active` is id and count, `findings` id, severity and number; all as JSON for the page's script."""

    url: str
    active: str = "[]"
    done: str = "[]"
    failed: str = "[]"
    findings: str = "[]"


def url_of(definition_id: int) -> str:
    return f"/processes/{definition_id}/diagram.bpmn"


def of_instance(
    instance: InstanceView, history: Iterable[HistoryRow], incidents: Iterable[IncidentView] = ()
) -> Picture:
    done = list(dict.fromkeys(row.element_id for row in history if row.left_at is not None))
    active = [{"id": element.element_id, "count": element.count} for element in instance.active_elements]
    failed = [incident.element_id for incident in incidents if incident.resolved_at is None]
    return Picture(url_of(instance.definition.id), json.dumps(active), json.dumps(done), json.dumps(failed))


def of_definition(definition_id: int, findings: Iterable[dict[str, Any]] = ()) -> Picture:
    drawn = [
        {"id": finding["element_id"], "severity": finding.get("severity", "warning"), "number": number}
        for number, finding in enumerate(findings, 1) if finding.get("element_id")
    ]  # fmt: skip
    return Picture(url_of(definition_id), findings=json.dumps(drawn))
