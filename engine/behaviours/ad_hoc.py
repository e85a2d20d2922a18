"""Ad-hoc sub-processes: what no flow leads to is offered as task cards, and people decide what is done, and when.

An offer is no run yet: what nobody takes up leaves no trace in the history. Without a completion condition each
activity is offered once; with one, again and again until the condition holds after some activity.
"""

from bpmn.expressions import truth
from bpmn.model import ACTIVITIES, Node
from engine import state as kinds
from engine.behaviours import events, starts, tasks
from engine.runtime import Run
from engine.state import Scope, Token

OFFER, TAKEN, OVER = "offer", "taken", "over"


def enter(run: Run, token: Token, node: Node) -> None:
    run.begin(token)
    run.wait(token, kinds.SCOPE)
    scope = Scope(run.state.next_id(), node.id, parent=token.scope, token=token.id)
    run.state.scopes[scope.id] = scope
    events.arm_boundaries(run, token)
    starts.open_scope(run, scope)
    _offer(run, scope, node)


def is_one(run: Run, scope: Scope) -> bool:
    known = not scope.helper and run.graph.knows(scope.node)
    return known and run.graph.node(scope.node).type == "adHocSubProcess"


def is_offered(node: Node) -> bool:
    """Whether an element that stands in an ad-hoc sub-process is for people to take up."""
    return node.type in ACTIVITIES and not (node.incoming or node.for_compensation or node.triggered_by_event)


def take_up(run: Run, offer: Token, node: Node) -> bool:
    """Somebody takes an offer up; True if that was the work itself, False if the work only begins by it."""
    del offer.data[OFFER]
    scope = run.state.scopes[offer.scope]
    scope.data[TAKEN] = [*scope.data.get(TAKEN, []), node.id]
    if tasks.is_for_a_person(node) and node.loop is None:
        if not offer.run:
            _begin(run, offer)
        return True
    _withdraw(run, offer)
    run.place(node.id, scope.id)
    _offer(run, scope, run.graph.node(scope.node))
    return False


def after_a_step(run: Run, scope: Scope) -> None:
    """Something inside has ended: the whole is over, or there is something to offer again."""
    node = run.graph.node(scope.node)
    if OVER not in scope.data and TAKEN in scope.data and _completes(run, scope, node):
        scope.data[OVER] = True
        for token in list(run.state.in_scope(scope.id)):
            if OFFER in token.data or (token.kind == kinds.READY and not token.run):
                _withdraw(run, token)
        if node.cancel_remaining:
            run.empty_scope(scope)
    if OVER not in scope.data:
        _offer(run, scope, node)


def _completes(run: Run, scope: Scope, node: Node) -> bool:
    return node.ad_hoc_completion is not None and truth(run.evaluate(node.ad_hoc_completion, scope.id, node))


def _offer(run: Run, scope: Scope, node: Node) -> None:
    standing = list(run.state.in_scope(scope.id))
    if node.ad_hoc_ordering == "Sequential" and any(_is_at_work(run, token) for token in standing):
        for token in standing:
            if OFFER in token.data:
                _withdraw(run, token)
        return
    busy = {token.node for token in standing}
    once = set(scope.data.get(TAKEN, ())) if node.ad_hoc_completion is None else set()
    for child in run.graph.children(scope.node):
        if is_offered(child) and child.id not in busy | once:
            _put_forward(run, scope, child)


def _put_forward(run: Run, scope: Scope, node: Node) -> None:
    offer = Token(run.state.next_id(), node.id, scope.id, kinds.TASK, entered=run.micros, data={OFFER: True})
    run.state.tokens[offer.id] = offer
    if run.graph.boundaries(node.id) and tasks.is_for_a_person(node) and node.loop is None:
        run.begin(offer)
        events.arm_boundaries(run, offer)


def _withdraw(run: Run, token: Token) -> None:
    if token.run:
        run.cancel(token)
    else:
        run.state.tokens.pop(token.id, None)


def _begin(run: Run, offer: Token) -> None:
    """The work began when it was put forward."""
    since = offer.entered
    run.begin(offer)
    offer.entered = since


def _is_at_work(run: Run, token: Token) -> bool:
    """Whether something runs that is not merely waiting for a person to do it."""
    if token.kind == kinds.READY:
        return not tasks.is_for_a_person(run.graph.node(token.node))
    return token.kind not in (kinds.LISTEN, kinds.JOIN, kinds.TASK, kinds.CHOICE)
