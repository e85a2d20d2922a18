"""The company itself: people, teams, business lines, products."""

from typing import Any

from flask import g
from marshmallow import fields, validate

from api.records import blueprint, body_of, change_of, resource
from api.resources.clients import Kept
from api.schemas import (
    NAME,
    Answer,
    Body,
    Flag,
    IdArg,
    Money,
    Number,
    PageArgs,
    PersonRef,
    Text,
    Time,
    Whole,
    list_of,
    page_of,
    path,
    shown,
)
from crm_model import business_lines, products, substitutions, teams, users, working_calendars
from kernel.context import ROLES
from kernel.i18n import LANGUAGES

products_blueprint = blueprint("products", "What is sold")
lines_blueprint = blueprint("business-lines", "Business lines with their heads")
teams_blueprint = blueprint("teams", "Teams with their heads")
users_blueprint = blueprint("users", "People who work with Procession")
calendars_blueprint = blueprint("working-calendars", "Working days and hours")
absences_blueprint = blueprint("substitutions", "Who stands in for whom while they are away")


class ProductAnswer(Kept):
    name = Text(required=True, validate=NAME)
    sku = Text(required=True, allow_none=True, validate=validate.Length(min=1, max=100))
    description = Text(required=True, allow_none=True)
    price = Money(required=True, allow_none=True)
    currency = Text(required=True)
    active = Flag(required=True)


class ProductArgs(PageArgs):
    q = Text()
    active = fields.Boolean()


resource(
    products_blueprint,
    "/products",
    answer=ProductAnswer,
    body=body_of("ProductBody", ProductAnswer, products.FIELDS),
    args=ProductArgs,
    list_=products.list_products,
    get=products.get_product,
    create=products.create_product,
    update=products.update_product,
    delete=products.delete_product,
)


class HeadedAnswer(Answer):
    id = Number(required=True)
    name = Text(required=True, validate=NAME)
    head_id = Number(required=True, allow_none=True)
    calendar_id = Number(required=True, allow_none=True)


class WorkingCalendarAnswer(Kept):
    name = Text(required=True, validate=NAME)
    time_zone = Text(required=True)
    weekdays = fields.List(Whole(), required=True)
    begins = Text(required=True)
    ends = Text(required=True)
    national = Flag(required=True)
    days_off = fields.List(Text(), required=True)
    days_on = fields.List(Text(), required=True)
    is_default = Flag(required=True)


class BusinessLineAnswer(HeadedAnswer):
    pass


class TeamAnswer(HeadedAnswer):
    pass


class NamedArgs(PageArgs):
    q = Text()


resource(
    lines_blueprint,
    "/business-lines",
    answer=BusinessLineAnswer,
    body=body_of("BusinessLineBody", BusinessLineAnswer, business_lines.FIELDS),
    args=NamedArgs,
    list_=business_lines.list_business_lines,
    get=business_lines.get_business_line,
    create=business_lines.create_business_line,
    update=business_lines.update_business_line,
    delete=business_lines.delete_business_line,
)
resource(
    calendars_blueprint,
    "/working-calendars",
    answer=WorkingCalendarAnswer,
    body=body_of("WorkingCalendarBody", WorkingCalendarAnswer, working_calendars.FIELDS),
    args=NamedArgs,
    list_=working_calendars.list_working_calendars,
    get=working_calendars.get_working_calendar,
    create=working_calendars.create_working_calendar,
    update=working_calendars.update_working_calendar,
    delete=working_calendars.delete_working_calendar,
)
resource(
    teams_blueprint,
    "/teams",
    answer=TeamAnswer,
    body=body_of("TeamBody", TeamAnswer, teams.FIELDS),
    args=NamedArgs,
    list_=teams.list_teams,
    get=teams.get_team,
    create=teams.create_team,
    update=teams.update_team,
    delete=teams.delete_team,
)


class PersonAnswer(Answer):
    """What everyone may know of everyone."""

    id = Number(required=True)
    username = Text(required=True)
    name = Text(required=True)
    roles = fields.List(Text(), required=True)


class UserAnswer(Answer):
    """What the administrator knows, and everyone of himself."""

    id = Number(required=True)
    username = Text(required=True, validate=validate.Length(min=1, max=150))
    name = Text(required=True, validate=NAME)
    roles = fields.List(Text(validate=validate.OneOf(ROLES)), required=True)
    email = Text(required=True, allow_none=True)
    phone = Text(required=True, allow_none=True)
    language = Text(required=True, allow_none=True, validate=validate.OneOf(LANGUAGES))
    time_zone = Text(required=True, validate=validate.Length(min=1))
    team_id = Number(required=True, allow_none=True)
    active = Flag(required=True)
    settings = fields.Dict(keys=fields.String(), required=True)
    password = Text(load_only=True, validate=validate.Length(min=users.SHORTEST_PASSWORD, max=users.LONGEST_PASSWORD))


class UserArgs(PageArgs):
    q = Text()
    role = Text()
    active = fields.Boolean()


UserBody = body_of("UserBody", UserAnswer, users.FIELDS)
ProfileBody = body_of("ProfileBody", UserAnswer, users.PROFILE)

resource(users_blueprint, "/users", answer=PersonAnswer, args=UserArgs, list_=users.list_users, get=users.get_person)
resource(
    users_blueprint, "/users", answer=UserAnswer, body=UserBody, create=users.create_user, update=users.update_user
)


@users_blueprint.route(path("/users/{record_id}"), endpoint="delete_users", methods=["DELETE"])
@users_blueprint.response(204)
def deactivate(record_id: int) -> None:
    """Ends a person's access; what they did stays theirs."""
    users.deactivate_user(g.context, record_id)


@users_blueprint.route("/user-records", methods=["GET"])
@users_blueprint.arguments(NamedArgs, location="query")
@users_blueprint.response(200, list_of(UserAnswer))
def list_user_records(args: dict[str, Any]) -> Any:
    """Everything about people, for the administrator."""
    return shown(users.list_user_records(g.context, page=page_of(args), **args))


@users_blueprint.route("/me", methods=["GET"])
@users_blueprint.response(200, UserAnswer)
def get_me() -> Any:
    """Who asks."""
    return users.get_profile(g.context)


@users_blueprint.route("/me", methods=["PATCH"])
@users_blueprint.arguments(change_of(ProfileBody))
@users_blueprint.response(200, UserAnswer)
def update_me(values: dict[str, Any]) -> Any:
    """Changes one's own profile."""
    return users.update_profile(g.context, values)


class SubstitutionBody(Body):
    user_id = Number(allow_none=True)
    substitute_id = Number(required=True)
    begins = Time(required=True)
    ends = Time(required=True)


class SubstitutionAnswer(Answer):
    id = Number(required=True)
    user = fields.Nested(PersonRef, required=True)
    substitute = fields.Nested(PersonRef, required=True)
    begins = Time(required=True)
    ends = Time(required=True)


class SubstitutionArgs(PageArgs):
    user_id = IdArg()
    over = fields.Boolean(load_default=False)


@absences_blueprint.route("/substitutions", methods=["GET"])
@absences_blueprint.arguments(SubstitutionArgs, location="query")
@absences_blueprint.response(200, list_of(SubstitutionAnswer))
def list_substitutions(args: dict[str, Any]) -> Any:
    """One's own, from both sides, or everybody's for the administrator; with `over` those in the past too."""
    page = page_of(args)
    return shown(substitutions.list_substitutions(g.context, page, **args))


@absences_blueprint.route("/substitutions", methods=["POST"])
@absences_blueprint.arguments(SubstitutionBody)
@absences_blueprint.response(201, SubstitutionAnswer)
def create_substitution(given: dict[str, Any]) -> Any:
    """Somebody stands in for the caller, or for `user_id`, which only the administrator may say."""
    return substitutions.create_substitution(g.context, given)


@absences_blueprint.route(path("/substitutions/{substitution_id}"), methods=["DELETE"])
@absences_blueprint.response(204)
def end_substitution(substitution_id: int) -> None:
    """Ends a substitution now; one that has not begun yet is taken back."""
    substitutions.end_substitution(g.context, substitution_id)
