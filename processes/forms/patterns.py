"""Regular expressions that cannot hang: the everyday part of the syntax, matched in time linear in the text.

Designers write these patterns, so Python's backtracking `re` would let one of them stop the server.
"""

from collections.abc import Callable
from dataclasses import dataclass

LONGEST_PATTERN = 500
MOST_STATES = 1000
LARGEST_COUNT = 200
LONGEST_MATCHED = 2000

Test = Callable[[str], bool]
_JUMP, _SPLIT, _CHAR, _START, _END, _MATCH = range(6)


class PatternError(ValueError):
    """A pattern outside the supported syntax."""


@dataclass(frozen=True, slots=True)
class _Step:
    kind: int
    test: Test | None = None
    first: int = 0
    second: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """`^` and `$` stand for the ends of the text; without them any part may match, as in JavaScript."""

    source: str
    steps: tuple[_Step, ...]

    def matches(self, text: str) -> bool:
        if len(text) > LONGEST_MATCHED:
            return False
        states: set[int] = set()
        for position in range(len(text) + 1):
            at_end = position == len(text)
            states = self._reach(states | {0}, position == 0, at_end)
            if len(self.steps) - 1 in states:
                return True
            if not at_end:
                states = self._read(states, text[position])
        return False

    def _read(self, states: set[int], sign: str) -> set[int]:
        steps = self.steps
        return {n + 1 for n in states if (test := steps[n].test) is not None and test(sign)}

    def _reach(self, states: set[int], at_start: bool, at_end: bool) -> set[int]:
        """The states that need no further sign."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            number = waiting.pop()
            if number in found:
                continue
            found.add(number)
            step = self.steps[number]
            if step.kind == _JUMP:
                waiting.append(step.first)
            elif step.kind == _SPLIT:
                waiting += (step.first, step.second)
            elif (step.kind == _START and at_start) or (step.kind == _END and at_end):
                waiting.append(number + 1)
        return found


def compile_pattern(source: str) -> Pattern:
    """Letters, `.`, classes, `\\d \\w \\s`, groups, `|`, `* + ? {m,n}`, `^ $`; no look-around or back-references."""
    if len(source) > LONGEST_PATTERN:
        raise PatternError(source)
    reader = _Reader(source)
    tree = reader.alternatives()
    if reader.place < len(source):
        raise PatternError(source)
    steps: list[_Step] = []
    _build(tree, steps)
    steps.append(_Step(_MATCH))
    return Pattern(source, tuple(steps))


@dataclass(frozen=True, slots=True)
class _Tree:
    """`kind` is char, start, end, sequence, either or repeat."""

    kind: str
    parts: "tuple[_Tree, ...]" = ()
    test: Test | None = None
    least: int = 0
    most: int | None = None


def _build(tree: _Tree, steps: list[_Step]) -> None:
    if len(steps) > MOST_STATES:
        raise PatternError
    match tree.kind:
        case "char":
            steps.append(_Step(_CHAR, tree.test))
        case "start" | "end":
            steps.append(_Step(_START if tree.kind == "start" else _END))
        case "sequence":
            for part in tree.parts:
                _build(part, steps)
        case "either":
            _either(tree.parts, steps)
        case "repeat":
            _repeat(tree, steps)


def _either(parts: tuple[_Tree, ...], steps: list[_Step]) -> None:
    jumps: list[int] = []
    for part in parts[:-1]:
        split = len(steps)
        steps.append(_Step(_SPLIT))
        _build(part, steps)
        jumps.append(len(steps))
        steps.append(_Step(_JUMP))
        steps[split] = _Step(_SPLIT, None, split + 1, len(steps))
    _build(parts[-1], steps)
    for jump in jumps:
        steps[jump] = _Step(_JUMP, None, len(steps))


def _repeat(tree: _Tree, steps: list[_Step]) -> None:
    part = tree.parts[0]
    for _ in range(tree.least):
        _build(part, steps)
    if tree.most is None:
        split = len(steps)
        steps.append(_Step(_SPLIT))
        _build(part, steps)
        steps.append(_Step(_JUMP, None, split))
        steps[split] = _Step(_SPLIT, None, split + 1, len(steps))
        return
    splits: list[int] = []
    for _ in range(tree.most - tree.least):
        splits.append(len(steps))
        steps.append(_Step(_SPLIT))
        _build(part, steps)
    for split in splits:
        steps[split] = _Step(_SPLIT, None, split + 1, len(steps))


_CLASSES: dict[str, Test] = {
    "d": lambda sign: sign in "0123456789",
    "w": lambda sign: sign.isalnum() or sign == "_",
    "s": str.isspace,
}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.place = 0
        self.depth = 0

    def sees(self, sign: str) -> bool:
        return self.source.startswith(sign, self.place)

    def take(self) -> str:
        if self.place >= len(self.source):
            raise PatternError(self.source)
        self.place += 1
        return self.source[self.place - 1]

    def alternatives(self) -> _Tree:
        self.depth += 1
        if self.depth > 20:
            raise PatternError(self.source)
        parts = [self.sequence()]
        while self.sees("|"):
            self.place += 1
            parts.append(self.sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else _Tree("either", tuple(parts))

    def sequence(self) -> _Tree:
        parts: list[_Tree] = []
        while self.place < len(self.source) and not self.sees("|") and not self.sees(")"):
            parts.append(self.repeated())
        return _Tree("sequence", tuple(parts))

    def repeated(self) -> _Tree:
        part = self.single()
        while self.place < len(self.source) and self.source[self.place] in "*+?{":
            least, most = self.count()
            if max(least, most or 0) > LARGEST_COUNT or part.kind in ("start", "end"):
                raise PatternError(self.source)
            part = _Tree("repeat", (part,), least=least, most=most)
            if self.sees("?"):
                self.place += 1
        return part

    def count(self) -> tuple[int, int | None]:
        sign = self.take()
        if sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        end = self.source.find("}", self.place)
        low, comma, high = self.source[self.place : max(end, self.place)].partition(",")
        if end < 0 or not low.isdecimal() or (high and not high.isdecimal()) or len(low + high) > 8:
            raise PatternError(self.source)
        self.place = end + 1
        least = int(low)
        most = int(high) if high else None if comma else least
        if most is not None and most < least:
            raise PatternError(self.source)
        return least, most

    def single(self) -> _Tree:
        sign = self.take()
        if sign == "(":
            if self.sees("?") and not self.sees("?:"):
                raise PatternError(self.source)
            self.place += 2 if self.sees("?:") else 0
            inside = self.alternatives()
            if self.take() != ")":
                raise PatternError(self.source)
            return inside
        if sign in "^$":
            return _Tree("start" if sign == "^" else "end")
        if sign == "[":
            return _Tree("char", test=self.char_class())
        if sign == ".":
            return _Tree("char", test=lambda found: found != "\n")
        if sign == "\\":
            return _Tree("char", test=self.escaped()[0])
        if sign in "*+?{":
            raise PatternError(self.source)
        return _Tree("char", test=sign.__eq__)

    def escaped(self) -> tuple[Test, str | None]:
        """The test, and the sign itself where it is a single one."""
        sign = self.take()
        if sign.lower() in _CLASSES:
            test = _CLASSES[sign.lower()]
            return (test if sign.islower() else lambda found: not test(found)), None
        if sign == "u":
            code = self.source[self.place : self.place + 4]
            self.place += 4
            if len(code) != 4 or any(c not in "0123456789abcdefABCDEF" for c in code):
                raise PatternError(self.source)
            return chr(int(code, 16)).__eq__, chr(int(code, 16))
        if sign.isalnum() and sign not in _CONTROLS:
            raise PatternError(self.source)
        found = _CONTROLS.get(sign, sign)
        return found.__eq__, found

    def char_class(self) -> Test:
        negative = self.sees("^")
        self.place += negative
        if self.sees("]"):  # nothing in the browser's language, a bracket in others'
            raise PatternError(self.source)
        tests: list[Test] = []
        while not self.sees("]"):
            test, low = self.class_member()
            if low is not None and self.sees("-") and not self.sees("-]"):
                self.place += 1
                high = self.class_member()[1]
                if high is None or high < low:
                    raise PatternError(self.source)
                test = _between(low, high)
            tests.append(test)
        self.place += 1
        return lambda sign: any(test(sign) for test in tests) is not negative

    def class_member(self) -> tuple[Test, str | None]:
        sign = self.take()
        return self.escaped() if sign == "\\" else (sign.__eq__, sign)


def _between(low: str, high: str) -> Test:
    return lambda sign: low <= sign <= high
