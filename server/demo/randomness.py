"""Chance that falls the same way every time: each part of the demo draws from a stream of its own."""

from random import Random


def stream(*name: object) -> Random:
    """A stream by name, so that a change in one part of the demo leaves the others as they were."""
    return Random(":".join(["procession", *map(str, name)]))
