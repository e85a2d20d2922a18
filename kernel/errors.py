"""Errors a person can act on: a stable code, a translatable message, and details for the client."""

from collections.abc import Mapping
from typing import Any

from kernel.i18n import N_, translate


class AppError(Exception):
    """Base of every expected error.

    `message` is an English template marked with `N_`, filled from `params` after translation.
    `details` is JSON for the client (`fields`, `findings`, `task`, …).
    """

    default_code = "error"
    default_message = N_("Something went wrong.")

    def __init__(
        self,
        code: str | None = None,
        message: str | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.code = code or self.default_code
        self.message = message or self.default_message
        self.params = dict(params or {})
        self.details = dict(details or {})
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        """The message for a person who reads `language` (ru or en)."""
        return translate(self.message, language, **self.params)


class NotFound(AppError):
    default_code = "not_found"
    default_message = N_("There is no such record, or you may not see it.")


class PermissionDenied(AppError):
    default_code = "permission_denied"
    default_message = N_("Your role does not allow this.")


class Conflict(AppError):
    default_code = "conflict"
    default_message = N_("The record has changed in the meantime. Reload and try again.")


class ValidationFailed(AppError):
    """Bad input: `fields` maps a dotted path in the input to messages (English templates or `Message`)."""

    default_code = "validation_failed"
    default_message = N_("Some fields need your attention.")

    def __init__(
        self,
        fields: "Mapping[str, list[str | Message]] | None" = None,
        code: str | None = None,
        message: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.fields = {path: list(messages) for path, messages in (fields or {}).items()}
        super().__init__(code, message, **kwargs)

    def fields_in(self, language: str) -> dict[str, list[str]]:
        return {path: [text_of(m, language) for m in messages] for path, messages in self.fields.items()}

    def prefixed(self, prefix: str) -> "ValidationFailed":
        """The same error with every field path moved under `prefix`."""
        moved = {f"{prefix}.{path}": messages for path, messages in self.fields.items()}
        return ValidationFailed(moved, self.code, self.message, params=self.params, details=self.details)


class TooManyRequests(AppError):
    """429; `retry_after` in seconds, for the header of that name."""

    default_code = "too_many_requests"
    default_message = N_("Too many requests. Wait a minute and try again.")

    def __init__(self, retry_after: int) -> None:
        super().__init__(details={"retry_after": retry_after})
        self.retry_after = retry_after


class Message:
    """A translatable template with its values, for places where a bare string cannot carry them."""

    def __init__(self, template: str, **params: Any) -> None:
        self.template = template
        self.params = params

    def __repr__(self) -> str:
        return f"Message({text_of(self, 'en')!r})"


def text_of(message: str | Message, language: str) -> str:
    if isinstance(message, Message):
        return translate(message.template, language, **message.params)
    return translate(message, language)
