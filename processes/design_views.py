"""What the use cases answer about designs: versions of processes and decisions, their elements, and operations."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bpmn.decisions import Decision
from processes.views import PersonRef


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """A version of a process; `instances` is the number of active ones, `comment` what its upload said."""

    id: int
    key: str
    version: int
    version_tag: str | None
    name: str
    state: str
    resource: str
    created_at: datetime
    created_by: PersonRef | None
    published_at: datetime | None = None
    published_by: PersonRef | None = None
    comment: str | None = None
    instances: int = 0
    latest: bool = False
    findings: tuple[dict[str, Any], ...] = ()
    repairs: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ElementView:
    """An element of a diagram in reading order; `depth` counts the sub-processes around it, `leads_to` are pairs of
    the flow's name and the element's, `answers` the titles of its results and of the flows to choose from by code."""

    element_id: str
    name: str
    type: str
    depth: int
    leads_to: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What publishing a version or a draft would mean. `current` is the version that new processes start on now,
    `others` those on which some run, `difference` what the comparison with `current` gave; `stages`: it drives deals."""

    key: str
    name: str
    version: int
    state: str
    current: DefinitionView | None
    others: tuple[DefinitionView, ...]
    elements: tuple[ElementView, ...]
    stages: bool
    findings: tuple[dict[str, Any], ...] = ()
    repairs: tuple[dict[str, Any], ...] = ()
    offers: tuple[dict[str, Any], ...] = ()
    difference: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ElementLoad:
    """What stands at an element over all running instances of a version; `scope`: inside a sub-process."""

    element_id: str
    name: str
    count: int
    amount: Decimal
    incidents: int
    scope: bool
    instance_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A version of a decision."""

    id: int
    key: str
    version: int
    name: str
    state: str
    resource: str
    created_at: datetime
    created_by: PersonRef | None
    latest: bool = False


@dataclass(frozen=True, slots=True)
class DecisionTableView:
    """What a decision says. `reads` are the input expressions of it and of what it requires."""

    decision: Decision
    reads: tuple[str, ...]
    requires: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """One evaluation in an instance: of the decision and of what it requires, it the last."""

    id: int
    element_id: str
    at: datetime
    decision_id: int
    decision_key: str
    evaluations: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    definitions: tuple[DefinitionView, ...]
    findings: tuple[dict[str, Any], ...] = ()
    repairs: tuple[dict[str, Any], ...] = ()
    decisions: tuple[DecisionView, ...] = ()


@dataclass(frozen=True, slots=True)
class OperationView:
    """`gives` are the variables it sets, where it always sets the same."""

    name: str
    title: str
    parameters: tuple[dict[str, Any], ...]
    asynchronous: bool
    gives: tuple[str, ...] = ()
