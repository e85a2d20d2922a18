"""Reads a DMN file into plain values; what cannot be done as it is drawn is found with its line and element."""

import re
from collections.abc import Iterator

from lxml import etree

from bpmn.decisions.kinds import kind_of
from bpmn.decisions.model import (
    COLLECT,
    HIT_POLICIES,
    UNIQUE,
    Cell,
    Decision,
    Decisions,
    Input,
    Output,
    Rule,
    Table,
)
from bpmn.decisions.source import Source
from bpmn.extensions import titles_of
from bpmn.model import Finding
from bpmn.parsing.xml import Unsafe, attribute, line_of, local, namespace, parse
from kernel.i18n import N_

NOT_XML = N_("The file is not well-formed XML: %(reason)s. Save it again in the tool that made it.")
NOT_DMN = N_("This is not a DMN file: it does not begin with DMN's “definitions”. Export the decision as DMN 1.3.")
UNSAFE = N_(
    "The file is larger or nested deeper than a decision may be, or it declares entities. Export it as plain DMN."
)
NO_DECISION = N_("There is no decision in the file.")
NO_ID = N_("A decision has no id, so nothing can call it. Give it one.")
TWICE = N_("The decision “%(element)s” is twice in the file. Give one of them another id.")
EMPTY = N_("The decision “%(element)s” says nothing. Give it a table or an expression.")
NOT_DONE = N_(
    "The decision “%(element)s” is drawn as “%(what)s”, which is not evaluated here. Make it a decision table."
)
ELSEWHERE = N_("“%(element)s” requires “%(reference)s”, which is not in the file. Put both into one file.")
KNOWLEDGE = N_("“%(element)s” calls the business knowledge “%(reference)s”, which is not evaluated here. Write it out.")
CYCLE = N_("The decision “%(element)s” requires itself, directly or through others. Break the circle.")
POLICY = N_("“%(element)s” has the hit policy “%(what)s”, which DMN does not know.")
AGGREGATION = N_(
    "“%(element)s” aggregates with “%(what)s”. DMN knows SUM, MIN, MAX and COUNT, of one output, with COLLECT."
)
NO_OUTPUT = N_("The table “%(element)s” has no output column. Add one.")
OUTPUT_NAMES = N_("Every one of several output columns of “%(element)s” needs a name of its own.")
CELLS = N_("Rule %(rule)s of “%(element)s” has %(found)s cells where the table has %(wanted)s columns.")
KIND = N_("“%(element)s” has the type “%(what)s”, which is not known here. Choose a plain type.")
NO_EXPRESSION = N_("The input “%(element)s” does not say what it looks at. Give it an expression.")
PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_POLICY_LETTERS = {"U": UNIQUE, "F": "FIRST", "P": "PRIORITY", "A": "ANY", "C": COLLECT, "R": "RULE ORDER",
                   "O": "OUTPUT ORDER"}  # fmt: skip
_AGGREGATIONS = {"SUM": "+", "MIN": "<", "MAX": ">", "COUNT": "#", "+": "+", "<": "<", ">": ">", "#": "#"}
_NAMESPACE = re.compile(r"https?://www\.omg\.org/spec/DMN/20\d{6}/(MODEL/?|dmn\d*\.xsd)")
_EXPRESSIONS = frozenset(
    {"decisionTable", "literalExpression", "context", "invocation", "relation", "list", "functionDefinition",
     "conditional", "filter", "for", "every", "some"}
)  # fmt: skip
CAMUNDA = "http://camunda.org/schema/1.0/dmn"


def read_decisions(name: str, data: bytes) -> Decisions:
    """The decisions of a file as drawn. Never raises for what a file contains: `problems` tell."""
    try:
        root = parse(data)
    except Unsafe as error:
        return _unreadable(name, "unsafe-file", UNSAFE, error.line)
    except etree.XMLSyntaxError as error:
        return _unreadable(name, "not-xml", NOT_XML, error.lineno or 1, reason=(error.msg or "").strip(" ."))
    if local(root) != "definitions" or not _NAMESPACE.fullmatch(namespace(root)):
        return _unreadable(name, "not-dmn", NOT_DMN, line_of(root))
    source = Source(name, root, namespace(root))
    decisions: dict[str, Decision] = {}
    for found in source.children(root, "decision"):
        identifier = attribute(found, "id")
        if identifier is None:
            source.problem("decision-id", NO_ID, found)
        elif identifier in decisions:
            source.problem("duplicate-decision", TWICE, found)
        else:
            decisions[identifier] = _decision(found, identifier, source)
    if not decisions and not source.problems:
        return _unreadable(name, "no-decision", NO_DECISION, line_of(root))
    _check_requirements(decisions, source)
    return Decisions(
        file=name,
        decisions=decisions,
        inputs=tuple(filter(None, (_variable(found, source) for found in source.children(root, "inputData")))),
        name=attribute(root, "name") or "",
        problems=tuple(source.problems),
    )


def _unreadable(name: str, rule: str, message: str, line: int, **params: str) -> Decisions:
    return Decisions(name, problems=(Finding(rule, "error", message, line, file=name, params=params),))


def _decision(found: etree._Element, identifier: str, source: Source) -> Decision:
    logic = next((child for child in source.children(found) if local(child) in _EXPRESSIONS), None)
    table = literal = None
    if logic is None:
        source.problem("empty-decision", EMPTY, found)
    elif local(logic) == "decisionTable":
        table = _table(logic, found, source)
    elif local(logic) == "literalExpression":
        literal = _cell(logic, source, None)
        if not literal.text:
            source.problem("empty-decision", EMPTY, found)
    else:
        source.problem("decision-logic", NOT_DONE, found, what=local(logic))
    variable = source.child(found, "variable")
    return Decision(
        id=identifier,
        line=line_of(found),
        name=attribute(found, "name") or "",
        variable=_variable(found, source),
        kind=_kind(variable, source) if variable is not None else None,
        requires=tuple(_requires(found, source)),
        table=table,
        literal=literal,
        titles=_titles(found, attribute(found, "name")),
    )


def _titles(found: etree._Element, said: str | None) -> dict[str, str]:
    """What the file itself says, by language. Whoever says something else with a tool that knows no titles means the new
    words in every language."""
    titles = titles_of(found)
    return titles if len(titles) < 2 or not said or said in titles.values() else {}


def _variable(found: etree._Element, source: Source) -> str | None:
    """The name under which the result is read: that of the variable, of the element, or its id, if it can be one."""
    variable = source.child(found, "variable")
    named = [attribute(variable, "name")] if variable is not None else []
    for name in (*named, attribute(found, "name"), attribute(found, "id")):
        if name is not None and PLAIN_NAME.fullmatch(name):
            return name
    return None


def _requires(found: etree._Element, source: Source) -> Iterator[str]:
    for requirement in source.children(found, "informationRequirement"):
        for reference in source.children(requirement):
            target = source.target(reference)
            if target is None:
                source.problem("requirement", ELSEWHERE, found, reference=attribute(reference, "href") or "?")
            elif local(target) == "decision":
                yield attribute(target, "id") or ""
    for requirement in source.children(found, "knowledgeRequirement"):
        wanted = next(source.children(requirement), None)
        told = attribute(wanted, "href") if wanted is not None else None
        source.problem("knowledge-requirement", KNOWLEDGE, found, reference=told or "?")


def _check_requirements(decisions: dict[str, Decision], source: Source) -> None:
    settled: set[str] = set()
    while True:
        ready = [d for d in decisions.values() if d.id not in settled and settled.issuperset(d.requires)]
        if not ready:
            break
        settled.update(decision.id for decision in ready)
    for decision in decisions.values():
        if decision.id not in settled and all(required in decisions for required in decision.requires):
            source.problem("requirement-cycle", CYCLE, source.by_id[decision.id])


def _table(found: etree._Element, decision: etree._Element, source: Source) -> Table:
    policy = (attribute(found, "hitPolicy") or UNIQUE).upper().replace("_", " ")
    policy = _POLICY_LETTERS.get(policy, policy)
    if policy not in HIT_POLICIES:
        source.problem("hit-policy", POLICY, decision, at=found, what=policy)
    language = attribute(found, "expressionLanguage")
    inputs = tuple(_input(child, source, language) for child in source.children(found, "input"))
    outputs = tuple(_output(child, source) for child in source.children(found, "output"))
    names = {output.name for output in outputs}
    if not outputs:
        source.problem("no-output", NO_OUTPUT, decision, at=found)
    elif len(outputs) > 1 and (len(names) < len(outputs) or "" in names):
        source.problem("output-names", OUTPUT_NAMES, decision, at=found)
    rules = []
    for number, child in enumerate(source.children(found, "rule"), 1):
        rule = _rule(number, child, source, language)
        for cells, columns in ((rule.conditions, inputs), (rule.results, outputs)):
            if len(cells) != len(columns):
                counts = {"rule": str(number), "found": str(len(cells)), "wanted": str(len(columns))}
                source.problem("cells", CELLS, decision, at=child, **counts)
        rules.append(rule)
    said = attribute(found, "aggregation")
    aggregation = _AGGREGATIONS.get((said or "").upper())
    if said is not None and (aggregation is None or policy != COLLECT or len(outputs) > 1):
        source.problem("aggregation", AGGREGATION, decision, at=found, what=said)
    return Table(policy, inputs, outputs, tuple(rules), aggregation)


def _input(found: etree._Element, source: Source, language: str | None) -> Input:
    holder = source.child(found, "inputExpression")
    cell = _cell(holder, source, language) if holder is not None else None
    label = attribute(found, "label") or (cell.text if cell is not None else "") or attribute(found, "id") or ""
    if cell is None or not cell.text:
        source.problem("input-expression", NO_EXPRESSION, found, element=label)
    return Input(
        label=label,
        expression=cell.text if cell is not None else "",
        kind=_kind(holder, source) if holder is not None else None,
        language=cell.language if cell is not None else None,
        allowed=source.text_in(found, "inputValues"),
        line=line_of(found),
        id=attribute(found, "id"),
        titles=_titles(found, attribute(found, "label")),
    )


def _output(found: etree._Element, source: Source) -> Output:
    return Output(
        name=attribute(found, "name") or "",
        label=attribute(found, "label") or attribute(found, "name") or "",
        kind=_kind(found, source),
        default=source.text_in(found, "defaultOutputEntry"),
        allowed=source.text_in(found, "outputValues"),
        line=line_of(found),
        id=attribute(found, "id"),
        titles=_titles(found, attribute(found, "label")),
    )


def _rule(number: int, found: etree._Element, source: Source, language: str | None) -> Rule:
    description = source.text_in(found, "description", inner=None) or ""
    return Rule(
        number=number,
        conditions=tuple(_cell(child, source, language) for child in source.children(found, "inputEntry")),
        results=tuple(_cell(child, source, language) for child in source.children(found, "outputEntry")),
        id=attribute(found, "id"),
        description=description,
        line=line_of(found),
        titles=_titles(found, description),
    )


def _cell(found: etree._Element, source: Source, language: str | None) -> Cell:
    own = attribute(found, "expressionLanguage") or language or attribute(source.root, "expressionLanguage")
    return Cell(source.text_of(found), own, line_of(found), attribute(found, "id"))


def _kind(found: etree._Element, source: Source) -> str | None:
    """The plain type of a column, looked up among the file's own types where it names one of those."""
    told: str | None = attribute(found, "typeRef") or source.text_in(found, "typeRef", inner=None)
    seen: set[str] = set()
    while told is not None and told not in seen:
        seen.add(told)
        kind, known = kind_of(told)
        if known:
            return kind
        own = source.item_definition(told)
        if own is None:
            source.warn("type", KIND, found, what=told)
            return None
        told = attribute(own, "typeRef") or source.text_in(own, "typeRef", inner=None)
    return None
