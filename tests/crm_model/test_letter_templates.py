"""Templates: personal fields are filled in and escaped, and what cannot be is told by part and line."""

import pytest
from sqlalchemy.orm import Session

from crm_model import letter_language, letter_templates
from crm_model.accounts import Account
from crm_model.contacts import Contact
from crm_model.leads import Lead
from kernel.errors import Conflict, PermissionDenied, ValidationFailed
from kernel.paging import Page
from tests.crm_model.people import Company


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


LETTER = {
    "name": "Знакомство",
    "code": "introduction",
    "subject": "{{ person.polite_name }}, давайте познакомимся",
    "html": "<p>Здравствуйте, {{ person.polite_name|default('коллега', true) }}!</p>"
    "{% if person.company %}<p>О {{ person.company }}</p>{% endif %}<p>{{ sender.name }}</p>",
}


def test_a_letter_is_filled_in_for_its_person(company: Company) -> None:
    ctx = company.as_("marketing")
    template = letter_templates.create_template(ctx, LETTER)
    lead = Lead(name="Иванов Пётр Сергеевич", company="Рога & <b>Копыта</b>")
    made = letter_templates.render(ctx, template, lead=lead, sender=company.people["manager"])
    assert made.subject == "Пётр Сергеевич, давайте познакомимся"
    assert "<p>О Рога &amp; &lt;b&gt;Копыта&lt;/b&gt;</p>" in made.html
    assert made.text == "Здравствуйте, Пётр Сергеевич!\n\nО Рога & <b>Копыта</b>\n\nManager"


def test_a_contact_brings_its_account_and_nothing_known_is_nothing(company: Company) -> None:
    ctx = company.as_("marketing")
    template = letter_templates.create_template(ctx, LETTER)
    contact = Contact(name="Анна", account=Account(name="Ромашка"))
    assert "О Ромашка" in letter_templates.render(ctx, template, contact=contact).html
    empty = letter_templates.render(ctx, template, lead=Lead(name=""))
    assert empty.text == "Здравствуйте, коллега!"


def test_a_letter_of_text_alone_has_paragraphs(company: Company) -> None:
    ctx = company.as_("marketing")
    template = letter_templates.create_template(ctx, {"name": "Plain", "subject": "Hi", "text": "One & <two>\n\nThree"})
    made = letter_templates.render(ctx, template)
    assert (made.html, made.text) == ("<p>One &amp; &lt;two&gt;</p>\n<p>Three</p>", "One & <two>\n\nThree")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("One\n{{ person.nme }}", "Line 2: there is no field person.nme."),
        ("{{ password }}", "Line 1: there is no field password."),
        ("{{ ''.__class__.__mro__ }}", "Line 1: there is no field ?.__mro__."),
        ("\n\n{% for x in 'abc' %}{% endfor %}", "Line 3: only personal fields"),
        ("{{ person.name|pprint }}", "Line 1: only personal fields"),
        ("{{ person.name * 1000 }}", "Line 1: only personal fields"),
        ("{% if person.name %}", "Line 1: the braces do not fit together"),
    ],
)
def test_what_cannot_be_filled_in_is_told_by_line(company: Company, source: str, said: str) -> None:
    with pytest.raises(ValidationFailed) as error:
        letter_templates.create_template(company.as_("marketing"), {**LETTER, "html": source})
    assert error.value.fields_in("en")["html"][0].startswith(said)


def test_errors_of_all_parts_are_told_at_once_and_an_empty_letter_is_none(company: Company) -> None:
    ctx = company.as_("marketing")
    with pytest.raises(ValidationFailed) as error:
        letter_templates.create_template(ctx, {"name": "X", "subject": "{{ a }}", "html": "{{ b", "text": "{{ c }}"})
    assert set(error.value.fields) == {"subject", "html", "text"}
    with pytest.raises(ValidationFailed) as error:
        letter_templates.create_template(ctx, {"name": "X", "subject": "Hi"})
    assert set(error.value.fields) == {"html"}


def test_templates_are_changed_by_marketing_and_read_by_sellers(company: Company) -> None:
    ctx = company.as_("marketing")
    made = letter_templates.create_template(ctx, LETTER)
    assert letter_templates.get_template(company.as_("manager"), made.id) is made
    with pytest.raises(PermissionDenied):
        letter_templates.update_template(company.as_("manager"), made.id, {"name": "Mine"})
    with pytest.raises(Conflict):
        letter_templates.update_template(ctx, made.id, {"name": "Late", "version": made.version + 1})
    with pytest.raises(ValidationFailed) as error:
        letter_templates.create_template(ctx, {**LETTER, "name": "Twin"})
    assert set(error.value.fields) == {"code"}
    letter_templates.update_template(ctx, made.id, {"active": False})
    assert letter_templates.by_code(ctx, "introduction") is None
    assert letter_templates.list_templates(ctx, Page(), q="знаком", active=False).items == [made]


@pytest.mark.parametrize(
    ("name", "first", "polite"),
    [
        ("Иванов Пётр Сергеевич", "Пётр", "Пётр Сергеевич"),
        ("Анна Юрьевна Ким", "Анна", "Анна Юрьевна"),
        ("Пётр Сергеевич", "Пётр", "Пётр Сергеевич"),
        ("Пётр Иванов", "Пётр", "Пётр"),
        ("Anna", "Anna", "Anna"),
        ("", "", ""),
    ],
)
def test_people_are_addressed_as_is_usual(name: str, first: str, polite: str) -> None:
    assert (letter_language.first_name(name), letter_language.polite_name(name)) == (first, polite)
