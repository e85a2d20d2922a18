"""What can go wrong while a process runs."""

from collections.abc import Mapping
from typing import Any

from kernel.errors import AppError, Conflict, NotFound
from kernel.i18n import N_


class BpmnError(Exception):
    """A business outcome: caught by an error boundary event or event sub-process with this code (or without one)."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.message = message
        self.variables = dict(variables or {})
        super().__init__(f"{code}: {message}" if message else code)


class ProcessError(AppError):
    """A step could not be done and was undone whole; says at which element and why."""

    default_code = "process_error"
    default_message = N_("The process could not go on at “%(element)s”: %(reason)s Nothing was changed.")

    def __init__(self, element_id: str, element: str, reason: str, *, code: str | None = None) -> None:
        self.element_id = element_id
        self.reason = reason
        super().__init__(
            code,
            params={"element": element, "reason": reason},
            details={"element_id": element_id, "reason": reason},
        )


class DefinitionNotFound(NotFound):
    default_code = "definition_not_found"
    default_message = N_("There is no such published process.")


class InstanceNotActive(Conflict):
    default_code = "instance_not_active"
    default_message = N_("The process is no longer running, so this cannot be done.")


class InstanceSuspended(Conflict):
    default_code = "instance_suspended"
    default_message = N_("The process is suspended. Ask a supervisor to resume it, then try again.")


class TaskNotOpen(Conflict):
    default_code = "user_task_not_open"
    default_message = N_("This task is already closed.")


class NothingWaits(NotFound):
    default_code = "nothing_waits"
    default_message = N_("Nothing waits at this element.")
