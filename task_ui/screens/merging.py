"""Duplicates: the pairs that a search has found, two records side by side, merging them and taking that back."""

from typing import Any

from flask import Blueprint, request

from crm_model.merging.choosing import Choice
from kernel.paging import Page
from processes import duplicate_search, merging
from task_ui import flashes, formatting, pickers, words
from task_ui.forms import Input, read
from task_ui.screens import accounts, contacts, leads
from task_ui.web import View, _, act, attempt, back, ctx, form_answer, go, page, paging

blueprint = Blueprint("merging", __name__)

KINDS = ("contact", "account", "lead")
INPUTS = {"account": accounts.INPUTS, "contact": contacts.INPUTS, "lead": leads.INPUTS}
ADDRESS = "/merge/<any(account, contact, lead):kind>/<int:survivor_id>"


@blueprint.get("/duplicates")
def index() -> View:
    state = "different" if request.args.get("different") else "open"
    kind = request.args.get("type") or _first_kind(state)
    kind = kind if kind in KINDS else KINDS[0]
    return page(
        "merging/duplicates.html",
        kinds=KINDS,
        kind=kind,
        state=state,
        pairs=duplicate_search.list_pairs(ctx(), paging(), kind=kind, state=state),
        search=duplicate_search.last_search(ctx()),
    )


def _first_kind(state: str) -> str:
    """The first kind of records of which there are pairs."""
    found = (kind for kind in KINDS if duplicate_search.list_pairs(ctx(), Page(1), kind=kind, state=state).items)
    return next(found, KINDS[0])


@blueprint.post("/duplicates/search")
def search() -> View:
    return act("/duplicates", lambda: duplicate_search.start_search(ctx()), _("The search has begun."))


@blueprint.post("/duplicates/<int:pair_id>/different")
def different(pair_id: int) -> View:
    said = bool(request.form.get("different"))
    done = _("They will not be offered again.") if said else _("They are offered again.")
    again = f"/duplicates?type={request.form.get('type', KINDS[0])}" + ("" if said else "&different=1")
    return act(again, lambda: duplicate_search.tell_apart(ctx(), pair_id, different=said), done)


@blueprint.get("/merges")
def merges() -> View:
    return page("merging/merges.html", merges=merging.list_merges(ctx(), paging()))


@blueprint.post("/merges/<int:merge_id>/undo")
def undo(merge_id: int) -> View:
    restored, errors = attempt(lambda: merging.undo_merge(ctx(), merge_id))
    if restored is None:
        flashes.tell("error", text=" ".join(text for texts in errors.values() for text in texts))
        return go("/merges")
    kind = merging.get_merge(ctx(), merge_id).kind
    return go(f"/{kind}s/{restored.id}", _("The merge is taken back: %(name)s is there again.", name=restored.name))


@blueprint.route(ADDRESS, methods=["GET", "POST"])
def choose(kind: str, survivor_id: int) -> View:
    """Which other record is the same; then both side by side."""
    inputs = (Input("other", _("The same as"), kind, required=True, wide=True),)
    other = read(inputs, request.form)["other"] if request.method == "POST" else None
    if isinstance(other, int):
        return go(f"/merge/{kind}/{survivor_id}/{other}")
    errors = {"other": [_("Choose a record.")]} if request.method == "POST" else {}
    answer = page(
        "form_page.html", title=_("Merge with another record"), inputs=inputs, values={}, errors=errors,
        back=f"/{kind}s/{survivor_id}", button=_("Compare"), context={},
        crumb=(f"/{kind}s/{survivor_id}", pickers.picked(kind, survivor_id)[0][1]),
    )  # fmt: skip
    return form_answer(answer, errors)


@blueprint.route(f"{ADDRESS}/<int:loser_id>", methods=["GET", "POST"])
def compare(kind: str, survivor_id: int, loser_id: int) -> View:
    errors: dict[str, list[str]] = {}
    chosen = {name.removeprefix("f."): said for name, said in request.form.items() if name.startswith("f.")}
    if request.method == "POST":
        done, errors = attempt(
            lambda: merging.merge(ctx(), kind=kind, survivor_id=survivor_id, loser_id=loser_id, choices=chosen)
        )
        if done:
            return go(back(f"/{kind}s/{survivor_id}"), _("Merged with %(name)s.", name=done.loser_name), link=_merges())
    seen, told = attempt(lambda: merging.compare(ctx(), kind, survivor_id, loser_id))
    survivor, loser, choices = seen or (None, None, [])
    answer = page(
        "merging/compare.html",
        kind=kind,
        survivor=survivor,
        loser=loser,
        rows=_rows(kind, choices, chosen),
        errors=errors or told,
        turned=f"/merge/{kind}/{loser_id}/{survivor_id}",
    )
    return form_answer(answer, errors or told)


def _merges() -> tuple[str, str]:
    return "/merges", _("All merges")


def _rows(kind: str, choices: list[Choice], chosen: dict[str, str]) -> list[dict[str, Any]]:
    """The fields that differ, in the order of the form, as people read them."""
    offered = {choice.name: choice for choice in choices if choice.differs}
    return [
        {
            "choice": offered[field.name],
            "label": field.label,
            "survivor": _shown(field, offered[field.name].survivor),
            "loser": _shown(field, offered[field.name].loser),
            "said": chosen.get(field.name, offered[field.name].default),
        }
        for field in INPUTS[kind]
        if field.name in offered
    ]


def _shown(field: Input, value: Any) -> str:
    if value in (None, "", []):
        return "—"
    if field.type == "boolean":
        return _("yes") if value else _("no")
    if field.type == "select":
        return words.label(field.group, value)
    if field.type in pickers.PICKERS:
        return ", ".join(name for _key, name in pickers.picked(field.type, value))
    if field.type == "date":
        return formatting.day(value)
    if field.type == "money":
        return formatting.money(value)
    return ", ".join(value) if isinstance(value, list) else str(value)
