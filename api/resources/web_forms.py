"""Web forms: for marketing, who makes them, and for visitors of any site, who fill them."""

from typing import Any

from flask import current_app, g, request
from marshmallow import EXCLUDE, INCLUDE, fields, validate

from api.records import blueprint, body_of, change_of, resource
from api.resources.clients import Kept
from api.schemas import NAME, Answer, Anything, Flag, Given, Number, PageArgs, Text, Whole
from crm_model import web_form_entries, web_forms
from kernel.context import SYSTEM, Context
from kernel.i18n import LANGUAGES
from processes import web_forms as filling

bp = blueprint("web-forms", "Forms on the company's site")


def _texts(**kwargs: Any) -> fields.Dict:
    return fields.Dict(keys=Text(), values=Text(), **kwargs)


class WebFormAnswer(Kept):
    key = Text(required=True)
    name = Text(required=True, validate=NAME)
    language = Text(required=True, validate=validate.OneOf(LANGUAGES))
    title = _texts(required=True)
    intro = _texts(required=True)
    button = _texts(required=True)
    consent_text = _texts(required=True)
    consent_version = Whole(required=True)
    thanks = _texts(required=True)
    redirect_url = Text(required=True, allow_none=True)
    fields = fields.List(Anything(), required=True)  # type: ignore[assignment]
    campaign_id = Number(required=True, allow_none=True)
    product_id = Number(required=True, allow_none=True)
    double_opt_in = Flag(required=True)
    active = Flag(required=True)
    posts = Whole(required=True)
    accepted = Whole(required=True)
    refused = Whole(required=True)
    trapped = Whole(required=True)


class WebFormArgs(PageArgs):
    q = Text()
    active = fields.Boolean()


WebFormBody = body_of("WebFormBody", WebFormAnswer, web_forms.FIELDS)
resource(
    bp,
    "/web-forms",
    answer=WebFormAnswer,
    body=WebFormBody,
    args=WebFormArgs,
    list_=web_forms.list_web_forms,
    create=web_forms.create_web_form,
)


@bp.route("/web-forms/<key>", methods=["PATCH"])
@bp.arguments(change_of(WebFormBody), unknown=INCLUDE)
@bp.response(200, WebFormAnswer)
def update_web_form(given: dict[str, Any], key: str) -> Any:
    """Changes a form, named by its key or its number; another consent text is another version of it."""
    return web_forms.update_web_form(g.context, key, given)


class OptionAnswer(Answer):
    code = Text(required=True)
    label = Text(required=True)


class AskedAnswer(Answer):
    key = Text(required=True)
    type = Text(required=True)
    label = Text(required=True)
    required = Flag(required=True)
    options = fields.List(fields.Nested(OptionAnswer), required=True)


class FormToFill(Answer):
    key = Text(required=True)
    language = Text(required=True)
    title = Text(required=True)
    intro = Text(required=True)
    button = Text(required=True)
    consent_version = Whole(required=True)
    trap = Text(required=True)
    asked = fields.List(fields.Nested(AskedAnswer), required=True, data_key="fields")


class LanguageArgs(Given):
    language = Text(validate=validate.OneOf(LANGUAGES))


@bp.route("/web-forms/<key>", methods=["GET"])
@bp.arguments(LanguageArgs, location="query")
@bp.response(200, FormToFill)
def show_web_form(args: dict[str, Any], key: str) -> Any:
    """What a form asks, for pages that draw it themselves; `trap` is a field to hide from people and leave empty."""
    form = filling.show(Context(g.session, SYSTEM), key)
    language = args.get("language", form.language)
    asked = [
        {
            "key": one.key,
            "type": one.type,
            "label": one.label,
            "required": one.required,
            "options": [{"code": code, "label": label} for code, label in one.options],
        }
        for one in form.asked(language)
    ]
    texts = {name: form.text(name, language) for name in ("title", "intro", "button")}
    return {
        "key": form.key, "language": language, "consent_version": form.consent_version, "trap": filling.TRAP,
        "asked": asked, **texts,
    }  # fmt: skip


class FilledForm(Given):
    """The form's own fields, and where the visitor came from; the form says which fields it has."""

    class Meta:
        unknown = EXCLUDE

    name = Anything(metadata={"type": "string"})
    company = Anything(metadata={"type": "string"})
    phone = Anything(metadata={"type": "string"})
    email = Anything(metadata={"type": "string"})
    need = Anything(metadata={"type": "string"})
    request = Anything(metadata={"type": "string"})
    consent = Anything(metadata={"type": "boolean"})
    website = Anything(metadata={"type": "string", "description": "The trap: leave it empty"})
    page = Anything(metadata={"type": "string", "description": "The address of the page"})
    referrer = Anything(metadata={"type": "string"})
    utm_source = Anything(metadata={"type": "string"})
    utm_medium = Anything(metadata={"type": "string"})
    utm_campaign = Anything(metadata={"type": "string"})
    utm_content = Anything(metadata={"type": "string"})
    utm_term = Anything(metadata={"type": "string"})
    language = Anything(metadata={"type": "string"})


class ThanksAnswer(Answer):
    message = Text(required=True)
    redirect_url = Text(required=True, allow_none=True)


@bp.route("/web-forms/<key>", methods=["POST"])
@bp.arguments(FilledForm, unknown=INCLUDE)
@bp.response(202, ThanksAnswer)
def fill_web_form(given: dict[str, Any], key: str) -> Any:
    """Takes what a visitor filled in; the lead's qualification begins at once. At most 30 posts a minute and address."""
    with current_app.extensions["database"].transaction() as session:
        filling.admit(Context(session, SYSTEM), key, request.remote_addr)
    origin = web_form_entries.origin(given, address=request.remote_addr, referrer=request.referrer)
    form = filling.receive(Context(g.session, SYSTEM), key, given, origin)
    return {"message": form.text("thanks", origin.language or form.language), "redirect_url": form.redirect_url}
