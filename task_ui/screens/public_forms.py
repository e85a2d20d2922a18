"""Web forms as visitors see them: a light page of their own that other sites may show in a frame or post to."""

from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
)

from crm_model import web_form_entries
from crm_model.web_form_fields import CONSENT
from crm_model.web_forms import WebForm
from kernel.context import SYSTEM, Context
from kernel.errors import TooManyRequests, ValidationFailed
from kernel.i18n import LANGUAGES
from processes import web_form_confirmation
from processes import web_forms as filling
from task_ui import assets, safety
from task_ui.web import View

blueprint = Blueprint("public_forms", __name__, url_prefix="/f")

LARGEST_POST = 1024 * 1024
MARKS = ("page", "referrer", *web_form_entries.UTM)
"""What the page that shows the form says of where the visitor came from."""


@blueprint.get("/<key>")
def show(key: str) -> View:
    form = filling.show(_visitor(), key)
    marks = {"page": request.referrer or "", **{name: request.args[name] for name in MARKS if name in request.args}}
    return _page(form, values={}, errors={}, marks=marks)


@blueprint.get("/<key>.js")
def script(key: str) -> Response:
    """Puts the form into the page that loads this: the same for every form, which it knows by its own address."""
    filling.show(_visitor(), key)
    answer = send_from_directory(
        assets.FOLDER, assets.url("embed-form.js").rsplit("/", 1)[-1], mimetype="text/javascript"
    )
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@blueprint.get("/<key>/thanks")
def thanks(key: str) -> View:
    form = filling.show(_visitor(), key)
    return _shown(form, "public/thanks.html", thanks=form.text("thanks", _language(form)))


@blueprint.route("/<key>/confirm/<token>", methods=["GET", "POST"])
def confirm(key: str, token: str) -> View:
    """Where the letter's link leads: a button, because programs that look letters over follow every link."""
    entry = web_form_confirmation.find(_visitor(), token)
    if request.method == "POST":
        web_form_confirmation.confirm(_visitor(), token, address=request.remote_addr)
    return _shown(entry.form, "public/confirm.html", language=entry.language, entry=entry)


@blueprint.post("/<key>")
def fill(key: str) -> View:
    """Takes a post of this page or of a plain form on another one."""
    request.max_content_length = LARGEST_POST
    form = filling.show(_visitor(), key)
    given: dict[str, Any] = {name: value for name, value in request.form.items() if value != ""}
    values: dict[str, Any] = {**given, **({CONSENT: True} if CONSENT in given else {})}
    origin = web_form_entries.origin(values, address=request.remote_addr, referrer=request.referrer)
    marks = {name: given[name] for name in MARKS if name in given}
    try:
        with current_app.extensions["database"].transaction() as session:
            filling.admit(Context(session, SYSTEM), key, request.remote_addr)
        filling.receive(_visitor(), key, values, origin)
    except ValidationFailed as error:
        return _page(form, values=given, errors=error.fields_in(_language(form)), marks=marks)
    except TooManyRequests as error:
        answer = _page(form, values=given, errors={"": [error.in_language(_language(form))]}, marks=marks)
        answer.status_code, answer.headers["Retry-After"] = 429, str(error.retry_after)
        return answer
    return redirect(form.redirect_url or f"/f/{key}/thanks?language={_language(form)}", 303)


def _visitor() -> Context:
    return Context(g.session, SYSTEM)


def _language(form: WebForm) -> str:
    """The one asked for, else the form's own."""
    asked = request.values.get("language")
    return asked if asked in LANGUAGES else form.language


def _page(form: WebForm, *, values: dict[str, Any], errors: dict[str, list[str]], marks: dict[str, str]) -> Response:
    answer = _shown(form, "public/form.html", values=values, errors=errors, marks=marks)
    answer.status_code = 422 if errors else 200
    return answer


def _shown(form: WebForm, template: str, *, language: str | None = None, **values: Any) -> Response:
    g.language = language or _language(form)
    answer = make_response(render_template(template, form=form, trap=filling.TRAP, **values))
    answer.headers["Content-Security-Policy"] = policy(form)
    answer.headers["Referrer-Policy"] = "no-referrer-when-downgrade"
    return answer


def policy(form: WebForm) -> str:
    """Any site may frame these pages; a browser that follows a form's answer to another site asks for leave too."""
    target = urlsplit(form.redirect_url or "")
    sends = f"form-action 'self' {target.scheme}://{target.netloc}" if target.netloc else "form-action 'self'"
    framed = safety.POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    return framed.replace("form-action 'self'", sends)
