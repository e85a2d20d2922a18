"""The form of an element as its version has it, read once in each process of ours."""

from functools import lru_cache

from bpmn.model import Node
from engine.definitions import CACHE_SIZE, Definition
from processes.forms import FormDefinition, read_form


def form_of(definition: Definition, node: Node | None) -> FormDefinition | None:
    """None where the element names no form, or one that was never uploaded."""
    key = node.extension.form if node is not None else None
    return _read(definition, key) if key is not None and key in definition.forms else None


@lru_cache(maxsize=CACHE_SIZE)
def _read(definition: Definition, key: str) -> FormDefinition:
    return read_form(definition.forms[key])
