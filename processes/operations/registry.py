"""The registry that every operation module fills."""

from engine.operations import Registry

REGISTRY = Registry()
operation = REGISTRY.operation
