"""Demo data: a sales department whose half year of work was played through its processes."""

from server.demo.loading import Loaded, load

__all__ = ["Loaded", "load"]
