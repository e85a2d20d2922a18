"""Every background task of the product: a worker that imports this can do them all."""

from processes import (
    duplicate_search,
    imports,
    letter_reactions,
    mailings,
    migrations,
    personal_data,
    ripening,
    scoring,
)

__all__ = [
    "duplicate_search",
    "imports",
    "letter_reactions",
    "mailings",
    "migrations",
    "personal_data",
    "ripening",
    "scoring",
]
