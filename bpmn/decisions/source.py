"""One DMN file while it is being read, in whichever version's namespace it is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from bpmn.model import Finding
from bpmn.parsing.xml import attribute, element, elements, line_of, local, text


@dataclass
class Source:
    file: str
    root: etree._Element
    namespace: str
    by_id: dict[str, etree._Element] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        for found in self.root.iter(etree.Element):
            identifier = attribute(found, "id")
            if identifier is not None:
                self.by_id.setdefault(identifier, found)

    def children(self, parent: etree._Element, name: str | None = None) -> Iterator[etree._Element]:
        return elements(parent, name, self.namespace)

    def child(self, parent: etree._Element, name: str) -> etree._Element | None:
        return element(parent, name, self.namespace)

    def text_of(self, found: etree._Element) -> str:
        return text(self.child(found, "text")) or ""

    def text_in(self, parent: etree._Element, name: str, *, inner: str | None = "text") -> str | None:
        """The text of a child, which DMN mostly keeps in a `text` of its own."""
        child = self.child(parent, name)
        if child is None:
            return None
        return text(self.child(child, inner)) if inner is not None else text(child)

    def target(self, reference: etree._Element) -> etree._Element | None:
        """What `href="#id"` points at in this file."""
        address = attribute(reference, "href") or ""
        return self.by_id.get(address[1:]) if address.startswith("#") else None

    def item_definition(self, name: str) -> etree._Element | None:
        wanted = {name, name.rpartition(":")[2]}
        return next((e for e in self.children(self.root, "itemDefinition") if attribute(e, "name") in wanted), None)

    def problem(
        self, rule: str, message: str, where: etree._Element, /, *, at: etree._Element | None = None, **params: str
    ) -> None:
        self._note(rule, "error", message, where, at, params)

    def warn(self, rule: str, message: str, where: etree._Element, /, **params: str) -> None:
        self._note(rule, "warning", message, where, None, params)

    def _note(
        self,
        rule: str,
        severity: str,
        message: str,
        where: etree._Element,
        at: etree._Element | None,
        params: dict[str, str],
    ) -> None:
        name, identifier = attribute(where, "name") or attribute(where, "label") or "", attribute(where, "id")
        params.setdefault("element", name or identifier or local(where))
        line = line_of(at if at is not None else where)
        self.problems.append(Finding(rule, severity, message, line, identifier, name, self.file, params))
