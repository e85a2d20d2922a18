"""Flow nodes: one element of the file as one `Node`, whatever its kind."""

from dataclasses import replace

from lxml import etree

from bpmn import extensions
from bpmn.model import Extension, Node
from bpmn.parsing.events import event_definitions
from bpmn.parsing.loops import loop_of
from bpmn.parsing.movements import movements
from bpmn.parsing.source import Source
from bpmn.parsing.xml import (
    attribute,
    boolean,
    child_text,
    elements,
    line_of,
    local,
    text,
    whole,
)
from bpmn.vendors import jbpm, zeebe
from kernel.i18n import N_

LEFT_OUT = N_("“%(element)s”: %(what)s of another tool is left out. Draw what it did, if the process needs it.")
NO_OPERATION = N_("“%(element)s” refers to the operation “%(reference)s”, which is not in the file.")
INTERRUPTS = {"startEvent": "isInterrupting", "boundaryEvent": "cancelActivity"}
MAXIMUM_FOREIGN = 500
AWAITS_MESSAGE = frozenset({"receiveTask", "intermediateCatchEvent", "boundaryEvent", "startEvent"})


def node_of(
    found: etree._Element,
    identifier: str,
    scope: str,
    lanes: tuple[str, ...],
    source: Source,
) -> Node:
    """The node without its flows, which are known only when the whole file has been read."""
    kind = local(found)
    extension = _correlated(extensions.extension_of(found, source), found, source)
    for what in extensions.left_out(found):
        source.problem("vendor-left-out", "repair", LEFT_OUT, found, what=what)
    script, language = _script(found, source)
    return Node(
        id=identifier,
        type=kind,
        scope=scope,
        line=line_of(found),
        name=" ".join((attribute(found, "name") or "").split()),
        documentation=documentation_of(found),
        lanes=lanes,
        events=event_definitions(found, source),
        parallel_multiple=boolean(attribute(found, "parallelMultiple"), False),
        default=attribute(found, "default"),
        attached_to=_attached_to(found, source),
        interrupting=boolean(attribute(found, INTERRUPTS.get(kind, "")), True) if kind in INTERRUPTS else True,
        triggered_by_event=boolean(attribute(found, "triggeredByEvent"), False),
        for_compensation=boolean(attribute(found, "isForCompensation"), False),
        loop=loop_of(found, source),
        script=script,
        script_language=language,
        called_element=_called(found, source),
        message=_message(found, source),
        operation_name=_operation_name(found, source),
        instantiate=boolean(attribute(found, "instantiate"), False),
        event_gateway_parallel=attribute(found, "eventGatewayType") == "Parallel",
        direction=attribute(found, "gatewayDirection"),
        activation_condition=child_text(found, "activationCondition"),
        start_quantity=whole(attribute(found, "startQuantity"), 1),
        completion_quantity=whole(attribute(found, "completionQuantity"), 1),
        ad_hoc_ordering=attribute(found, "ordering") or "Parallel",
        ad_hoc_completion=child_text(found, "completionCondition"),
        cancel_remaining=boolean(attribute(found, "cancelRemainingInstances"), True),
        transaction_protocol=attribute(found, "method") if kind == "transaction" else None,
        foreign=_foreign(found, extension, script, language),
        notes=_notes(found, source),
        takes=movements(found, "dataInputAssociation", source),
        gives=movements(found, "dataOutputAssociation", source),
        extension=extension,
    )


def _correlated(extension: Extension, found: etree._Element, source: Source) -> Extension:
    """With the correlation that Zeebe writes at the message an element waits for."""
    if extension.correlation is not None or local(found) not in AWAITS_MESSAGE:
        return extension
    places = (found, *(e for e in elements(found) if local(e) == "messageEventDefinition"))
    named = (source.find(attribute(place, "messageRef")) for place in places)
    key = next((key for message in named if (key := zeebe.correlation(message)) is not None), None)
    return extension if key is None else replace(extension, correlation=key)


def documentation_of(found: etree._Element) -> str:
    return "\n\n".join(words for e in elements(found, "documentation") if (words := text(e)))


def _attached_to(found: etree._Element, source: Source) -> str | None:
    reference = attribute(found, "attachedToRef")
    host = source.find(reference)
    return attribute(host, "id") if host is not None else reference


def _script(found: etree._Element, source: Source) -> tuple[str | None, str | None]:
    if local(found) != "scriptTask":
        return None, None
    written = child_text(found, "script")
    if written is None:
        return zeebe.script(extensions.inner_elements(found)), None
    return written, attribute(found, "scriptFormat") or (jbpm.SCRIPTS if jbpm.wrote(source.root) else None)


def _called(found: etree._Element, source: Source) -> str | None:
    if local(found) != "callActivity":
        return None
    called = attribute(found, "calledElement") or zeebe.called(extensions.inner_elements(found))
    if called is None or "{" in called:
        return called
    target = source.find(called)
    if target is not None:
        return None if local(target).startswith("global") else attribute(target, "id")
    prefix, _, name = called.rpartition(":")
    return name if prefix in found.nsmap else called


def _message(found: etree._Element, source: Source) -> str | None:
    if local(found) not in ("sendTask", "receiveTask"):
        return None
    return source.resolved("message", attribute(found, "messageRef"), found)


def _operation_name(found: etree._Element, source: Source) -> str | None:
    reference = attribute(found, "operationRef")
    if reference is None:
        return None
    operation = source.find(reference)
    if operation is None:
        source.problem("unresolved-reference", "error", NO_OPERATION, found, reference=reference)
        return None
    return attribute(operation, "name") or reference


def _foreign(
    found: etree._Element,
    extension: Extension,
    script: str | None,
    language: str | None,
) -> str | None:
    if extension.is_for_a_machine:
        return None
    told = extensions.foreign_of(found)
    if told is None and language is not None and script is not None:
        told = f"{language} script: {script}"
    return told[:MAXIMUM_FOREIGN] if told else None


def _notes(found: etree._Element, source: Source) -> tuple[str, ...]:
    """Names of the data an activity reads and writes, and the annotations beside it."""
    told: list[str] = []
    for kind, reference in (
        ("dataInputAssociation", "sourceRef"),
        ("dataOutputAssociation", "targetRef"),
    ):
        for association in elements(found, kind):
            data = source.find(child_text(association, reference))
            name = attribute(data, "name") if data is not None else None
            if name is not None:
                told.append(name)
    told.extend(source.annotations.get(attribute(found, "id") or "", ()))
    return tuple(dict.fromkeys(told))
