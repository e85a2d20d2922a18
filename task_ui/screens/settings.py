"""Settings: one's own profile, password and tokens; users, teams, business lines and products for administrators."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, g, request

from crm_model import auth, business_lines, products, stages, substitutions, teams, users, working_calendars
from kernel.i18n import LANGUAGES, N_
from kernel.paging import Page
from kernel.permissions import may
from task_ui import forms, language
from task_ui.forms import Input
from task_ui.web import View, _, act, attempt, back, ctx, form_answer, go, only_for, page, paging

blueprint = Blueprint("settings", __name__, url_prefix="/settings")

YEAR = 365 * 24 * 3600
ZONES = tuple((zone, zone) for zone in sorted(available_timezones()) if zone.startswith(("Europe/", "Asia/", "UTC")))
PROFILE = (
    Input("name", N_("First and last name"), required=True, wide=True),
    Input("email", N_("E-mail"), "email"),
    Input("phone", N_("Phone"), "tel"),
    Input("language", N_("Language"), "select", options=(("ru", "Русский"), ("en", "English"))),
    Input("time_zone", N_("Time zone"), "select", required=True, options=ZONES),
)
PASSWORD = (
    Input("current", N_("Present password"), "password", required=True, autocomplete="current-password", wide=True),
    Input(
        "new",
        N_("New password"),
        "password",
        required=True,
        autocomplete="new-password",
        wide=True,
        hint=N_("At least 8 characters."),
    ),
)
USER = (
    Input("name", N_("First and last name"), required=True),
    Input("username", N_("User name"), required=True),
    Input("email", N_("E-mail"), "email"),
    Input("phone", N_("Phone"), "tel"),
    Input("team_id", N_("Team"), "team"),
    Input("password", N_("Password"), "password", autocomplete="new-password", hint=N_("Empty: stays as it is.")),
    Input("roles", N_("Roles"), "roles", group="role", wide=True),
    Input("active", N_("May sign in"), "boolean", wide=True),
)
OF_WHOM = (Input("user_id", N_("Who is away"), "user", wide=True),)
ABSENCE = (
    Input("substitute_id", N_("Who stands in"), "user", required=True, wide=True),
    Input("begins", N_("First day"), "date", required=True),
    Input("ends", N_("Last day"), "date", required=True),
)
TEAM = (
    Input("name", N_("Name"), required=True, wide=True),
    Input("head_id", N_("Head"), "user", wide=True),
    Input("calendar_id", N_("Working calendar"), "calendar", wide=True, hint=N_("Empty: the default one.")),
)
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
CALENDAR = (
    Input("name", N_("Name"), required=True, wide=True),
    Input("time_zone", N_("Time zone"), "select", required=True, options=ZONES, wide=True),
    Input("begins", N_("Work begins"), required=True, hint=N_("For example 09:00.")),
    Input("ends", N_("Work ends"), required=True, hint=N_("For example 18:00.")),
    Input("weekdays", N_("Working days"), "multiselect", wide=True),
    Input("national", N_("Russian public holidays are free"), "boolean", wide=True),
    Input("days_off", N_("Other free days"), "lines", wide=True, hint=N_("One a line: 2027-01-11.")),
    Input(
        "days_on", N_("Days worked though they would be free"), "lines", wide=True, hint=N_("One a line: 2027-01-11.")
    ),
    Input("is_default", N_("For everybody who has no other"), "boolean", wide=True),
)
WORKED = ["0", "1", "2", "3", "4"]
PRODUCT = (
    Input("name", N_("Name"), required=True, wide=True),
    Input("sku", N_("Code")),
    Input("price", N_("Price"), "money"),
    Input("description", N_("Description"), "text", wide=True),
    Input("active", N_("Is sold"), "boolean", wide=True),
)


@blueprint.route("/profile", methods=["GET", "POST"])
def profile() -> View:
    user = users.get_profile(ctx())
    values = forms.filled(user, PROFILE)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(PROFILE, request.form)
        saved, errors = attempt(lambda: users.update_profile(ctx(), values))
        if saved:
            answer = go("/settings/profile", _("Saved."))
            if saved.language:
                answer.set_cookie(language.COOKIE, saved.language, max_age=YEAR, samesite="Lax")
            return answer
    return _profile(values, errors, {})


def _profile(
    values: dict[str, Any], errors: dict[str, list[str]], wrong: dict[str, list[str]], token: str | None = None
) -> View:
    answer = page(
        "settings/profile.html", inputs=PROFILE, values=values, errors=errors, password_inputs=PASSWORD, password_errors=wrong,
        tokens=auth.list_tokens(ctx(), Page(50)), new_token=token,
    )  # fmt: skip
    return (answer, 422) if errors or wrong else answer


def _days_as_moments(values: dict[str, Any]) -> dict[str, Any]:
    """From the first day's beginning to the last day's end, where the person lives."""
    zone = ZoneInfo(ctx().actor.time_zone)
    found: dict[str, Any] = {"substitute_id": values["substitute_id"], "user_id": values.get("user_id")}
    for name, later in (("begins", 0), ("ends", 1)):
        try:
            day = date.fromisoformat(values[name] or "")
        except ValueError:
            found[name] = values[name]
        else:
            found[name] = datetime.combine(day + timedelta(days=later), time(), zone)
    return found


@blueprint.route("/substitutions", methods=["GET", "POST"])
def absence() -> View:
    """Who stands in for whom, and when: one's own, or everybody's for the administrator."""
    context = ctx()
    inputs = (*OF_WHOM, *ABSENCE) if may(context, "users.manage") else ABSENCE
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(inputs, request.form)
        saved, errors = attempt(lambda: substitutions.create_substitution(context, _days_as_moments(values)))
        if saved:
            return go("/settings/substitutions", _("Saved."))
    rows = substitutions.list_substitutions(context, paging(), over=True)
    return form_answer(
        page("settings/substitutions.html", inputs=inputs, values=values, errors=errors, rows=rows), errors
    )


@blueprint.post("/substitutions/<int:substitution_id>/end")
def end_absence(substitution_id: int) -> View:
    return act(
        "/settings/substitutions",
        lambda: substitutions.end_substitution(ctx(), substitution_id),
        _("The substitution has ended; the work is its owner's again."),
    )


@blueprint.post("/password")
def password() -> View:
    values = {name: request.form.get(name, "") for name in ("current", "new")}
    keep = getattr(g, "session_id", None)
    _done, wrong = attempt(lambda: auth.change_password(ctx(), **values, keep=keep))
    if wrong:
        return _profile(forms.filled(users.get_profile(ctx()), PROFILE), {}, wrong)
    return go("/settings/profile", _("The password is changed. Other devices are signed out."))


@blueprint.post("/tokens")
def new_token() -> View:
    days = request.form.get("days", 90, type=int)
    token, _ends = auth.issue_token(ctx(), name=request.form.get("name", ""), lasts=timedelta(days=days))
    return _profile(forms.filled(users.get_profile(ctx()), PROFILE), {}, {}, token)


@blueprint.post("/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> View:
    auth.revoke_token(ctx(), token_id)
    return go("/settings/profile", _("The token no longer works."))


@blueprint.post("/language")
def choose_language() -> View:
    chosen = request.form.get("language", "")
    answer = go(back("/"))
    if chosen in LANGUAGES:
        users.update_profile(ctx(), {"language": chosen})
        answer.set_cookie(language.COOKIE, chosen, max_age=YEAR, samesite="Lax")
    return answer


@blueprint.post("/theme")
def choose_theme() -> View:
    chosen = request.form.get("theme", "")
    answer = go(back("/"))
    if chosen in language.THEMES:
        answer.set_cookie(language.THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax")
    return answer


@blueprint.get("/users")
def list_users() -> View:
    return page("settings/users.html", users=users.list_user_records(ctx(), paging(), q=request.args.get("q") or None))


@blueprint.get("/teams")
@only_for(teams.create_team)
def list_teams() -> View:
    return page(
        "settings/names.html",
        rows=teams.list_teams(ctx(), paging(), q=request.args.get("q") or None),
        kind="teams",
        title=_("Teams"),
        add=_("New team"),
    )


@blueprint.get("/calendars")
@only_for(working_calendars.create_working_calendar)
def list_calendars() -> View:
    found = working_calendars.list_working_calendars(ctx(), paging(), q=request.args.get("q") or None)
    return page("settings/calendars.html", rows=found, weekdays=[_(day)[:2] for day in WEEKDAYS])


@blueprint.route("/calendars/new", methods=["GET", "POST"])
@only_for(working_calendars.create_working_calendar)
def new_calendar() -> View:
    values = {"time_zone": "Europe/Moscow", "begins": "09:00", "ends": "18:00", "weekdays": WORKED, "national": True}
    return _form(
        _calendar_inputs(),
        _("New calendar"),
        "/settings/calendars",
        values,
        lambda v: working_calendars.create_working_calendar(ctx(), forms.given(v)),
    )


@blueprint.route("/calendars/<int:key>", methods=["GET", "POST"])
@only_for(working_calendars.update_working_calendar)
def edit_calendar(key: int) -> View:
    calendar = working_calendars.get_working_calendar(ctx(), key)
    values = forms.filled(calendar, CALENDAR)
    values |= {"weekdays": [str(day) for day in calendar.weekdays]}
    return _form(
        _calendar_inputs(),
        _("Change the calendar"),
        "/settings/calendars",
        values,
        lambda v: working_calendars.update_working_calendar(ctx(), key, v),
    )


def _calendar_inputs() -> tuple[Input, ...]:
    named = tuple((str(number), _(day)) for number, day in enumerate(WEEKDAYS))
    return tuple(replace(field, options=named) if field.name == "weekdays" else field for field in CALENDAR)


@blueprint.get("/business-lines")
@only_for(business_lines.create_business_line)
def list_lines() -> View:
    found = business_lines.list_business_lines(ctx(), paging(), q=request.args.get("q") or None)
    return page(
        "settings/names.html", rows=found, kind="business-lines", title=_("Business lines"), add=_("New business line")
    )


@blueprint.get("/stages")
def list_stages() -> View:
    return page("settings/stages.html", stages=stages.STAGES)


@blueprint.get("/products")
@only_for(products.create_product)
def list_products() -> View:
    return page(
        "settings/products.html", products=products.list_products(ctx(), paging(), q=request.args.get("q") or None)
    )


def _form(
    inputs: tuple[Input, ...], title: str, home: str, values: dict[str, Any], save: Callable[[dict[str, Any]], Any]
) -> View:
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        values = forms.read(inputs, request.form)
        saved, errors = attempt(lambda: save(values))
        if saved:
            return go(home, _("Saved."))
    answer = page("form_page.html", title=title, inputs=inputs, values=values, errors=errors, back=home, context={})
    return (answer, 422) if errors else answer


@blueprint.route("/users/new", methods=["GET", "POST"])
@only_for(users.create_user)
def new_user() -> View:
    return _form(
        USER,
        _("New user"),
        "/settings/users",
        {"active": True, "roles": ["manager"]},
        lambda v: users.create_user(ctx(), forms.given(v)),
    )


@blueprint.route("/users/<int:key>", methods=["GET", "POST"])
@only_for(users.update_user)
def edit_user(key: int) -> View:
    def save(values: dict[str, Any]) -> Any:
        return users.update_user(ctx(), key, {k: v for k, v in values.items() if k != "password" or v})

    return _form(USER, _("Change the user"), "/settings/users", forms.filled(users.get_user(ctx(), key), USER), save)


@blueprint.route("/teams/new", methods=["GET", "POST"])
@only_for(teams.create_team)
def new_team() -> View:
    return _form(TEAM, _("New team"), "/settings/teams", {}, lambda v: teams.create_team(ctx(), forms.given(v)))


@blueprint.route("/teams/<int:key>", methods=["GET", "POST"])
@only_for(teams.update_team)
def edit_team(key: int) -> View:
    values = forms.filled(teams.get_team(ctx(), key), TEAM)
    return _form(TEAM, _("Change the team"), "/settings/teams", values, lambda v: teams.update_team(ctx(), key, v))


@blueprint.route("/business-lines/new", methods=["GET", "POST"])
@only_for(business_lines.create_business_line)
def new_line() -> View:
    return _form(
        TEAM,
        _("New business line"),
        "/settings/business-lines",
        {},
        lambda v: business_lines.create_business_line(ctx(), forms.given(v)),
    )


@blueprint.route("/business-lines/<int:key>", methods=["GET", "POST"])
@only_for(business_lines.update_business_line)
def edit_line(key: int) -> View:
    values = forms.filled(business_lines.get_business_line(ctx(), key), TEAM)
    return _form(
        TEAM,
        _("Change the business line"),
        "/settings/business-lines",
        values,
        lambda v: business_lines.update_business_line(ctx(), key, v),
    )


@blueprint.route("/products/new", methods=["GET", "POST"])
@only_for(products.create_product)
def new_product() -> View:
    return _form(
        PRODUCT,
        _("New product"),
        "/settings/products",
        {"active": True},
        lambda v: products.create_product(ctx(), forms.given(v)),
    )


@blueprint.route("/products/<int:key>", methods=["GET", "POST"])
@only_for(products.update_product)
def edit_product(key: int) -> View:
    values = forms.filled(products.get_product(ctx(), key), PRODUCT)
    return _form(
        PRODUCT, _("Change the product"), "/settings/products", values, lambda v: products.update_product(ctx(), key, v)
    )
