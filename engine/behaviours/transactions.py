"""Transactions: a cancel end event ends what still runs, undoes what is done, and leaves by the cancel boundary event."""

from engine.behaviours import catching, compensation, events
from engine.runtime import Run
from engine.state import Token


def cancel(run: Run, scope_id: int) -> None:
    scope = run.state.scopes[scope_id]
    run.empty_scope(scope)
    host = Token(run.state.next_id(), scope.node, scope.id, data={"cancels": True})
    run.state.tokens[host.id] = host
    compensation.undo(run, host, compensation.take(scope), scope.id)


def leave(run: Run, host: Token) -> None:
    """Everything is undone: the transaction is over, and its cancel event has happened."""
    transaction = run.state.scopes[host.scope].token
    assert transaction is not None
    del run.state.tokens[host.id]
    found = catching.boundary_catcher(run, run.state.tokens[transaction], "cancel", "")
    assert found is not None
    events.caught(run, *found)
