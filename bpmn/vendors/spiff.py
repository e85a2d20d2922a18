"""SpiffWorkflow's own extension: properties of a user task."""

from lxml import etree

from bpmn.model import Extension
from bpmn.parsing.xml import attribute, local, text

NAMESPACE = "http://spiffworkflow.org/bpmn/schema/1.0/core"


def read(inner: list[etree._Element]) -> Extension | None:
    own = [e for e in inner if e.tag.startswith(f"{{{NAMESPACE}}}")]
    if not own:
        return None
    properties: dict[str, str] = {}
    instructions, decision = None, None
    for found in own:
        if local(found) == "properties":
            for one in found.iterchildren(etree.Element):
                properties[attribute(one, "name") or ""] = attribute(one, "value") or ""
        elif local(found) == "instructionsForEndUser":
            instructions = text(found)
        elif local(found) == "calledDecisionId":
            decision = text(found)
    return Extension(
        form=(properties.get("formJsonSchemaFilename") or "").removesuffix(".json") or None,
        instructions={"en": instructions} if instructions else {},
        decision=decision,
        vendor="spiff",
    )


def foreign(inner: list[etree._Element]) -> str | None:
    for found in inner:
        if found.tag == f"{{{NAMESPACE}}}serviceTaskOperator":
            return f"service {attribute(found, 'id') or ''}".strip()
    return None


def left_out(inner: list[etree._Element]) -> list[str]:
    told = {
        "preScript": "a script before the task",
        "postScript": "a script after the task",
    }
    return [told[local(e)] for e in inner if e.tag.startswith(f"{{{NAMESPACE}}}") and local(e) in told and text(e)]
