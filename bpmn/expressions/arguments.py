"""What functions of the language take: arguments brought to the kind they need, or refused."""

from decimal import Decimal
from typing import Any

from bpmn.expressions.errors import Problem
from bpmn.expressions.values import (
    MAXIMUM_ITEMS,
    MAXIMUM_SIGNS,
    as_number,
    shown,
)
from kernel.i18n import N_


def unfit(name: str, value: Any) -> Problem:
    return Problem(N_("“%(expression)s”: %(function)s cannot work with %(value)s."), function=name, value=shown(value))


def text_of(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise unfit(name, value)
    return value


def list_of(name: str, value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise unfit(name, value)
    if len(value) > MAXIMUM_ITEMS:
        raise Problem(N_("“%(expression)s”: the list is too long."))
    return list(value)


def number_of(name: str, value: Any) -> Any:
    number = as_number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        raise unfit(name, value)
    return number


def integer_of(name: str, value: Any) -> int:
    number = number_of(name, value)
    if number != int(number):
        raise unfit(name, value)
    return int(number)


def values_of(name: str, arguments: tuple[Any, ...]) -> list[Any]:
    """Functions over several values take them one by one or as one list; nothing is left out."""
    values = (
        list_of(name, arguments[0]) if len(arguments) == 1 and not isinstance(arguments[0], str) else list(arguments)
    )
    return [value for value in values if value is not None]


def bounded(text: str) -> str:
    if len(text) > MAXIMUM_SIGNS:
        raise Problem(N_("“%(expression)s”: the text becomes too long."))
    return text


def bounded_list(items: list[Any]) -> list[Any]:
    if len(items) > MAXIMUM_ITEMS:
        raise Problem(N_("“%(expression)s”: the list becomes too long."))
    return items
