"""What may stand between braces in a letter: personal fields, `if`, and a few filters; anything else is told by line."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from crm_model.contacts import Contact
from crm_model.leads import Lead
from crm_model.users import User
from kernel.errors import Message
from kernel.i18n import N_

PERSON: dict[str, str] = {
    "name": N_("full name"),
    "polite_name": N_("first name and patronymic"),
    "first_name": N_("first name"),
    "company": N_("company"),
    "job_title": N_("job title"),
    "need": N_("what the person needs"),
    "product": N_("product of interest"),
}
SENDER: dict[str, str] = {
    "name": N_("who writes"),
    "email": N_("the writer's e-mail"),
    "phone": N_("the writer's phone"),
    "team": N_("the writer's team"),
}
FIELDS: dict[str, dict[str, str]] = {"person": PERSON, "sender": SENDER}
FILTERS = frozenset({"default", "upper", "lower", "capitalize", "title", "trim"})
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.Filter,
    nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.CondExpr, nodes.Keyword,
)  # fmt: skip
UNKNOWN_FIELD = N_("Line %(line)s: there is no field %(field)s.")
NOT_ALLOWED = N_("Line %(line)s: only personal fields, conditions (if) and simple filters can stand between braces.")
UNREADABLE = N_("Line %(line)s: the braces do not fit together (%(why)s).")
PATRONYMIC = ("вич", "вна", "ична", "инична", "оглы", "кызы")

Values = Mapping[str, Mapping[str, str]]


def problems(source: str) -> list[Message]:
    """Everything in a template that cannot be filled in, with its line."""
    try:
        tree = _environment(False).parse(source)
    except TemplateSyntaxError as error:
        return [Message(UNREADABLE, line=error.lineno, why=error.message or "")]
    return list(_found(tree))


def _found(node: nodes.Node) -> Iterator[Message]:
    line = getattr(node, "lineno", 1)
    if isinstance(node, nodes.Getattr):
        group = node.node.name if isinstance(node.node, nodes.Name) else "?"
        if node.attr not in FIELDS.get(group, {}):
            yield Message(UNKNOWN_FIELD, line=line, field=f"{group}.{node.attr}")
        return
    if isinstance(node, nodes.Name):
        yield Message(UNKNOWN_FIELD, line=line, field=node.name)
        return
    if not isinstance(node, ALLOWED) or (isinstance(node, nodes.Filter) and node.name not in FILTERS):
        yield Message(NOT_ALLOWED, line=line)
        return
    for child in node.iter_child_nodes():
        yield from _found(child)


def fill(source: str, values: Values, *, escape: bool) -> str:
    return _compiled(source, escape).render(values)


@lru_cache(maxsize=256)
def _compiled(source: str, escape: bool) -> Template:
    return _environment(escape).from_string(source)


@lru_cache(maxsize=2)
def _environment(escape: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=escape)


def values_for(*, lead: Lead | None, contact: Contact | None, sender: User | None) -> dict[str, dict[str, str]]:
    """The personal fields of a person whom we know as lead, as contact or as both; what is not known is empty."""
    name = (contact.name if contact else None) or (lead.name if lead else None) or ""
    company = (contact.account.name if contact and contact.account else None) or (lead.company if lead else None)
    person = {
        "name": name,
        "polite_name": polite_name(name),
        "first_name": first_name(name),
        "company": company,
        "job_title": contact.job_title if contact else None,
        "need": lead.need if lead else None,
        "product": lead.product.name if lead and lead.product else None,
    }
    writer = {
        "name": sender.name if sender else None,
        "email": sender.email if sender else None,
        "phone": sender.phone if sender else None,
        "team": sender.team.name if sender and sender.team else None,
    }
    return {
        "person": {key: value or "" for key, value in person.items()},
        "sender": {key: value or "" for key, value in writer.items()},
    }


def first_name(name: str) -> str:
    """Пётр of Иванов Пётр Сергеевич and of Пётр Иванов."""
    words = name.split()
    at = _patronymic_at(words)
    return words[at - 1] if at else (words[0] if words else "")


def polite_name(name: str) -> str:
    """Пётр Сергеевич where the patronymic is known, else the first name."""
    words = name.split()
    at = _patronymic_at(words)
    return f"{words[at - 1]} {words[at]}" if at else first_name(name)


def _patronymic_at(words: list[str]) -> int:
    """Its place among the words of a name; 0 if there is none, for a name does not begin with one."""
    if len(words) < 2:
        return 0
    return next((number for number in (1, 2) if number < len(words) and words[number].lower().endswith(PATRONYMIC)), 0)
