"""Who may do what, on one screen. Which records a person sees is `crm_model.access`; this is what roles may do."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from kernel.context import (
    ADMINISTRATOR,
    CALL_CENTRE,
    DESIGNER,
    HEAD,
    INTEGRATION,
    MANAGER,
    MARKETING,
    SUPERVISOR,
    Context,
    acting,
)
from kernel.errors import PermissionDenied

P = ParamSpec("P")
R = TypeVar("R")

EVERYONE = frozenset({ADMINISTRATOR, DESIGNER, SUPERVISOR, HEAD, MANAGER, MARKETING, CALL_CENTRE})
SELLERS = frozenset({ADMINISTRATOR, SUPERVISOR, HEAD, MANAGER})
OF_LEADS = SELLERS | {MARKETING, CALL_CENTRE}
"""Who works with leads and the people behind them."""

POLICY: dict[str, frozenset[str]] = {
    # records
    "records.read": EVERYONE,
    "records.write": OF_LEADS,
    "deals.write": SELLERS,
    "deals.reopen": frozenset({ADMINISTRATOR, SUPERVISOR}),
    "leads.write": OF_LEADS,
    "personal_data.manage": frozenset({ADMINISTRATOR, SUPERVISOR}),
    "duplicates.search": frozenset({ADMINISTRATOR, SUPERVISOR, HEAD, MARKETING}),
    "campaigns.read": OF_LEADS,
    "campaigns.write": frozenset({ADMINISTRATOR, MARKETING}),
    "web_forms.manage": frozenset({ADMINISTRATOR, MARKETING}),
    "web_forms.fill": frozenset(),  # visitors, for whom the system acts
    "scoring.read": OF_LEADS,
    "scoring.write": frozenset({ADMINISTRATOR, MARKETING}),
    "mailbox.manage": frozenset({ADMINISTRATOR}),
    "mailbox.read": frozenset({ADMINISTRATOR, SUPERVISOR, MARKETING}),
    "mailbox.take": frozenset(),  # the worker
    "telephony.manage": frozenset({ADMINISTRATOR}),
    "telephony.tell": frozenset(),  # the telephone exchange, known by its signature
    "imports.manage": frozenset({ADMINISTRATOR, SUPERVISOR, HEAD, MARKETING}),
    "letters.read": OF_LEADS,
    "letters.manage": frozenset({ADMINISTRATOR, MARKETING}),
    "letters.server": frozenset({ADMINISTRATOR}),
    # settings
    "users.read": EVERYONE,
    "users.manage": frozenset({ADMINISTRATOR}),
    "catalogue.manage": frozenset({ADMINISTRATOR}),
    "knowledge.manage": frozenset({ADMINISTRATOR, SUPERVISOR, HEAD, MARKETING}),
    "audit.read": EVERYONE,
    "profile.own": EVERYONE | {INTEGRATION},
    # work
    "tasks.work": EVERYONE,
    "tasks.assign": frozenset({ADMINISTRATOR, SUPERVISOR, HEAD}),
    # processes
    "definitions.read": EVERYONE,
    "definitions.draft": frozenset({ADMINISTRATOR, DESIGNER, SUPERVISOR}),
    "definitions.deploy": frozenset({ADMINISTRATOR, DESIGNER}),
    "instances.read": EVERYONE,
    "instances.start": EVERYONE,
    "instances.operate": frozenset({ADMINISTRATOR, SUPERVISOR}),
    "messages.send": EVERYONE | {INTEGRATION},
    "external_tasks.work": frozenset({ADMINISTRATOR, INTEGRATION}),
    "signals.send": frozenset({ADMINISTRATOR, SUPERVISOR, DESIGNER}),
}


def may(context: Context, permission: str) -> bool:
    """Whether the actor's roles allow it; the system itself may do everything."""
    return context.actor.is_system or not POLICY[permission].isdisjoint(context.actor.roles)


def require(context: Context, permission: str) -> None:
    if not may(context, permission):
        raise PermissionDenied()


def use_case(
    permission: str,
) -> Callable[[Callable[Concatenate[Context, P], R]], Callable[Concatenate[Context, P], R]]:
    """Marks a public use case and guards it; the architecture test finds the ones that forgot."""
    if permission not in POLICY:
        raise KeyError(permission)

    def decorate(function: Callable[Concatenate[Context, P], R]) -> Callable[Concatenate[Context, P], R]:
        @wraps(function)
        def guarded(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(context, permission)
            with acting(context):
                return function(context, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def permission_of(function: Callable[..., Any]) -> str | None:
    return getattr(function, "permission", None)
