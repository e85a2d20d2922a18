"""Loops and multi-instance: a host token stands for the whole, each iteration is a run of its own."""

from typing import Any

from bpmn.expressions import truth
from bpmn.model import Loop, LoopEvent, Node
from engine import state as kinds
from engine.behaviours import compensation, events, loop_events
from engine.errors import ProcessError
from engine.runtime import Run
from engine.state import Scope, Token
from kernel.errors import Message
from kernel.i18n import N_

MAXIMUM_ITERATIONS = 10_000
NO_LIST = N_("“%(text)s” is not a list.")
NO_NUMBER = N_("“%(text)s” is not a number.")
TOO_OFTEN = N_("It would repeat more than %(count)s times.")


def begin(run: Run, token: Token, node: Node) -> None:
    loop = node.loop
    assert loop is not None
    run.wait(token, kinds.LOOP, done=0)
    if loop.multi:
        items = _items(run, token, node, loop)
        token.data["items"] = items
        if loop.output_collection:
            run.set_variables({loop.output_collection: [None] * len(items)}, token.scope)
        if not items:
            run.leave(token)
            return
        events.arm_boundaries(run, token)
        for index in range(1 if loop.sequential else len(items)):
            _iterate(run, token, node, index)
    else:
        events.arm_boundaries(run, token)
        if loop.test_before and not _standard_goes_on(run, token, node, loop):
            run.leave(token)
        else:
            _iterate(run, token, node, 0)


def _items(run: Run, token: Token, node: Node, loop: Loop) -> list[Any]:
    """What each iteration gets: the elements of the collection, or the numbers of the cardinality."""
    if loop.collection:
        found = run.evaluate(loop.collection, token.scope, node)
        if isinstance(found, dict):
            found = list(found.values())
        if not isinstance(found, list | tuple):
            raise ProcessError(node.id, node.title, Message(NO_LIST, text=loop.collection))
        items = list(found)
    else:
        count = run.evaluate(loop.cardinality or "0", token.scope, node)
        try:
            items = list(range(min(int(count or 0), MAXIMUM_ITERATIONS + 1)))
        except (TypeError, ValueError) as error:
            raise ProcessError(node.id, node.title, Message(NO_NUMBER, text=loop.cardinality)) from error
    if len(items) > MAXIMUM_ITERATIONS:
        raise ProcessError(node.id, node.title, Message(TOO_OFTEN, count=MAXIMUM_ITERATIONS))
    return items


def _iterate(run: Run, host: Token, node: Node, index: int) -> None:
    loop = node.loop
    assert loop is not None
    local: dict[str, Any] = {"loopCounter": index + loop.counts_from}
    if loop.multi:
        local[loop.element or "item"] = host.data["items"][index]
        if loop.output_element and loop.output_element not in local:
            local[loop.output_element] = None
    scope = Scope(
        run.state.next_id(), node.id, parent=host.scope, token=host.id, local=local, data={"loop": index}
    )  # fmt: skip
    run.state.scopes[scope.id] = scope
    data = {"via": host.data["via"]} if "via" in host.data else {}
    run.place(node.id, scope.id, body=True, **data)


def iteration_done(run: Run, token: Token, node: Node) -> None:
    """One iteration has ended: collect its output, then the next one, or the end of the whole."""
    loop = node.loop
    assert loop is not None
    scope = run.state.scopes[token.scope]
    assert scope.token is not None and scope.local is not None
    host = run.state.tokens[scope.token]
    index = scope.data["loop"]
    compensation.remember_iteration(run, token, host, node, scope.local)
    run.finish(token)
    _collect(run, host, node, loop, scope, index)
    host.data["done"] += 1
    for thrown in loop.events:
        if _is_due(run, host, node, loop, thrown, scope):
            loop_events.throw(run, host, scope, thrown.event)
            if host.id not in run.state.tokens:
                return
    over = loop.completion is not None and truth(_evaluate_in(run, host, node, loop.completion, scope))
    standard_on = not loop.multi and _standard_goes_on(run, host, node, loop, scope)
    del run.state.scopes[scope.id]
    run._dirty_scopes.discard(scope.id)
    if not loop.multi:
        if standard_on:
            _iterate(run, host, node, index + 1)
        else:
            _end(run, host, node)
        return
    total = len(host.data["items"])
    if over or host.data["done"] >= total:
        _end(run, host, node)
    elif loop.sequential:
        _iterate(run, host, node, index + 1)


def drop_iteration(run: Run, token: Token) -> Token | None:
    """Cancels one iteration; it counts as over. The host comes back if none is left and none was done: nothing follows
    it then."""
    scope = run.state.scopes[token.scope]
    assert scope.token is not None
    host = run.state.tokens[scope.token]
    node, index = run.graph.node(token.node), scope.data["loop"]
    run.cancel(token)
    del run.state.scopes[scope.id]
    run._dirty_scopes.discard(scope.id)
    if node.loop is None or not node.loop.multi:
        return host
    host.data["done"] += 1
    host.data["dropped"] = host.data.get("dropped", 0) + 1
    if host.data["done"] < len(host.data["items"]):
        if node.loop.sequential:
            _iterate(run, host, node, index + 1)
    elif host.data["dropped"] == host.data["done"]:
        return host
    else:
        _end(run, host, node)
    return None


def _collect(run: Run, host: Token, node: Node, loop: Loop, scope: Scope, index: int) -> None:
    if not (loop.multi and loop.output_collection and loop.output_element):
        return
    value = run.evaluate(loop.output_element, scope.id, node)
    try:
        collected = list(run.names(host.scope)[loop.output_collection] or [])
    except KeyError:
        collected = []
    collected.extend([None] * (len(host.data["items"]) - len(collected)))
    collected[index] = value
    run.set_variables({loop.output_collection: collected}, host.scope)


def _is_due(run: Run, host: Token, node: Node, loop: Loop, thrown: LoopEvent, scope: Scope) -> bool:
    if loop.behavior == "Complex":
        return truth(_evaluate_in(run, host, node, thrown.condition or "", scope))
    return loop.behavior == "None" or host.data["done"] == 1


def _evaluate_in(run: Run, host: Token, node: Node, text: str, scope: Scope) -> Any:
    total, done = len(host.data.get("items", [])), host.data["done"]
    active = 1 if node.loop is not None and node.loop.sequential else total - done
    counters = {
        "numberOfInstances": total, "numberOfCompletedInstances": done, "numberOfActiveInstances": active,
        "nrOfInstances": total, "nrOfCompletedInstances": done, "nrOfActiveInstances": active,
        "numberOfTerminatedInstances": 0, "nrOfTerminatedInstances": 0,
    }  # fmt: skip
    assert scope.local is not None
    scope.local.update(counters)
    return run.evaluate(text, scope.id, node)


def _standard_goes_on(run: Run, host: Token, node: Node, loop: Loop, scope: Scope | None = None) -> bool:
    done = host.data["done"]
    if loop.maximum is not None and done >= loop.maximum:
        return False
    if loop.condition is None:
        return loop.maximum is not None
    if scope is not None:
        return truth(_evaluate_in(run, host, node, loop.condition, scope))
    return truth(run.evaluate(loop.condition, host.scope, node))


def _end(run: Run, host: Token, node: Node) -> None:
    for scope in run.state.hosted_by(host.id):
        run.empty_scope(scope)
        del run.state.scopes[scope.id]
    run.leave(host)
