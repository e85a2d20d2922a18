"""What differs between the forms that came with two versions of a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.tables import FormRow


def compare_forms(session: Session, deployment_id: int, other_id: int) -> list[dict[str, Any]]:
    """Each form that differs as {key, kind, fields}; kind is added, removed or changed, `fields` lists the same of its
    fields: {key, kind}."""
    before, after = _forms(session, deployment_id), _forms(session, other_id)
    found = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            fields = _compared(_fields(old or {}), _fields(new or {}))
            found.append({"key": key, "kind": _kind(old, new), "fields": fields})
    return found


def _forms(session: Session, deployment_id: int) -> dict[str, dict[str, Any]]:
    query = select(FormRow.key, FormRow.content).where(FormRow.deployment_id == deployment_id)
    return dict(session.execute(query).all())


def _fields(form: Mapping[str, Any]) -> dict[str, Any]:
    parts = form.get("components") or []
    return {str(part.get("key") or part.get("id")): part for part in parts if isinstance(part, dict)}


def _compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"key": key, "kind": _kind(before.get(key), after.get(key))}
        for key in dict.fromkeys([*after, *before])
        if before.get(key) != after.get(key)
    ]


def _kind(old: Any, new: Any) -> str:
    return "added" if old is None else "removed" if new is None else "changed"
