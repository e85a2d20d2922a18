"""Accounts, contacts and leads."""

from marshmallow import fields, validate

from api.records import blueprint, body_of, resource
from api.schemas import NAME, Answer, Flag, IdArg, Money, Number, PageArgs, Text, Time, Whole
from crm_model import accounts, contacts, leads
from crm_model.reachable import CHANNELS
from kernel.i18n import LANGUAGES
from processes import leads as lead_work

accounts_blueprint = blueprint("accounts", "Companies one sells to")
contacts_blueprint = blueprint("contacts", "People there")
leads_blueprint = blueprint("leads", "Those who may become clients")


class Kept(Answer):
    """What every record has."""

    id = Number(required=True)
    version = Whole(required=True)
    created_at = Time(required=True)
    created_by_id = Number(required=True, allow_none=True)
    updated_at = Time(required=True)


class Reached(Kept):
    owner_id = Number(required=True, allow_none=True)
    phones = fields.List(Text(), required=True)
    emails = fields.List(Text(), required=True)
    preferred_channel = Text(required=True, allow_none=True, validate=validate.OneOf(CHANNELS))
    birthday = fields.Date(required=True, allow_none=True)
    description = Text(required=True, allow_none=True)
    last_contact_at = Time(required=True, allow_none=True)
    next_contact_at = Time(required=True, allow_none=True)


class AccountAnswer(Reached):
    name = Text(required=True, validate=NAME)
    legal_name = Text(required=True, allow_none=True, validate=NAME)
    type = Text(required=True, validate=validate.OneOf(accounts.TYPES))
    inn = Text(required=True, allow_none=True)
    kpp = Text(required=True, allow_none=True)
    ogrn = Text(required=True, allow_none=True)
    bank_details = fields.Dict(keys=fields.String(), required=True)
    industry = Text(required=True, allow_none=True, validate=NAME)
    employees = Whole(required=True, allow_none=True)
    region = Text(required=True, allow_none=True, validate=NAME)
    address = Text(required=True, allow_none=True)
    website = Text(required=True, allow_none=True)
    abc_class = Text(required=True, allow_none=True, validate=validate.OneOf(accounts.CLASSES))
    potential = Money(required=True, allow_none=True)
    journey_stage = Text(required=True, validate=validate.OneOf(accounts.JOURNEY))
    profile = fields.Dict(keys=fields.String(), required=True)
    stars = Whole(required=True)


class AccountArgs(PageArgs):
    q = Text()
    owner_id = IdArg()
    type = Text()
    abc_class = Text()
    industry = Text()
    region = Text()
    journey_stage = Text()
    stars_from = fields.Integer(validate=validate.Range(min=0, max=5))
    sort = Text()


resource(
    accounts_blueprint,
    "/accounts",
    answer=AccountAnswer,
    body=body_of("AccountBody", AccountAnswer, accounts.FIELDS),
    args=AccountArgs,
    list_=accounts.list_accounts,
    get=accounts.get_account,
    create=accounts.create_account,
    update=accounts.update_account,
    delete=accounts.delete_account,
)


class ContactAnswer(Reached):
    name = Text(required=True, validate=NAME)
    account_id = Number(required=True, allow_none=True)
    job_title = Text(required=True, allow_none=True, validate=NAME)
    role = Text(required=True, allow_none=True, validate=validate.OneOf(contacts.ROLES))
    is_decision_maker = Flag(required=True)
    messengers = fields.Dict(keys=fields.String(), required=True)
    time_zone = Text(required=True, allow_none=True)
    language = Text(required=True, allow_none=True, validate=validate.OneOf(LANGUAGES))
    journey_stage = Text(required=True, validate=validate.OneOf(accounts.JOURNEY))
    consent = Flag(required=True)
    consent_at = Time(required=True, allow_none=True)
    opted_out = Flag(required=True)
    opted_out_at = Time(required=True, allow_none=True)


class ContactArgs(PageArgs):
    q = Text()
    owner_id = IdArg()
    account_id = IdArg()
    deal_id = IdArg()
    role = Text()
    sort = Text()


resource(
    contacts_blueprint,
    "/contacts",
    answer=ContactAnswer,
    body=body_of("ContactBody", ContactAnswer, contacts.FIELDS),
    args=ContactArgs,
    list_=contacts.list_contacts,
    get=contacts.get_contact,
    create=contacts.create_contact,
    update=lead_work.update_contact,
    delete=contacts.delete_contact,
)


class LeadAnswer(Kept):
    name = Text(required=True, validate=NAME)
    company = Text(required=True, allow_none=True, validate=NAME)
    phone = Text(required=True, allow_none=True, validate=NAME)
    email = Text(required=True, allow_none=True, validate=NAME)
    need = Text(required=True, allow_none=True)
    request = Text(required=True, validate=validate.OneOf(leads.REQUESTS))
    source = Text(required=True, validate=validate.OneOf(leads.SOURCES))
    form = Text(required=True, allow_none=True, validate=NAME)
    campaign_id = Number(required=True, allow_none=True)
    product_id = Number(required=True, allow_none=True)
    consent = Flag(required=True)
    consent_at = Time(required=True, allow_none=True)
    opted_out = Flag(required=True)
    opted_out_at = Time(required=True, allow_none=True)
    owner_id = Number(required=True, allow_none=True)
    status = Text(required=True)
    disqualify_reason = Text(required=True, allow_none=True)
    score = Whole(required=True)
    stars = Whole(required=True)
    account_id = Number(required=True, allow_none=True)
    contact_id = Number(required=True, allow_none=True)
    deal_id = Number(required=True, allow_none=True)


class LeadArgs(PageArgs):
    q = Text()
    owner_id = IdArg()
    account_id = IdArg()
    deal_id = IdArg()
    status = Text()
    source = Text()
    request = Text()
    stars_from = fields.Integer(validate=validate.Range(min=0, max=5))
    sort = Text()


resource(
    leads_blueprint,
    "/leads",
    answer=LeadAnswer,
    body=body_of("LeadBody", LeadAnswer, leads.FIELDS),
    args=LeadArgs,
    list_=leads.list_leads,
    get=leads.get_lead,
    create=lead_work.create_lead,
    update=lead_work.update_lead,
    delete=leads.delete_lead,
)
