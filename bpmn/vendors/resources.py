"""BPMN's own resource roles (performer, humanPerformer, potentialOwner), as Activiti and others fill them."""

import re

from lxml import etree

from bpmn.model import Extension
from bpmn.parsing.source import Source
from bpmn.parsing.xml import attribute, child_text, element, elements
from bpmn.vendors import literals

_USER_OR_GROUP = re.compile(r"(user|group)\(([^)]*)\)")


def read(found: etree._Element, source: Source) -> Extension | None:
    assignee, users, groups = None, [], []
    for kind in ("humanPerformer", "performer", "potentialOwner"):
        for role in elements(found, kind):
            for what, name in _named(role, source):
                if kind != "potentialOwner" and what != "group":
                    assignee = assignee or name
                elif what == "user":
                    users.append(name)
                else:
                    groups.append(name)
    if not (assignee or users or groups):
        return None
    return Extension(
        assignee=literals.expression(assignee),
        candidate_users=literals.name_list(",".join(users)),
        candidate_roles=tuple(group for group in groups if not literals.is_computed(group)),
        vendor="bpmn",
    )


def _named(role: etree._Element, source: Source) -> list[tuple[str, str]]:
    assignment = element(role, "resourceAssignmentExpression")
    written = None
    if assignment is not None:
        written = child_text(assignment, "formalExpression") or child_text(assignment, "expression")
    if written is not None:
        marked = [(kind, name.strip()) for kind, name in _USER_OR_GROUP.findall(written)]
        return marked or [("", name) for name in literals.names(written)]
    resource = source.find(child_text(role, "resourceRef"))
    name = attribute(resource, "name") if resource is not None else attribute(role, "name")
    return [("group", name)] if name else []
