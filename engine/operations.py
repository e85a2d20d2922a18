"""Operations: what a service task may call. The signature is the schema, the listing and the lint rule in one."""

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kernel.errors import ValidationFailed
from kernel.i18n import N_

WRONG_TYPE = N_("This value has the wrong type.")
MISSING = N_("A value is needed here.")
TYPE_NAMES = {
    int: "integer", str: "string", bool: "boolean", float: "number", Decimal: "money", datetime: "datetime",
    date: "date", list: "list", dict: "object",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    name: str
    type: type
    required: bool
    default: Any = None

    @property
    def type_name(self) -> str:
        return TYPE_NAMES.get(self.type, "any")


@dataclass(frozen=True, slots=True)
class Operation:
    """A named, typed function of (step, **parameters) → variables or None; `gives` are the variables it sets."""

    name: str
    title: str
    function: Callable[..., Mapping[str, Any] | None]
    parameters: tuple[ParameterSpec, ...]
    asynchronous: bool = False
    gives: tuple[str, ...] = ()

    def call(self, step: Any, values: Mapping[str, Any]) -> dict[str, Any]:
        """Calls it with checked values; ValidationFailed names the parameter that does not fit."""
        known = {spec.name: spec for spec in self.parameters}
        arguments: dict[str, Any] = {}
        for name, spec in known.items():
            value = values.get(name)
            if value is None:
                if spec.required:
                    raise ValidationFailed({name: [MISSING]})
                arguments[name] = spec.default
            else:
                arguments[name] = _convert(spec, value)
        return dict(self.function(step, **arguments) or {})


def _convert(spec: ParameterSpec, value: Any) -> Any:
    try:
        if spec.type is datetime and isinstance(value, str):
            return datetime.fromisoformat(value)
        if spec.type is date and isinstance(value, str):
            return date.fromisoformat(value)
        if spec.type is Decimal and not isinstance(value, bool):
            return Decimal(str(value))
        if spec.type is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
    except (ValueError, ArithmeticError) as error:
        raise ValidationFailed({spec.name: [WRONG_TYPE]}) from error
    if (spec.type is not Any and not isinstance(value, spec.type)) or (spec.type is int and isinstance(value, bool)):
        raise ValidationFailed({spec.name: [WRONG_TYPE]})
    return value


class Registry:
    """The operations of a product; filled when their modules are imported."""

    def __init__(self) -> None:
        self._operations: dict[str, Operation] = {}

    def operation(
        self, name: str, *, title: str, asynchronous: bool = False, gives: tuple[str, ...] = ()
    ) -> Callable[[Callable[..., Mapping[str, Any] | None]], Callable[..., Mapping[str, Any] | None]]:
        def register(function: Callable[..., Mapping[str, Any] | None]) -> Callable[..., Mapping[str, Any] | None]:
            if name in self._operations:
                raise ValueError(f"operation {name} is registered twice")
            self._operations[name] = Operation(name, title, function, _parameters(function), asynchronous, gives)
            return function

        return register

    def get(self, name: str) -> Operation | None:
        return self._operations.get(name)

    def all(self) -> list[Operation]:
        return [self._operations[name] for name in sorted(self._operations)]


def _parameters(function: Callable[..., Any]) -> tuple[ParameterSpec, ...]:
    hints = typing.get_type_hints(function)
    specs = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        required = parameter.default is inspect.Parameter.empty
        specs.append(
            ParameterSpec(
                parameter.name,
                _plain(hints.get(parameter.name, Any)),
                required,
                None if required else parameter.default,
            )
        )
    return tuple(specs)


def _plain(hint: Any) -> Any:
    """`int | None` → int, `list[int]` → list."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        choices = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        return _plain(choices[0]) if len(choices) == 1 else Any
    return origin or hint
