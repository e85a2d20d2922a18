"""Every table of the product, found by importing every module that may define one."""

import importlib
import pkgutil

from sqlalchemy import MetaData

from kernel.db import Base

PACKAGES = ("kernel", "crm_model", "engine", "processes")


def all_tables() -> MetaData:
    """The metadata with every table in it."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)
    return Base.metadata
