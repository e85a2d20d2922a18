"""What a DMN file says, as plain values: decisions, their tables and what they require."""

from dataclasses import dataclass, field

from bpmn.model import Finding

UNIQUE, FIRST, PRIORITY, ANY = "UNIQUE", "FIRST", "PRIORITY", "ANY"
COLLECT, RULE_ORDER, OUTPUT_ORDER = "COLLECT", "RULE ORDER", "OUTPUT ORDER"
HIT_POLICIES = (UNIQUE, FIRST, PRIORITY, ANY, COLLECT, RULE_ORDER, OUTPUT_ORDER)
SINGLE_HIT = frozenset({UNIQUE, FIRST, PRIORITY, ANY})


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions. `kind` is one of `kinds.KINDS`, or None for any; `allowed` are unary tests; `titles` are
    the label by language."""

    label: str
    expression: str
    kind: str | None = None
    language: str | None = None
    allowed: str | None = None
    line: int = 0
    id: str | None = None
    titles: dict[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.label or self.expression


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. `default` is given where no rule matches; `allowed` also orders by priority; `titles` are
    the label by language."""

    name: str
    label: str = ""
    kind: str | None = None
    default: str | None = None
    allowed: str | None = None
    line: int = 0
    id: str | None = None
    titles: dict[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.label or self.name


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, with where it stands."""

    text: str
    language: str | None = None
    line: int = 0
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """`number` counts from 1, as people see it; the cells are those of the columns in their order; `titles` are the
    remark (`description`) by language."""

    number: int
    conditions: tuple[Cell, ...]
    results: tuple[Cell, ...]
    id: str | None = None
    description: str = ""
    line: int = 0
    titles: dict[str, str] = field(default_factory=dict)

    def remark(self, language: str) -> str:
        return self.titles.get(language) or self.description


@dataclass(frozen=True, slots=True)
class Table:
    """`aggregation` (+, <, >, #) belongs to COLLECT only."""

    hit_policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    aggregation: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A table, or an expression (`literal`). `requires` are ids of decisions; `variable` names its result to others;
    `titles` are its name by language."""

    id: str
    line: int
    name: str = ""
    variable: str | None = None
    kind: str | None = None
    requires: tuple[str, ...] = ()
    table: Table | None = None
    literal: Cell | None = None
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.name or self.id

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.label


@dataclass(frozen=True, slots=True)
class Decisions:
    """A whole file. `inputs` are the names of its input data; `problems` is what cannot be done as it is drawn."""

    file: str
    decisions: dict[str, Decision] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    name: str = ""
    problems: tuple[Finding, ...] = ()
