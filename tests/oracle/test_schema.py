"""Our table of what may stand where is that of BPMN's own schema, which SpiffWorkflow brings along."""

from collections import defaultdict
from importlib.resources import files

import pytest
from lxml import etree

from bpmn.parsing.schema import kinds

XSD = "{http://www.w3.org/2001/XMLSchema}"
CHOREOGRAPHIES = {"choreography", "globalChoreographyTask", "subChoreography"}
"""Here the text of the specification allows less than its schema."""
ABSTRACT = {
    "flowElement", "flowNode", "activity", "gateway", "event", "catchEvent", "throwEvent", "rootElement", "artifact",
    "eventDefinition", "loopCharacteristics", "conversationNode", "choreographyActivity", "baseElement",
    "implicitThrowEvent",
}  # fmt: skip
DANCES = {"choreographyTask", "subChoreography", "callChoreography"}
"""Only choreographies hold them, says the text."""


@pytest.fixture(scope="module")
def schema() -> etree._Element:
    pytest.importorskip("SpiffWorkflow")
    return etree.fromstring((files("SpiffWorkflow.bpmn.parser") / "schema" / "Semantic.xsd").read_bytes())


def members(schema: etree._Element) -> dict[str, set[str]]:
    """Element → the elements that may stand in its place, itself included unless it is abstract."""
    direct: dict[str, set[str]] = defaultdict(set)
    for element in schema.findall(f"{XSD}element"):
        if head := element.get("substitutionGroup"):
            direct[head].add(element.get("name"))

    def all_of(name: str) -> set[str]:
        below = set().union(*(all_of(one) for one in direct[name]))
        return below if name in ABSTRACT else below | {name}

    return {element.get("name"): all_of(element.get("name")) for element in schema.findall(f"{XSD}element")}


def types(schema: etree._Element) -> dict[str, tuple[set[str], set[str]]]:
    """Kind → (its children, the attributes it must have), what it inherits included."""
    found = {type.get("name"): type for type in schema.findall(f"{XSD}complexType")}
    instead = members(schema)

    def of(name: str) -> tuple[set[str], set[str]]:
        type = found[name]
        base = type.find(f".//{XSD}extension")
        children, musts = of(base.get("base")) if base is not None else (set(), set())
        for child in type.iter(f"{XSD}element"):
            children = children | instead.get(child.get("ref"), {child.get("name") or child.get("ref")})
        return children, musts | {a.get("name") for a in type.iter(f"{XSD}attribute") if a.get("use") == "required"}

    return {name.removeprefix("t")[0].lower() + name[2:]: of(name) for name in found}


def test_every_kind_has_the_children_that_the_schema_gives_it(schema: etree._Element) -> None:
    ours = kinds()
    for name, (children, _) in types(schema).items():
        if name in ours and name not in CHOREOGRAPHIES | ABSTRACT:
            assert ours[name].children >= children - ABSTRACT - DANCES, name


def test_no_kind_must_have_an_attribute_that_the_schema_leaves_open(schema: etree._Element) -> None:
    ours = kinds()
    for name, (_, musts) in types(schema).items():
        if name in ours:
            assert ours[name].musts <= musts, name
