"""Every background task of the product: a worker that imports this can do them all."""

from processes import imports, migrations

__all__ = ["imports", "migrations"]
