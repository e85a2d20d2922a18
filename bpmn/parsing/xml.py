"""Safe XML: bounded in size, depth and number of elements, without entities, DTDs or the network."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMN_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

MAXIMUM_BYTES = 5 * 1024 * 1024
MAXIMUM_ELEMENTS = 100_000
MAXIMUM_DEPTH = 120
_CHUNK = 64 * 1024


class Unsafe(Exception):
    """The file breaks a bound; `reason` is one of size, elements, depth, entities."""

    def __init__(self, reason: str, line: int = 1) -> None:
        self.reason = reason
        self.line = line
        super().__init__(reason)


def parse(data: bytes) -> etree._Element:
    """The root element. Raises `Unsafe`, or lxml's XMLSyntaxError for what is not XML."""
    if len(data) > MAXIMUM_BYTES:
        raise Unsafe("size")
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = count = 0
    for at in range(0, len(data), _CHUNK):
        parser.feed(data[at : at + _CHUNK])
        for event, element in parser.read_events():
            if event == "end":
                depth -= 1
                continue
            depth += 1
            count += 1
            if depth > MAXIMUM_DEPTH:
                raise Unsafe("depth", line_of(element))
            if count > MAXIMUM_ELEMENTS:
                raise Unsafe("elements", line_of(element))
    root: etree._Element = parser.close()
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unsafe("entities", 1)
    return root


def local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0][1:]


def elements(parent: etree._Element, name: str | None = None, ns: str = BPMN) -> Iterator[etree._Element]:
    """Children in a namespace, all or those of one name."""
    for child in parent:
        if isinstance(child.tag, str):
            if name is None:
                if child.tag.startswith(f"{{{ns}}}"):
                    yield child
            elif child.tag == f"{{{ns}}}{name}":
                yield child


def element(parent: etree._Element, name: str, ns: str = BPMN) -> etree._Element | None:
    return next(elements(parent, name, ns), None)


def text(found: etree._Element | None) -> str | None:
    """The text inside an element without surrounding blanks; None for no element or nothing but blanks."""
    if found is None:
        return None
    return "".join(str(part) for part in found.itertext()).strip() or None


def child_text(parent: etree._Element, name: str, ns: str = BPMN) -> str | None:
    return text(element(parent, name, ns))


def attribute(found: etree._Element, name: str, ns: str | None = None) -> str | None:
    """An attribute without surrounding blanks; None where it is missing or blank."""
    value = found.get(f"{{{ns}}}{name}" if ns else name)
    return (value or "").strip() or None


def boolean(value: str | None, default: bool) -> bool:
    return default if value is None else value.strip().lower() in ("true", "1")


def whole(value: str | None, default: int) -> int:
    try:
        return int(value) if value else default
    except ValueError:
        return default


def executable(found: etree._Element) -> bool:
    """Whether an element stands in a process that is declared executable."""
    process = next(found.iterancestors(f"{{{BPMN}}}process"), found)
    return boolean(attribute(process, "isExecutable"), False)


def line_of(found: Any) -> int:
    return int(found.sourceline or 0)
