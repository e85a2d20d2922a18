"""Every background task of the product: a worker that imports this can do them all."""

from processes import imports

__all__ = ["imports"]
