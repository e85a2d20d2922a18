"""The knowledge base: presentations, scripts and cases to work with."""

from io import BytesIO
from typing import Any

from flask import Blueprint, request, send_file

from crm_model import articles
from kernel.i18n import N_
from task_ui import forms
from task_ui.forms import Input
from task_ui.web import View, _, attempt, ctx, go, only_for, page, paging

blueprint = Blueprint("knowledge", __name__, url_prefix="/knowledge")

INPUTS = (
    Input("title", N_("Title"), required=True, wide=True),
    Input("kind", N_("Kind"), "select", required=True, group="article_kind"),
    Input("tags", N_("Tags"), "lines", hint=N_("One per line.")),
    Input("product_ids", N_("Products"), "products", wide=True),
    Input("summary", N_("In short"), "text", wide=True),
    Input("body", N_("Text"), "text", wide=True),
)


@blueprint.get("")
def index() -> View:
    found = articles.list_articles(
        ctx(), paging(), q=request.args.get("q") or None, kind=request.args.get("kind") or None
    )
    return page("library/articles.html", articles=found)


@blueprint.get("/<int:article_id>")
def card(article_id: int) -> View:
    return page("library/article.html", article=articles.get_article(ctx(), article_id))


@blueprint.get("/<int:article_id>/file")
def download(article_id: int) -> View:
    found = articles.get_file(ctx(), article_id)
    return send_file(
        BytesIO(found.content), mimetype="application/octet-stream", as_attachment=True, download_name=found.name
    )


@blueprint.post("/<int:article_id>/file")
def upload(article_id: int) -> View:
    file = request.files.get("file")
    if file and file.filename:
        articles.set_file(ctx(), article_id, file_name=file.filename, content=file.read(), content_type=file.mimetype)
    return go(f"/knowledge/{article_id}", _("Uploaded."))


@blueprint.route("/new", methods=["GET", "POST"])
@only_for(articles.create_article)
def new() -> View:
    values: dict[str, Any] = {"kind": "presentation"}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        made, errors = attempt(lambda: articles.create_article(ctx(), forms.given(values)))
        if made:
            return go(f"/knowledge/{made.id}", _("Saved."))
    answer = page(
        "form_page.html",
        title=_("New article"),
        inputs=INPUTS,
        values=values,
        errors=errors,
        cancel="/knowledge",
        context={},
    )
    return (answer, 422) if errors else answer


@blueprint.route("/<int:article_id>/edit", methods=["GET", "POST"])
@only_for(articles.update_article)
def edit(article_id: int) -> View:
    article = articles.get_article(ctx(), article_id)
    values = {**forms.filled(article, INPUTS), "product_ids": [product.id for product in article.products]}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(INPUTS, request.form)
        saved, errors = attempt(lambda: articles.update_article(ctx(), article_id, values))
        if saved:
            return go(f"/knowledge/{article_id}", _("Saved."))
    answer = page(
        "form_page.html",
        title=_("Change the article"),
        inputs=INPUTS,
        values=values,
        errors=errors,
        back=f"/knowledge/{article_id}",
        context={},
    )
    return (answer, 422) if errors else answer


@blueprint.post("/<int:article_id>/delete")
def delete(article_id: int) -> View:
    articles.delete_article(ctx(), article_id)
    return go("/knowledge", _("Deleted."))
