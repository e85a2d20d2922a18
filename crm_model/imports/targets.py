"""What an import can make: the fields that columns are mapped to, and how records already there are recognised."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, Text, any_, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from crm_model import accounts, contacts, fields, leads
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.inputs import Fields
from crm_model.leads import Lead
from crm_model.records import fold
from kernel.i18n import N_

YES = frozenset({"true", "yes", "y", "1", "+", "да", "д", "x", "х"})
NO = frozenset({"false", "no", "n", "0", "-", "нет", "н"})
REQUESTS = {
    "meeting": "meeting", "встреча": "meeting", "tender": "tender", "тендер": "tender", "webinar": "webinar",
    "вебинар": "webinar", "download": "download", "скачивание": "download", "none": "none", "нет": "none",
}  # fmt: skip
COMPANY = "company_name"
"""A contact's company by its name: found among the accounts, or made."""

Convert = Callable[[str], Any]
Keys = Callable[[Mapping[str, Any]], list[str]]


def _truth(text: str) -> Any:
    folded = fold(text)
    return True if folded in YES else False if folded in NO else text


def _request(text: str) -> str:
    return REQUESTS.get(fold(text), text)


def _several(text: str) -> list[str]:
    parts = text.replace("\n", ";").replace(",", ";").split(";")
    return [part.strip() for part in parts if part.strip()]


def _number(text: str) -> Any:
    plain = text.replace(" ", "").replace("\u202f", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except ArithmeticError:
        return text
    return int(number) if number.is_finite() and number == number.to_integral_value() else plain


@dataclass(frozen=True, slots=True)
class Column:
    """A field that a column may be mapped to; `names` are headings that mean it, folded."""

    key: str
    title: str
    names: tuple[str, ...]
    convert: Convert = str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """`keys` are what two records of the same client have in common; `having` finds the (id, key)
    of the records with such keys."""

    kind: str
    title: str
    model: type[Any]
    fields: Fields
    read_only: tuple[str, ...]
    columns: tuple[Column, ...]
    keys: Keys
    having: Callable[[Sequence[str]], Select[Any]]

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)


NAME = Column("name", N_("Full name"), ("name", "full name", "имя", "фио", "контакт", "контактное лицо"), required=True)
PHONE_NAMES = ("phone", "phones", "telephone", "mobile", "tel", "телефон", "телефоны", "мобильный", "тел")
EMAIL_NAMES = ("email", "e-mail", "emails", "mail", "почта", "эл почта", "электронная почта", "адрес почты")
COMPANY_NAMES = ("company", "organization", "organisation", "account", "компания", "организация", "клиент")
PHONES = Column("phones", N_("Phones"), PHONE_NAMES, _several)
EMAILS = Column("emails", N_("E-mails"), EMAIL_NAMES, _several)
DESCRIPTION = Column(
    "description", N_("Description"), ("description", "comment", "notes", "описание", "комментарий", "заметки")
)
CONSENT = Column("consent", N_("Consent to letters"), ("consent", "согласие", "согласие на рассылку"), _truth)


def _lead_keys(values: Mapping[str, Any]) -> list[str]:
    return _channels([values.get("phone")], [values.get("email")])


def _reachable_keys(values: Mapping[str, Any]) -> list[str]:
    return _channels(values.get("phones") or (), values.get("emails") or ())


def _account_keys(values: Mapping[str, Any]) -> list[str]:
    inn, name = values.get("inn"), values.get("name")
    return [*([f"inn:{inn}"] if inn else []), *([f"name:{fold(name)}"] if name else [])]


def _channels(phones: Sequence[str | None], emails: Sequence[str | None]) -> list[str]:
    found = [f"phone:{fields.phone_key(phone)}" for phone in phones if phone and fields.phone_key(phone)]
    return found + [f"email:{fields.email_key(email)}" for email in emails if email and email.strip()]


def _of(kind: str, keys: Sequence[str]) -> list[str]:
    return [key.removeprefix(f"{kind}:") for key in keys if key.startswith(f"{kind}:")]


def _having(identity: Any, **columns: Any) -> Callable[[Sequence[str]], Select[Any]]:
    """A query of (id, key) by kind of key; a column of several values is looked through."""

    def having(keys: Sequence[str]) -> Select[Any]:
        parts = []
        for kind, column in columns.items():
            wanted = _of(kind, keys)
            several = isinstance(column.type, ARRAY)
            value = func.unnest(column) if several else column
            clause = column.overlap(wanted) if several else column == any_(literal(wanted, ARRAY(Text)))
            parts.append(select(identity, (kind + ":" + value).label("key")).where(clause))
        return select(union_all(*parts).subquery())

    return having


LEADS = Target(
    "leads",
    N_("Leads"),
    Lead,
    leads.FIELDS,
    leads.READ_ONLY,
    (
        NAME,
        Column("company", N_("Company"), COMPANY_NAMES),
        Column("phone", N_("Phone"), PHONE_NAMES),
        Column("email", N_("E-mail"), EMAIL_NAMES),
        Column("need", N_("Need"), ("need", "interest", "comment", "notes", "потребность", "интерес", "комментарий")),
        Column("request", N_("Request"), ("request", "запрос", "обращение"), _request),
        CONSENT,
    ),
    _lead_keys,
    _having(Lead.id, phone=Lead.phone_key, email=Lead.email_key),
)
CONTACTS = Target(
    "contacts",
    N_("Contacts"),
    Contact,
    contacts.FIELDS,
    contacts.READ_ONLY,
    (
        NAME,
        Column(COMPANY, N_("Company"), COMPANY_NAMES),
        Column("job_title", N_("Job title"), ("job title", "title", "position", "должность")),
        PHONES,
        EMAILS,
        DESCRIPTION,
        CONSENT,
    ),
    _reachable_keys,
    _having(Contact.id, phone=Contact.phone_keys, email=Contact.email_keys),
)
ACCOUNTS = Target(
    "accounts",
    N_("Accounts"),
    Account,
    accounts.FIELDS,
    accounts.READ_ONLY,
    (
        Column("name", N_("Name"), (*COMPANY_NAMES, "name", "название", "наименование"), required=True),
        Column("legal_name", N_("Legal name"), ("legal name", "юридическое название", "полное наименование")),
        Column("inn", N_("INN"), ("inn", "tax id", "инн")),
        Column("kpp", N_("KPP"), ("kpp", "кпп")),
        Column("industry", N_("Industry"), ("industry", "отрасль", "сфера")),
        Column("employees", N_("Employees"), ("employees", "сотрудники", "число сотрудников"), _number),
        Column("region", N_("Region"), ("region", "city", "регион", "город")),
        Column("address", N_("Address"), ("address", "адрес")),
        Column("website", N_("Website"), ("website", "site", "сайт")),
        PHONES,
        EMAILS,
        Column("potential", N_("Potential"), ("potential", "потенциал"), _number),
        DESCRIPTION,
    ),
    _account_keys,
    _having(Account.id, inn=Account.inn, name=Account.sort_key),
)
TARGETS = {target.kind: target for target in (LEADS, CONTACTS, ACCOUNTS)}


def storable(value: Any) -> Any:
    """The value as JSON keeps it, whole; the fields read it back."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def guess(target: Target, header: Sequence[str]) -> dict[str, str]:
    """Number of a column → field, by the headings; a field is given once."""
    found: dict[str, str] = {}
    for number, heading in enumerate(header):
        plain = fold(heading).strip(" *:.")
        column = next((each for each in target.columns if plain == fold(each.title) or plain in each.names), None)
        if column is not None and column.key not in found.values():
            found[str(number)] = column.key
    return found
