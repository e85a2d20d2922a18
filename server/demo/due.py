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

    def given_for(self, element: str, moment: datetime) -> timedelta:
        """How long after the moment a task that opens then is due; a day where that is not said plainly."""
        text = self.graph.node(element).extension.due if self.graph.knows(element) else None
        if not text:
            return UNKNOWN
        try:
            plain = is_duration(text) or is_date(text)
            value = text if plain else compile_expression(text).evaluate({"now": moment})
            return due_date(value, moment) - moment if value else UNKNOWN
        except (ExpressionError, TimeError):
            return UNKNOWN

    def opened_at(self, element: str, due: float) -> float:
        """The working hour at which the task must open to be due at that hour; the present at the latest."""
        latest = self.timeline.present - 0.2
        wanted = self.timeline.at(due)
        hour = min(due, latest)
        for _ in range(3):
            late = self.timeline.at(hour) + self.given_for(element, self.timeline.at(hour)) - wanted
            hour -= max(late, timedelta()) / timedelta(hours=24) * 9
        return min(hour, latest)
