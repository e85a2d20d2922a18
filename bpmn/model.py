"""What a diagram says, as plain values: processes, nodes, flows and events with the place each was read from."""

from collections.abc import Iterator
from dataclasses import dataclass, field

ACTIVITIES = frozenset(
    {
        "task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask",
        "callActivity", "subProcess", "transaction", "adHocSubProcess",
    }
)  # fmt: skip
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """One event definition. `kind` is message, timer, signal, error, escalation, conditional, link, terminate,
    compensate or cancel. `reference` is the resolved name (message, signal) or code (error, escalation); None catches
    any. `timer` is (date | duration | cycle, expression text). `everything`: a terminate event ends the whole process,
    not only what it stands in (a mark of Flowable); an error or escalation of this code and any other is caught."""

    kind: str
    line: int
    id: str | None = None
    reference: str | None = None
    timer: tuple[str, str] | None = None
    condition: str | None = None
    activity_ref: str | None = None
    wait_for_completion: bool = True
    everything: bool = False


@dataclass(frozen=True, slots=True)
class LoopEvent:
    """An event that a multi-instance throws when one of its runs is done, where its condition holds."""

    event: EventDefinition
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """How often an activity repeats. Expressions are texts of the expression language.

    A standard loop has `multi=False` with `condition`, `maximum`, `test_before`. Multi-instance has `cardinality` or
    `collection` with `element` (the variable each run sees), `completion` (checked after each run), `output`. `behavior`
    says when it throws its `events`: after each run (None), after the first (One), where their conditions hold (Complex),
    or never (All). `counts_from` is the loopCounter of the first run.
    """

    multi: bool
    sequential: bool = True
    cardinality: str | None = None
    collection: str | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    completion: str | None = None
    behavior: str = "All"
    events: tuple[LoopEvent, ...] = ()
    condition: str | None = None
    maximum: int | None = None
    test_before: bool = False
    counts_from: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """One way a user task can end, shown as a button. `primary` marks the natural one."""

    code: str
    titles: dict[str, str] = field(default_factory=dict)
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """An operation's or call's parameter: `value` is an expression text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Movement:
    """A data association: the variable `target` gets `value`, an expression where it is `computed`, else the name of a
    variable. `own`: only the element itself sees it."""

    target: str
    value: str
    computed: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form that another tool keeps inside the diagram. `type` is that of `processes.views.FormField`."""

    key: str
    label: str = ""
    type: str = "string"
    required: bool = False
    default: str | None = None
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """Our own extension of a node (namespace in `bpmn.extensions`), vendor attributes translated into it.

    `vendor` names the tool the values come from (camunda, flowable, activiti, zeebe, spiff, bpmn); None is our own.
    A vendor's plain user or date becomes a literal of the expression language. `fields` is a vendor's embedded form.
    `decision` is called in its `decision_binding` (latest, deployment, version); `decision_result` is Camunda's way of
    mapping what it gives. `topic` leaves the work to programs outside that ask for it. `call_mapping` says that a call
    activity lists what goes in and comes back, so that nothing else does. `initiator` names the variable in which a start
    event keeps who started.
    """

    stage: str | None = None
    titles: dict[str, str] = field(default_factory=dict)
    instructions: dict[str, str] = field(default_factory=dict)
    assignee: str | None = None
    candidate_roles: tuple[str, ...] = ()
    candidate_users: str | None = None
    due: str | None = None
    follow_up: str | None = None
    priority: str | None = None
    form: str | None = None
    activity: str | None = None
    results: tuple[Result, ...] = ()
    operation: str | None = None
    topic: str | None = None
    on_complete: str | None = None
    parameters: tuple[Parameter, ...] = ()
    result_variable: str | None = None
    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()
    asynchronous: bool = False
    correlation: str | None = None
    decision: str | None = None
    decision_binding: str | None = None
    decision_version: str | None = None
    decision_result: str | None = None
    fields: tuple[FormField, ...] = ()
    call_mapping: bool = False
    initiator: str | None = None
    vendor: str | None = None

    @property
    def is_for_a_machine(self) -> bool:
        """Whether an operation of ours or a program outside does the work."""
        return self.operation is not None or self.topic is not None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is the text as drawn, translated by whoever compiles it."""

    id: str
    source: str
    target: str
    line: int
    name: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    condition: str | None = None
    condition_language: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node. `type` is BPMN's local name (userTask, exclusiveGateway, …); `scope` the id of its process or
    sub-process; `incoming` and `outgoing` flow ids in the order of the file. `choice`: a person picks among the
    outgoing flows. `foreign`: what a machine of another tool would have done here; a person does it instead. `takes`
    and `gives` are the data moved before it begins and when it is done. `implicit_start`: gets a token when its scope
    starts although no start event leads to it. `drawn_as`: BPMN's name of what stood in the file where a repair
    changed `type`. `compensates`, on a compensation boundary event, are the ids of its handlers. `notes` are data
    objects and annotations drawn beside it."""

    id: str
    type: str
    scope: str
    line: int
    name: str = ""
    documentation: str = ""
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    lanes: tuple[str, ...] = ()
    events: tuple[EventDefinition, ...] = ()
    parallel_multiple: bool = False
    default: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    triggered_by_event: bool = False
    for_compensation: bool = False
    compensates: tuple[str, ...] = ()
    loop: Loop | None = None
    script: str | None = None
    script_language: str | None = None
    called_element: str | None = None
    message: str | None = None
    operation_name: str | None = None
    instantiate: bool = False
    event_gateway_parallel: bool = False
    direction: str | None = None
    activation_condition: str | None = None
    start_quantity: int = 1
    completion_quantity: int = 1
    ad_hoc_ordering: str = "Parallel"
    ad_hoc_completion: str | None = None
    cancel_remaining: bool = True
    transaction_protocol: str | None = None
    choice: bool = False
    foreign: str | None = None
    implicit_start: bool = False
    drawn_as: str | None = None
    notes: tuple[str, ...] = ()
    takes: tuple[Movement, ...] = ()
    gives: tuple[Movement, ...] = ()
    extension: Extension = field(default_factory=Extension)

    @property
    def is_scope(self) -> bool:
        return self.type in SUB_PROCESSES

    def title(self, language: str) -> str:
        return self.extension.titles.get(language) or self.name or self.id


@dataclass(frozen=True, slots=True)
class Process:
    """A process with every node and flow at any depth; the scope of a node tells where it stands. `initial` are the
    variables that it begins with."""

    id: str
    line: int
    name: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    documentation: str = ""
    executable: bool = True
    version_tag: str | None = None
    participant: str | None = None
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    initial: dict[str, str | int | float | bool] = field(default_factory=dict)

    def children(self, scope: str) -> Iterator[Node]:
        """Nodes that stand directly in a scope (the process id or a sub-process id)."""
        return (node for node in self.nodes.values() if node.scope == scope)

    def boundary_events(self, activity: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.attached_to == activity)

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.name or self.id


@dataclass(frozen=True, slots=True)
class Diagram:
    """A whole file. `messages`, `signals` … map ids to names (or codes); `message_flows` are (source, target) ids.
    `pictured` are the ids that have a shape or an edge. `problems` is what the reader met and could not resolve."""

    file: str
    processes: dict[str, Process]
    messages: dict[str, str] = field(default_factory=dict)
    signals: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    escalations: dict[str, str] = field(default_factory=dict)
    message_flows: tuple[tuple[str, str], ...] = ()
    has_picture: bool = False
    pictured: frozenset[str] = frozenset()
    participants: dict[str, str | None] = field(default_factory=dict)
    problems: "tuple[Finding, ...]" = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong (or worth knowing), where, and what to do. `message` is an English template filled by `params`;
    `titles` are the element's name by language."""

    rule: str
    severity: str
    message: str
    line: int = 0
    element_id: str | None = None
    element_name: str = ""
    file: str = ""
    params: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
