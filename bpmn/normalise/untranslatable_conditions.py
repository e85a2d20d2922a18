"""By consent: where a condition is in a language nobody here understands, a person chooses among the flows."""

from dataclasses import replace

from bpmn.expressions import ExpressionError, compile_expression
from bpmn.model import ACTIVITIES, Diagram, Flow, Node
from bpmn.normalise.choices import SPLITS
from bpmn.normalise.repairs import Repairs, outgoing, with_flows
from kernel.i18n import N_

MESSAGE = N_("The condition “%(condition)s” cannot be translated: at “%(element)s” a person chooses.")
SHOWN = 80
ANSWERS = frozenset(
    {
        "yes", "no", "ja", "nein", "oui", "non", "si", "sí", "sim", "não", "да", "нет", "else", "otherwise", "sonst",
        "sinon", "иначе",
    }
)  # fmt: skip
LANGUAGES = frozenset({"juel", "feel", "python"})


def is_foreign(flow: Flow) -> bool:
    """Whether a condition says it is in a programming language that is not ours (groovy, javascript, …)."""
    language = (flow.condition_language or "").lower()
    return bool(language) and "/" not in language and language not in LANGUAGES


def answers(leaving: list[Flow], default: str | None) -> list[Flow]:
    """The flows whose conditions are only the words of an answer (“Yes”, “No”), which nothing can calculate."""
    asked = [flow for flow in leaving if flow.id != default and flow.condition]
    said = [flow for flow in asked if (flow.condition or "").strip().lower() in ANSWERS]
    return said if len(said) > 1 and len(said) == len(asked) else []


def compiles(flow: Flow) -> bool:
    if flow.condition is None:
        return True
    if is_foreign(flow):
        return False
    try:
        compile_expression(flow.condition)
    except ExpressionError:
        return False
    return True


def repair(diagram: Diagram, repairs: Repairs) -> Diagram:
    processes = {}
    for key, process in diagram.processes.items():
        nodes: dict[str, Node] = {}
        flows: list[Flow] = []
        for node in process.nodes.values():
            leaving = outgoing(node, process)
            failing = [flow for flow in leaving if flow.id != node.default and not compiles(flow)]
            failing = failing or answers(leaving, node.default)
            if failing and _may_choose(node):
                repairs.note(
                    "untranslatable-condition",
                    failing[0],
                    MESSAGE,
                    element=node.name or node.id,
                    condition=failing[0].condition or "",
                )
                node = replace(node, choice=True)
                flows.extend(_bare(flow) for flow in leaving)
            nodes[node.id] = node
        processes[key] = with_flows(replace(process, nodes=nodes), flows)
    return replace(diagram, processes=processes)


def _may_choose(node: Node) -> bool:
    return len(node.outgoing) > 1 and node.type in ACTIVITIES | SPLITS


def _bare(flow: Flow) -> Flow:
    """The flow without its condition, whose text names it where it has no name."""
    return replace(flow, condition=None, name=flow.name or (flow.condition or "")[:SHOWN])
