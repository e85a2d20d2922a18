"""What can go wrong while a process runs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from kernel.errors import AppError, Conflict, Message, NotFound, text_of
from kernel.i18n import N_


class BpmnError(Exception):
    """A business outcome: caught by an error boundary event or event sub-process with this code (or without one)."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        self.code = code
        self.message = message
        self.variables = dict(variables or {})
        super().__init__(f"{code}: {message}" if message else code)


class Readable(Protocol):
    """What can say itself in a language, such as an error of an expression."""

    def in_language(self, language: str) -> str: ...


class ProcessError(AppError):
    """A step could not be done and was undone whole; says at which element and why."""

    default_code = "process_error"
    default_message = N_("The process could not go on at “%(element)s”: %(reason)s Nothing was changed.")

    def __init__(
        self,
        element_id: str,
        element: str | Callable[[str], str],
        reason: str | Message | Readable,
        *,
        code: str | None = None,
    ) -> None:
        """`element` is its name, or what gives its name in a language."""
        self.element_id = element_id
        self.why = reason
        self.reason = self._reason_in("en")
        super().__init__(
            code,
            params={"element": element, "reason": self._reason_in},
            details={"element_id": element_id, "reason": self.reason},
        )

    def _reason_in(self, language: str) -> str:
        if isinstance(self.why, str | Message):
            return text_of(self.why, language)
        return self.why.in_language(language)


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


class WorkersEnded(AppError):
    """A job is given up because nobody lives through it."""

    default_code = "workers_ended"
    default_message = N_(
        "Each worker that began this was ended in the middle of it: by too little memory, or by a fault."
    )


class RewindRefused(Conflict):
    """Where an instance stood at that time cannot be found, or it may not stand there again."""

    default_code = "rewind_refused"

    def __init__(self, message: str, **params: str) -> None:
        super().__init__(message=message, params=params)


class MigrationRefused(Conflict):
    """`misfits` say at which elements an instance cannot go on in the new version, and why."""

    default_code = "migration_refused"
    default_message = N_("This process cannot go on in the new version from where it stands.")

    def __init__(self, misfits: Sequence[Any]) -> None:
        self.misfits = tuple(misfits)
        super().__init__()
