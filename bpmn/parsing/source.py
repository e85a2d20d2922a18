"""One file while it is being read: its index of ids, its named root elements, and what could not be resolved."""

import re
from dataclasses import dataclass, field

from lxml import etree

from bpmn.model import Finding
from bpmn.parsing.xml import attribute, elements, line_of, local
from kernel.i18n import N_

NAMED = {
    "message": "messages",
    "signal": "signals",
    "error": "errors",
    "escalation": "escalations",
}
QUOTED = re.compile(r'=\s*"([^"\\]*)"\s*')
"""A text written as an expression of FEEL."""
CODES = {"error": "errorCode", "escalation": "escalationCode"}

NOT_THERE = N_(
    "“%(element)s” refers to the %(kind)s “%(reference)s”, which is not in the file. Add it, or choose one that is there."
)


@dataclass
class Source:
    file: str
    root: etree._Element
    by_id: dict[str, etree._Element] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    annotations: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, file: str, root: etree._Element) -> "Source":
        source = cls(file, root)
        for found in root.iter(etree.Element):
            identifier = attribute(found, "id")
            if identifier is not None:
                source.by_id.setdefault(identifier, found)
        for kind in NAMED:
            source.names[kind] = {}
            for found in elements(root, kind):
                identifier = attribute(found, "id")
                if identifier is not None:
                    source.names[kind][identifier] = _name(found, kind) or identifier
        return source

    def problem(
        self,
        rule: str,
        severity: str,
        message: str,
        found: etree._Element,
        /,
        at: etree._Element | None = None,
        **params: str,
    ) -> None:
        """Notes what is wrong with an element; `at` is the part of it that is to blame."""
        name = attribute(found, "name") or ""
        identifier = attribute(found, "id")
        params.setdefault("element", name or identifier or local(found))
        self.problems.append(
            Finding(
                rule,
                severity,
                message,
                line_of(found if at is None else at),
                identifier,
                name,
                self.file,
                params,
            )
        )

    def resolved(self, kind: str, reference: str | None, owner: etree._Element) -> str | None:
        """The name (or code) a reference stands for; matched by name where exactly one fits, else a problem."""
        if reference is None:
            return None
        known = self.names[kind]
        for candidate in (reference, reference.rpartition(":")[2]):
            if candidate in known:
                return known[candidate]
        if reference in known.values():
            return reference
        self.problem(
            "unresolved-reference",
            "error",
            NOT_THERE,
            owner,
            kind=kind,
            reference=reference,
        )
        return None

    def find(self, reference: str | None) -> etree._Element | None:
        """The element with this id, with or without a prefix."""
        if reference is None:
            return None
        found = self.by_id.get(reference)
        return found if found is not None else self.by_id.get(reference.rpartition(":")[2])


def _name(found: etree._Element, kind: str) -> str | None:
    code = attribute(found, CODES[kind]) if kind in CODES else None
    name = code or attribute(found, "name")
    quoted = QUOTED.fullmatch(name) if name is not None else None
    return quoted.group(1) if quoted is not None else name
