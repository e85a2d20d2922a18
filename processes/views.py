"""What the use cases answer: plain values that the JSON and HTML interfaces present, each in its own way."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonRef:
    id: int
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """A record by type (deal, lead, account, contact, document) and id, with its title where the caller may see it."""

    type: str
    id: int
    title: str = ""

    @property
    def key(self) -> str:
        return f"{self.type}:{self.id}"


@dataclass(frozen=True, slots=True)
class DefinitionRef:
    id: int
    key: str
    version: int
    name: str


@dataclass(frozen=True, slots=True)
class InstanceRef:
    id: int
    state: str
    definition: DefinitionRef
    business_key: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A result button, a flow to choose, or an option of a list: `code` is what is sent."""

    code: str
    label: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a task's form, labelled in the caller's language.

    `type`: string, text, number, integer, money, boolean, date, datetime, select, multiselect, stage, user, users,
    account, contact, contacts, product, products, competitor, business_line, document, participants, competitors,
    activities, process, file. `results` names the results that want it (empty: all). `required` holds for those.
    A `read_only` one shows what the process knows, as `default`.
    """

    key: str
    type: str
    label: str
    required: bool = False
    description: str = ""
    options: tuple[Choice, ...] = ()
    default: Any = None
    results: tuple[str, ...] = ()
    maximum_length: int | None = None
    show_if: str | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class TaskForm:
    key: str | None = None
    fields: tuple[FormField, ...] = ()


@dataclass(frozen=True, slots=True)
class DealBrief:
    """What a task row and a completion need of a deal."""

    id: int
    title: str
    stage: str | None
    status: str
    amount: Decimal | None
    currency: str
    account_id: int | None
    account_name: str
    owner: PersonRef | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as lists and the API show it; `form`, `results`, `flows` and the past are filled for a single one too.
    `for_person` is who has it, where the caller does it in their absence."""

    id: int
    name: str
    element_id: str
    state: str
    created_at: datetime
    assignee: PersonRef | None
    owner: PersonRef | None
    delegation: str | None
    candidate_roles: tuple[str, ...]
    due: datetime | None
    follow_up: datetime | None
    priority: int
    subject: SubjectRef | None
    instance: InstanceRef
    form: TaskForm
    results: tuple[Choice, ...]
    flows: tuple[Choice, ...] = ()
    activity_kind: str | None = None
    stage: str | None = None
    deal: DealBrief | None = None
    result: str | None = None
    completed_at: datetime | None = None
    completed_by: PersonRef | None = None
    for_person: PersonRef | None = None


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """`assignee` and `candidate` are user ids; `state` None means open and not postponed."""

    assignee: int | None = None
    candidate: int | None = None
    mine_or_candidate: bool = False
    unassigned: bool | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    subject: str | None = None
    instance_id: int | None = None
    element_id: str | None = None
    definition_key: str | None = None
    state: str | None = None
    postponed: bool | None = None
    text: str | None = None
    sort: str = "due"


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """The numbers on the groups of *My tasks*, for the caller."""

    overdue: int
    today: int
    later: int
    available: int
    postponed: int


@dataclass(frozen=True, slots=True)
class TaskCard:
    """Everything on one page: the task, why it came, and what is known of the client. `answers` are the earlier
    answers of the instance as (label, text) pairs; `comments` newest first."""

    task: TaskView
    instructions: str
    why_me: str
    step: int
    steps: int
    can_complete: bool
    can_claim: bool
    answers: tuple[tuple[str, str], ...]
    comments: "tuple[CommentView, ...]"
    values: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentView:
    id: int
    author: PersonRef | None
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What a step did: the closed task, where the instance is, the deal's stage, and the tasks it opened."""

    task: TaskView
    instance: "InstanceView"
    deal: DealBrief | None
    next_tasks: tuple[TaskView, ...]
    stage_changed: bool = False


@dataclass(frozen=True, slots=True)
class ActiveElement:
    """`scope`: a sub-process or loop whose inside is active."""

    element_id: str
    element_name: str
    count: int = 1
    scope: bool = False


@dataclass(frozen=True, slots=True)
class InstanceView:
    """`goes_round`: its deal has entered a stage more often than is normal."""

    id: int
    state: str
    definition: DefinitionRef
    business_key: str | None
    subject: SubjectRef | None
    started_at: datetime
    ended_at: datetime | None
    started_by: PersonRef | None
    active_elements: tuple[ActiveElement, ...]
    end_event: str | None = None
    parent_id: int | None = None
    incidents: int = 0
    deal: DealBrief | None = None
    goes_round: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that an act ends or begins. `kind` is that of a wait, or activity, letter or operation."""

    kind: str
    element_id: str
    element_name: str
    instance_id: int
    task_id: int | None = None
    job_id: int | None = None
    subscription_id: int | None = None
    activity_id: int | None = None
    called_instance_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewIncident:
    """Where a process gets stuck by what was done."""

    instance_id: int
    element_id: str
    element_name: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedInstance(InstanceView):
    """An instance that was moved by hand, and what that ended and began. `stage` is the deal's new one, if it has
    changed; `gone_out` is what has left the house and stays done."""

    cancels: tuple[Effect, ...] = ()
    creates: tuple[Effect, ...] = ()
    new_incidents: tuple[NewIncident, ...] = ()
    stage: str | None = None
    gone_out: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceFilter:
    definition_key: str | None = None
    definition_id: int | None = None
    state: str | None = None
    business_key: str | None = None
    element_id: str | None = None
    has_incident: bool | None = None
    goes_round: bool = False
    text: str | None = None
    owner_id: int | None = None
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """One reason an instance waits: kind is task, choice, timer, message, signal, condition, call, job,
    manual_release, join or incident."""

    kind: str
    element_id: str
    element_name: str
    task_id: int | None = None
    due: datetime | None = None
    message: str | None = None
    flows: tuple[Choice, ...] = ()
    job_id: int | None = None
    incident_id: int | None = None
    instance_id: int | None = None
    text: str | None = None
    subscription_id: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One run of an element, done by `actor`, `on_behalf_of` whoever had the task. `outcome`: completed, cancelled, failed,
    or None while it runs; `result_title` is the result in words, where there was a choice."""

    run: int
    element_id: str
    element_name: str
    element_type: str
    entered_at: datetime
    left_at: datetime | None
    outcome: str | None
    actor: PersonRef | None
    task_id: int | None
    result: str | None
    stage: str | None
    result_title: str | None = None
    on_behalf_of: PersonRef | None = None

    @property
    def duration(self) -> timedelta | None:
        return self.left_at - self.entered_at if self.left_at else None


@dataclass(frozen=True, slots=True)
class IncidentView:
    id: int
    instance_id: int
    element_id: str
    element_name: str
    kind: str
    message: str
    created_at: datetime
    resolved_at: datetime | None
    job_id: int | None
    state: str


@dataclass(frozen=True, slots=True)
class JobView:
    """`element_name` is what people call the element, or the one it is attached to; None where neither has a name."""

    id: int
    instance_id: int | None
    process: str | None
    element_id: str | None
    element_name: str | None
    kind: str
    due: datetime
    retries: int
    state: str
    error: str | None


@dataclass(frozen=True, slots=True)
class OperatorAction:
    at: datetime
    actor: PersonRef | None
    kind: str
    was: Any
    became: Any
    reason: str | None
