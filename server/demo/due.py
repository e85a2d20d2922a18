"""When a sale must have stopped so that the task it stopped at is due when it should be."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bpmn.durations import TimeError, due_date, is_date, is_duration
from bpmn.expressions import ExpressionError, compile_expression
from engine import definitions
from engine.graph import Graph
from processes.sales import PROCESS
from server.demo.timeline import Timeline

UNKNOWN = timedelta(days=1)


class Dues:
    """The time that the diagram gives for each of its tasks."""

    def __init__(self, session: Session, timeline: Timeline) -> None:
        self.timeline = timeline
        self.graph: Graph = definitions.load(session, definitions.latest_published(session, PROCESS)).graph

    def due_of(self, element: str, moment: datetime) -> datetime:
        """When a task that opens at the moment is due; a day later where the diagram does not say it plainly."""
        text = self.graph.node(element).extension.due if self.graph.knows(element) else None
        if not text:
            return moment + UNKNOWN
        try:
            plain = is_duration(text) or is_date(text)
            value = text if plain else compile_expression(text).evaluate({"now": moment})
            return due_date(value, moment) if value else moment + UNKNOWN
        except (ExpressionError, TimeError):
            return moment + UNKNOWN

    def opened_at(self, element: str, due: float) -> float:
        """The working hour at which the task must open to be due at that hour; the present at the latest."""
        hour = latest = self.timeline.present - 0.2
        for _ in range(2):
            late = self.timeline.hour_of(self.due_of(element, self.timeline.at(hour))) - due
            hour -= max(late, 0.0)
        return min(hour, latest)
