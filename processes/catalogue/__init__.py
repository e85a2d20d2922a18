"""The shipped processes: a folder each, with diagram, forms, scenarios and a page about it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import select

from crm_model.scoring import shipped
from engine.tables import DefinitionRow, Deployment
from kernel.context import Context
from processes import designs, shipped_letters, shipped_scenarios

FOLDER = Path(__file__).parent
ORDER = ("document_approval", "corporate_sale", "lead_qualification", "lead_nurturing")
"""What is called, or holds decisions that others take, comes before them."""
NEW_RELEASE = "A new release of the product"
"""Scenarios recorded here must not keep an upgrade from starting."""


def files_of(key: str) -> list[tuple[str, bytes]]:
    """(name, content) of a shipped process, its decisions and its forms."""
    folder = FOLDER / key
    paths = [path for kind in ("*.bpmn", "*.dmn", "forms/*.form") for path in sorted(folder.glob(kind))]
    return [(path.name, path.read_bytes()) for path in paths]


def tag_of(key: str) -> str:
    """Tells one release's files of a process from another's; kept as the comment of their deployment."""
    return hashlib.sha256(b"".join(name.encode() + data for name, data in files_of(key))).hexdigest()[:16]


def deploy_shipped(context: Context) -> list[str]:
    """Publishes what is new or has changed since it was last deployed, after the score card they count by; the keys of
    those."""
    shipped.make_default_card(context)
    deployed = []
    for key in ORDER:
        tag = tag_of(key)
        known = select(Deployment.id).join(DefinitionRow, DefinitionRow.deployment_id == Deployment.id)
        if context.session.scalar(known.where(DefinitionRow.key == key, Deployment.comment == tag).limit(1)) is None:
            shipped_scenarios.remove(context, key)
            designs.upload(context, files_of(key), publish=True, comment=tag, despite=NEW_RELEASE)
            deployed.append(key)
    for key in ORDER:
        shipped_scenarios.install(context, key)
    shipped_letters.make_all(context)
    return deployed
