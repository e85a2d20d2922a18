"""The state of an instance: tokens, scopes and variables, and its compact form in the database.

Only what is alive is kept: a token is one presence at one element, and what is over becomes a history row.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgpack

FORMAT = 1
READY, TASK, CHOICE, CATCH, LISTEN, JOIN, JOB, CALL, SCOPE, LOOP, INCIDENT, COMPENSATE = (
    "ready", "task", "choice", "catch", "listen", "join", "job", "call", "scope", "loop", "incident",
    "compensate",
)  # fmt: skip
Row = list[Any]
"""A token or scope as it is packed; its number comes first."""


@dataclass(slots=True)
class Token:
    """One presence at an element. `kind` says what it waits for; `run` is its number in the history (0: none yet);
    `entered` is microseconds since the epoch; `data` holds what the kind needs (due, host, race, params, …)."""

    id: int
    node: str
    scope: int
    kind: str = READY
    run: int = 0
    entered: int = 0
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def flows(self) -> tuple[str, ...]:
        """The sequence flows by which it has come."""
        via = self.data.get("via")
        if via is None:
            return ()
        return tuple(via) if isinstance(via, list) else (via,)

    @property
    def row(self) -> Row:
        return [self.id, self.node, self.scope, self.kind, self.run, self.entered, self.data or None]

    @classmethod
    def of(cls, row: Row) -> "Token":
        return cls(row[0], row[1], row[2], row[3], row[4], row[5], row[6] or {})


@dataclass(slots=True)
class Scope:
    """Where tokens live: the process itself, a running sub-process, or one iteration of a loop. `token` hosts it."""

    id: int
    node: str
    parent: int | None = None
    token: int | None = None
    local: dict[str, Any] | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> Row:
        return [self.id, self.node, self.parent, self.token, self.local, self.data or None]

    @classmethod
    def of(cls, row: Row) -> "Scope":
        return cls(row[0], row[1], row[2], row[3], row[4], row[5] or {})

    @property
    def helper(self) -> bool:
        """Whether it is an iteration or a compensation: no scope of the diagram, so nothing in it catches."""
        return "loop" in self.data or UNDO in self.data


ROOT = 0
DONE, UNDO = "completed", "undo"
"""In a scope's data: what has completed and can be undone, and what is still to undo."""


@dataclass(slots=True)
class State:
    variables: dict[str, Any] = field(default_factory=dict)
    tokens: dict[int, Token] = field(default_factory=dict)
    scopes: dict[int, Scope] = field(default_factory=dict)
    last_id: int = 0
    last_run: int = 0

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def next_run(self) -> int:
        self.last_run += 1
        return self.last_run

    def in_scope(self, scope: int) -> Iterator[Token]:
        return (token for token in self.tokens.values() if token.scope == scope)

    def hosted_by(self, token: int) -> list[Scope]:
        return [scope for scope in self.scopes.values() if scope.token == token]

    def chain(self, scope: int) -> Iterator[Scope]:
        """The scope and its ancestors, innermost first."""
        current: int | None = scope
        while current is not None:
            found = self.scopes[current]
            yield found
            current = found.parent


def encode(state: State) -> bytes:
    """The state as bytes; `decode` of it equals the state."""
    tokens = [token.row for token in state.tokens.values()]
    scopes = [scope.row for scope in state.scopes.values()]
    return zlib.compress(msgpack.packb((FORMAT, state.last_id, state.last_run, state.variables, tokens, scopes)), 1)


def decode(data: bytes) -> State:
    """Reads what `encode` of this or an earlier release wrote; ValueError for anything else."""
    last_id, last_run, variables, tokens, scopes = unpack(data)
    return State(
        variables=variables,
        tokens={row[0]: Token.of(row) for row in tokens},
        scopes={row[0]: Scope.of(row) for row in scopes},
        last_id=last_id,
        last_run=last_run,
    )


def unpack(data: bytes) -> tuple[int, int, dict[str, Any], list[Row], list[Row]]:
    """Last id, last run, variables, and the rows of tokens and scopes."""
    version, *parts = msgpack.unpackb(zlib.decompress(data), strict_map_key=False)
    if version != FORMAT:
        raise ValueError(f"state format {version} is newer than this release")
    last_id, last_run, variables, tokens, scopes = parts
    return last_id, last_run, variables, tokens, scopes
