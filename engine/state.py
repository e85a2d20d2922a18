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
    packed = msgpack.packb(
        (
            FORMAT,
            state.last_id,
            state.last_run,
            state.variables,
            [(t.id, t.node, t.scope, t.kind, t.run, t.entered, t.data or None) for t in state.tokens.values()],
            [(s.id, s.node, s.parent, s.token, s.local, s.data or None) for s in state.scopes.values()],
        )
    )
    return zlib.compress(packed, 1)


def decode(data: bytes) -> State:
    """Reads what `encode` of this or an earlier release wrote; ValueError for anything else."""
    version, last_id, last_run, variables, tokens, scopes = msgpack.unpackb(zlib.decompress(data), strict_map_key=False)
    if version != FORMAT:
        raise ValueError(f"state format {version} is newer than this release")
    return State(
        variables=variables,
        tokens={t[0]: Token(t[0], t[1], t[2], t[3], t[4], t[5], t[6] or {}) for t in tokens},
        scopes={s[0]: Scope(s[0], s[1], s[2], s[3], s[4], s[5] or {}) for s in scopes},
        last_id=last_id,
        last_run=last_run,
    )
