"""The operations a diagram may call, one module a subject; importing this package registers them all."""

from processes.operations.registry import REGISTRY

__all__ = ["REGISTRY"]

from processes.operations import approval, deal, interest, lead, letters, presentation  # noqa: F401 - registration
