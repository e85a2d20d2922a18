"""What a segment may ask of leads and contacts: each field with its operators, how its value is read, and its SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, select

from crm_model import inputs, listing, reachable
from crm_model.accounts import CLASSES, JOURNEY, Account
from crm_model.campaigns import MEMBER_STATES, Campaign, CampaignMember
from crm_model.contacts import ROLES, Contact
from crm_model.inputs import Read, Wrong
from crm_model.leads import REASONS, REQUESTS, SOURCES, STATUSES, Lead
from crm_model.products import Product
from crm_model.records import fold, folded
from crm_model.touches import Touch
from crm_model.users import User
from kernel.context import Context
from kernel.i18n import N_

LEADS, CONTACTS = "leads", "contacts"
SUBJECTS: dict[str, Any] = {LEADS: Lead, CONTACTS: Contact}
IS, IS_NOT, AT_LEAST, AT_MOST = "is", "is_not", "at_least", "at_most"
CONTAINS, WITHIN, OLDER = "contains", "within", "older"
CHOSEN, COUNTED, DAYS = (IS, IS_NOT), (AT_LEAST, AT_MOST), (WITHIN, OLDER)
MOST_STARS = 5
LONGEST_SPAN = 3650
"""Days."""
Sql = Callable[[Context, Any, str, Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class SegmentField:
    """`kind` is how a browser asks for the value: choice, record, number, days, text or flag; `options` are the codes of
    a choice or the name of a kind of record."""

    title: str
    kind: str
    operators: tuple[str, ...]
    read: Read
    sql: Sql
    options: tuple[str, ...] | str = ()
    subjects: tuple[str, ...] = (LEADS, CONTACTS)


def whole(largest: int, smallest: int = 0) -> Read:
    def read_whole(ctx: Context, value: Any) -> int:
        if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
            value = int(value[:12])
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(N_("This must be a whole number."))
        if not smallest <= value <= largest:
            raise Wrong(N_("This must be from %(smallest)s to %(largest)s."), smallest=smallest, largest=largest)
        return value

    return read_whole


def _some(read_one: Read) -> Read:
    """One value or several, at least one."""

    def read_some(ctx: Context, value: Any) -> list[Any]:
        found: list[Any] = inputs.many(read_one)(ctx, value if isinstance(value, list | tuple) else [value])
        if not found:
            raise Wrong(inputs.REQUIRED)
        return found

    return read_some


def _flag(ctx: Context, value: Any) -> bool:
    return inputs.boolean(ctx, {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value)


def _among(column: Callable[[Any], Any]) -> Sql:
    """Is, or is not, one of several; what has no value is none of them."""

    def sql(ctx: Context, model: Any, operator: str, value: Any) -> ColumnElement[bool]:
        found = column(model).in_(value)
        return found if operator == IS else func.coalesce(~found, True)

    return sql


def _of_account(condition: Callable[[Any], ColumnElement[bool]]) -> Sql:
    def sql(ctx: Context, model: Any, operator: str, value: Any) -> ColumnElement[bool]:
        found = model.account_id.in_(select(Account.id).where(condition(value)))
        return found if operator in (IS, CONTAINS) else func.coalesce(~found, True)

    return sql


def _person(model: Any, link: Any) -> ColumnElement[bool]:
    """A row about this lead or contact; `link` is an entity with both columns."""
    return (link.lead_id if model is Lead else link.contact_id) == model.id  # type: ignore[no-any-return]


def _score(ctx: Context, model: Any, operator: str, value: Any) -> ColumnElement[bool]:
    return model.score >= value if operator == AT_LEAST else model.score <= value  # type: ignore[no-any-return]


def _stars(ctx: Context, model: Any, operator: str, value: Any) -> ColumnElement[bool]:
    """Who belongs to no company has none of its stars: neither few nor many."""
    enough = Account.stars >= value if operator == AT_LEAST else Account.stars <= value
    return model.account_id.in_(select(Account.id).where(enough))  # type: ignore[no-any-return]


def _touched(ctx: Context, model: Any, operator: str, value: Any) -> ColumnElement[bool]:
    lately = exists().where(_person(model, Touch), Touch.at >= ctx.now() - timedelta(days=value))
    return lately if operator == WITHIN else ~lately


def _came(ctx: Context, model: Any, operator: str, value: Any) -> ColumnElement[bool]:
    since = literal(ctx.now() - timedelta(days=value))
    return model.created_at >= since if operator == WITHIN else model.created_at < since  # type: ignore[no-any-return]


def _member(state: str | None) -> Sql:
    def sql(ctx: Context, model: Any, operator: str, value: Any) -> ColumnElement[bool]:
        of = [_person(model, CampaignMember), CampaignMember.campaign_id.in_(value)]
        if state is not None:
            of.append(CampaignMember.state == state)
        found = exists().where(and_(*of))
        return found if operator == IS else ~found

    return sql


def _is(column: Callable[[Any], ColumnElement[bool]]) -> Sql:
    def sql(ctx: Context, model: Any, operator: str, value: Any) -> ColumnElement[bool]:
        return column(model) if value else ~column(model)

    return sql


def _has_email(model: Any) -> ColumnElement[bool]:
    if model is Lead:
        return func.coalesce(model.email_key, "").contains("@")
    return func.cardinality(model.email_keys) > 0


def _text(ctx: Context, model: Any, operator: str, value: Any) -> ColumnElement[bool]:
    if model is Lead:
        return reachable.either(listing.has_folded(value, Lead.search_key), reachable.has_digits(value, Lead.phone_key))
    return reachable.has_text(value, model)


def _folded_in(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    return lambda value: folded(column).in_([fold(one) for one in value])


def choice(title: str, options: tuple[str, ...], column: str, *subjects: str) -> SegmentField:
    found = _among(lambda model: getattr(model, column))
    return SegmentField(title, "choice", CHOSEN, _some(inputs.choice(options)), found, options, subjects or (LEADS,))


def _record(title: str, kind: str, entity: Any, sql: Sql, *subjects: str) -> SegmentField:
    read = _some(inputs.record(entity))
    return SegmentField(title, "record", CHOSEN, read, sql, kind, subjects or (LEADS, CONTACTS))


def _member_field(title: str, state: str | None) -> SegmentField:
    return _record(title, "campaign", Campaign, _member(state))


MEMBERS = {
    "invited": N_("Invited to a campaign"), "registered": N_("Registered for an event"),
    "attended": N_("Has come to an event"), "absent": N_("Did not come to an event"),
    "declined": N_("Declined an invitation"),
}  # fmt: skip
ABC = _of_account(lambda value: Account.abc_class.in_(value))
FIELDS: Mapping[str, SegmentField] = {
    "status": choice(N_("Status"), STATUSES, "status"),
    "source": choice(N_("Came from"), SOURCES, "source"),
    "request": choice(N_("Asks for"), REQUESTS, "request"),
    "disqualify_reason": choice(N_("Why it is disqualified"), REASONS, "disqualify_reason"),
    "score": SegmentField(N_("Points"), "number", COUNTED, whole(1_000_000, -1_000_000), _score, subjects=(LEADS,)),
    "role": choice(N_("Role"), ROLES, "role", CONTACTS),
    "journey_stage": choice(N_("Customer journey"), JOURNEY, "journey_stage", CONTACTS),
    "product_id": _record(N_("Product"), "product", Product, _among(lambda model: model.product_id), LEADS),
    "owner_id": _record(N_("Responsible"), "user", User, _among(lambda model: model.owner_id)),
    "region": SegmentField(N_("Region"), "text", CHOSEN, _some(inputs.name), _of_account(_folded_in(Account.region))),
    "industry": SegmentField(
        N_("Industry"), "text", CHOSEN, _some(inputs.name), _of_account(_folded_in(Account.industry))
    ),
    "abc_class": SegmentField(N_("Class"), "choice", CHOSEN, _some(inputs.choice(CLASSES)), ABC, CLASSES),
    "account_stars": SegmentField(N_("Stars of the company"), "number", COUNTED, whole(MOST_STARS), _stars),
    "consent": SegmentField(N_("Agrees to receive e-mails"), "flag", (IS,), _flag, _is(lambda model: model.consent)),
    "opted_out": SegmentField(N_("Opted out"), "flag", (IS,), _flag, _is(lambda model: model.opted_out)),
    "has_email": SegmentField(N_("Has an e-mail address"), "flag", (IS,), _flag, _is(_has_email)),
    "last_touch": SegmentField(N_("Last touch"), "days", DAYS, whole(LONGEST_SPAN, 1), _touched),
    "created": SegmentField(N_("Received"), "days", DAYS, whole(LONGEST_SPAN, 1), _came),
    "campaign_id": _record(N_("Came from a campaign"), "campaign", Campaign, _among(lambda m: m.campaign_id), LEADS),
    "member": _member_field(N_("Takes part in a campaign"), None),
    **{f"member_{state}": _member_field(MEMBERS[state], state) for state in MEMBER_STATES},
    "text": SegmentField(N_("Text"), "text", (CONTAINS,), inputs.name, _text),
}
