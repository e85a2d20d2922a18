"""Forms: what their files say, how they are shown, and what they accept."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import ValidationFailed
from processes.forms import NoRecords, json_values, present, read_form, validate


class Records(NoRecords):
    """Knows records 1 to 9 of every kind, and two codes each."""

    time_zone = ZoneInfo("Europe/Moscow")

    def __init__(self, **variables: Any) -> None:
        self.variables: Mapping[str, Any] = variables

    def has(self, kind: str, key: int | str) -> bool:
        codes = {"stage": ("needs", "lost"), "process": ("corporate_sale",)}
        return key in codes[kind] if kind in codes else key in range(1, 10)


def component(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": key.title(), **more}


def typed(field_type: str, key: str = "x", **more: Any) -> dict[str, Any]:
    properties = {"type": field_type, **more.pop("properties", {})}
    return component("textfield", key, properties=properties, **more)


def check(
    components: list[dict[str, Any]], given: Mapping[str, Any], result: str | None = None, **names: Any
) -> dict[str, Any]:
    form = read_form({"id": "f", "components": components})
    assert not form.problems
    return validate(form, result, given, Records(**names))


def errors(
    components: list[dict[str, Any]], given: Mapping[str, Any], result: str | None = None, **names: Any
) -> dict[str, list[str]]:
    with pytest.raises(ValidationFailed) as caught:
        check(components, given, result, **names)
    return caught.value.fields_in("en")


CALL = {
    "type": "default",
    "schemaVersion": 16,
    "id": "call_interest",
    "components": [
        {"type": "text", "text": "# Call"},
        component("textarea", "reason", validate={"required": True},
                  properties={"results": "no_interest", "labelRu": "Причина", "labelEn": "Reason"}),
        component("datetime", "call_at", validate={"required": True}, properties={"results": "call_back"}),
        component("radio", "then", values=[{"label": "Nurture", "value": "nurture", "labelRu": "Вернуть"},
                                           {"label": "Disqualify", "value": "disqualify"}], defaultValue="nurture"),
        {"type": "group", "components": [component("checkbox", "agrees"), component("number", "share", decimalDigits=0)]},
    ],
}  # fmt: skip


def test_a_form_is_read_with_its_groups_and_without_its_decoration() -> None:
    form = read_form(CALL)
    assert form.key == "call_interest"
    assert [(field.key, field.type) for field in form.fields] == [
        ("reason", "text"), ("call_at", "datetime"), ("then", "select"), ("agrees", "boolean"), ("share", "integer"),
    ]  # fmt: skip


def test_a_form_is_shown_in_the_readers_language() -> None:
    russian, english = (present(read_form(CALL), language) for language in ("ru", "en"))
    assert (russian.fields[0].label, english.fields[0].label) == ("Причина", "Reason")
    assert russian.fields[0].results == ("no_interest",)
    assert [option.label for option in russian.fields[2].options] == ["Вернуть", "Disqualify"]
    assert russian.fields[2].default == "nurture"


def test_the_outcome_has_every_key_of_the_form() -> None:
    form = read_form(CALL)
    assert validate(form, "interested", {}, Records()) == {
        "reason": None, "call_at": None, "then": "nurture", "agrees": None, "share": None,
    }  # fmt: skip


def test_a_field_is_required_only_for_its_results() -> None:
    form = read_form(CALL)
    with pytest.raises(ValidationFailed) as caught:
        validate(form, "no_interest", {"reason": "  "}, Records())
    assert caught.value.fields_in("en") == {"variables.reason": ["Fill in this field."]}
    assert validate(form, "call_back", {"call_at": "2026-11-21T14:30:00+03:00"}, Records())["call_at"] == (
        "2026-11-21T11:30:00+00:00"
    )


def test_a_key_the_form_does_not_have_is_told_at_that_key() -> None:
    assert errors([component("textfield", "a")], {"a": "x", "b": 1, "c": 2}) == {
        "variables.b": ["There is no such field."],
        "variables.c": ["There is no such field."],
    }


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = errors([component("number", "a"), component("datetime", "b")], {"a": "x", "b": "y", "z": 1})
    assert set(found) == {"variables.a", "variables.b", "variables.z"}


GOOD = [
    ("string", " Anna ", "Anna"),
    ("text", "two\nlines", "two\nlines"),
    ("email", "a@example.com", "a@example.com"),
    ("phone", "+7 (916) 123-45-67", "+7 (916) 123-45-67"),
    ("number", 5, 5),
    ("number", 5.5, 5.5),
    ("number", "1 200,50", 1200.5),
    ("integer", "12", 12),
    ("integer", 12.0, 12),
    ("money", "1500000", "1500000.00"),
    ("money", 99.9, "99.90"),
    ("money", "1 200 000,50", "1200000.50"),
    ("money", 0, "0.00"),
    ("boolean", False, False),
    ("boolean", "true", True),
    ("date", "2026-11-21", "2026-11-21"),
    ("datetime", "2026-11-21T14:30", "2026-11-21T11:30:00+00:00"),
    ("datetime", "2026-11-21T14:30:00Z", "2026-11-21T14:30:00+00:00"),
    ("datetime", "2026-11-21t14:30:00.5z", "2026-11-21T14:30:00.500000+00:00"),
    ("time", "14:30", "14:30:00"),
    ("stage", "needs", "needs"),
    ("process", "corporate_sale", "corporate_sale"),
    ("user", 5, 5),
    ("user", "5", 5),
    ("users", [3, 1, 3], [3, 1]),
    ("users", 4, [4]),
    ("contacts", [], []),
    ("products", ["1", 2], [1, 2]),
    ("account", 1, 1), ("contact", 2, 2), ("product", 3, 3), ("competitor", 4, 4), ("business_line", 5, 5),
    ("document", 6, 6), ("file", 7, 7), ("article", 8, 8),
    ("json", {"a": [1, None]}, {"a": [1, None]}),
    ("answer", {"value": "5 million", "verdict": "yes"}, {"value": "5 million", "verdict": "yes"}),
    ("answer", {"value": "no idea"}, {"value": "no idea", "verdict": "unknown"}),
    ("participants", [{"contact_id": 1, "role": "owner"}],
     [{"contact_id": 1, "role": "owner", "influence": None, "loyalty": None, "motives": None}]),
    ("competitors", [{"name": "Rival", "is_winner": True}],
     [{"id": None, "name": "Rival", "strengths": None, "weaknesses": None, "is_winner": True}]),
    ("activities", [{"subject": "Call", "due": "2026-11-21T14:30:00+03:00"}],
     [{"kind": "task", "subject": "Call", "start": None, "due": "2026-11-21T11:30:00+00:00", "owner_id": None}]),
]  # fmt: skip


@pytest.mark.parametrize(("field_type", "given", "stored"), GOOD)
def test_what_a_field_takes(field_type: str, given: Any, stored: Any) -> None:
    assert check([typed(field_type)], {"x": given}) == {"x": stored}


BAD = [
    ("string", 5, ""), ("string", "a\x00", ""), ("string", "two\nlines", ""), ("string", "x" * 256, ""), ("string", ["a"], ""),
    ("text", "a\x07", ""), ("text", {"a": 1}, ""), ("text", "\ud800", ""), ("email", "nobody", ""), ("phone", "none", ""),
    ("number", "abc", ""), ("number", True, ""), ("number", float("nan"), ""), ("number", 1e300, ""), ("number", [1], ""),
    ("integer", 1.5, ""), ("integer", "1.5", ""), ("integer", 10**400, ""), ("money", -1, ""), ("money", "-0.01", ""),
    ("money", "1.005", ""), ("money", 1e15, ""), ("money", "free", ""), ("money", "1e99", ""), ("boolean", "maybe", ""),
    ("boolean", 1, ""), ("date", "21.11.2026", ""), ("date", "2026-02-30", ""), ("date", "2026-11-21T10:00:00Z", ""),
    ("date", 20261121, ""), ("datetime", "tomorrow", ""), ("datetime", "2026-11-21", ""), ("datetime", 1700000000, ""),
    ("datetime", "2026-13-01T00:00:00Z", ""), ("datetime", "0001-01-01T00:00:00+14:00", ""), ("time", "25:00", ""),
    ("stage", "nowhere", ""), ("stage", 5, ""), ("process", "none", ""), ("user", 10, ""), ("user", "anna", ""),
    ("user", True, ""), ("user", -1, ""), ("user", 2**70, ""), ("user", "1" * 30, ""), ("users", [1, 10], ".1"),
    ("users", {"a": 1}, ""), ("users", list(range(1, 300)), ""), ("contacts", ["x"], ".0"), ("json", float("inf"), ""),
    ("answer", "yes", ""), ("answer", {"verdict": "maybe"}, ".verdict"), ("answer", {"other": 1}, ".other"),
    ("participants", [{"contact_id": 1, "role": "boss"}], ".0.role"), ("participants", [{"role": "owner"}], ".0.contact_id"),
    ("participants", [{"contact_id": 1}], ".0.role"), ("participants", [5], ".0"), ("participants", {"contact_id": 1}, ""),
    ("participants", [{"contact_id": 1, "role": "owner"}, {"contact_id": 10, "role": "owner"}], ".1.contact_id"),
    ("participants", [{"contact_id": 1, "role": "owner", "extra": 1}], ".0.extra"),
    ("competitors", [{"strengths": "price"}], ".0.name"), ("competitors", [{"name": "R", "is_winner": "?"}], ".0.is_winner"),
    ("activities", [{"kind": "dance", "subject": "x"}], ".0.kind"), ("activities", [{"subject": "x", "due": "soon"}], ".0.due"),
]  # fmt: skip


@pytest.mark.parametrize(("field_type", "given", "below"), BAD)
def test_what_a_field_refuses_and_where(field_type: str, given: Any, below: str) -> None:
    found = errors([typed(field_type)], {"x": given})
    assert list(found) == [f"variables.x{below}"]
    assert all(text and "%" not in text for texts in found.values() for text in texts)


OPTIONS = [{"label": "One", "value": "one"}, {"label": "Two", "value": 2}]


def test_only_listed_options_can_be_chosen() -> None:
    assert check([component("select", "x", values=OPTIONS)], {"x": 2}) == {"x": "2"}
    assert check([component("checklist", "x", values=OPTIONS)], {"x": ["one", "one"]}) == {"x": ["one"]}
    assert errors([component("select", "x", values=OPTIONS)], {"x": "three"}) == {
        "variables.x": ["Choose one of: one, 2."]
    }
    assert list(errors([component("taglist", "x", values=OPTIONS)], {"x": ["one", "three"]})) == ["variables.x.1"]
    assert list(errors([component("select", "x", values=OPTIONS)], {"x": True})) == ["variables.x"]


LIMITS = [
    (component("textfield", "x", validate={"minLength": 3, "maxLength": 5}), "four", "to", "toolong"),
    (component("number", "x", validate={"min": 10, "max": "20"}), 15, 5, 25),
    (component("number", "x", decimalDigits=1), 1.5, 1.55, "1.23"),
    (component("textfield", "x", validate={"pattern": "^[A-Z]{2}\\d+$"}), "AB12", "ab12", "AB"),
    (component("datetime", "x", subtype="date"), "2026-11-21", "2026-11-21T10:00", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "good", "bad", "worse"), LIMITS)
def test_limits_of_the_form_are_kept(field: dict[str, Any], good: Any, bad: Any, worse: Any) -> None:
    assert check([field], {"x": good}) == {"x": good}
    for wrong in (bad, worse):
        assert list(errors([field], {"x": wrong})) == ["variables.x"]


def test_a_pattern_cannot_hang_the_server() -> None:
    field = component("textfield", "x", validate={"pattern": "^(a+)+$", "maxLength": 2000})
    assert errors([field], {"x": "a" * 1900 + "!"})
    assert check([field], {"x": "a" * 1900})


def test_a_pattern_nobody_can_check_is_a_problem_of_the_form() -> None:
    form = read_form({"id": "f", "components": [component("textfield", "x", validate={"pattern": "(?=a)"})]})
    assert len(form.problems) == 1
    assert validate(form, None, {"x": "b"}, Records()) == {"x": "b"}


OTHER = component("select", "who", values=[{"label": "me", "value": "same"}, {"label": "other", "value": "other"}],
                  defaultValue="same")  # fmt: skip
OWNER = typed("user", "owner_id", conditional={"hide": '=who != "other"'}, validate={"required": True})


def test_a_hidden_field_is_neither_required_nor_kept() -> None:
    assert check([OTHER, OWNER], {}) == {"who": "same", "owner_id": None}
    assert check([OTHER, OWNER], {"who": "same", "owner_id": 99}) == {"who": "same", "owner_id": None}
    assert check([OTHER, OWNER], {"who": "other", "owner_id": 5}) == {"who": "other", "owner_id": 5}
    assert list(errors([OTHER, OWNER], {"who": "other"})) == ["variables.owner_id"]
    assert present(read_form({"components": [OWNER]}), "en").fields[0].show_if == 'not (who != "other")'


def test_conditions_may_read_the_process() -> None:
    field = component("textfield", "x", conditional={"hide": '=deal.stage = "needs"'}, validate={"required": True})
    assert check([field], {}, deal={"stage": "needs"}) == {"x": None}
    assert errors([field], {}, deal={"stage": "proposal"})


def test_a_required_tick_may_be_no() -> None:
    field = component("checkbox", "x", validate={"required": True})
    assert check([field], {"x": False}) == {"x": False}
    assert errors([field], {})
    assert errors([field], {"x": None})


def test_a_required_list_may_not_be_empty() -> None:
    assert errors([typed("users", validate={"required": True})], {"x": []}) == {"variables.x": ["Fill in this field."]}


def test_a_default_that_does_not_fit_is_left_out() -> None:
    assert check([typed("user", defaultValue=99)], {}) == {"x": None}
    assert check([typed("number", defaultValue=5)], {}) == {"x": 5}
    assert check([typed("number", defaultValue=5)], {"x": None}) == {"x": None}


@pytest.mark.parametrize("content", [{}, {"components": None}, {"components": [1, None, {"type": []}, {"key": 5}]},
                                     {"components": [{"type": "textfield", "key": "a", "validate": 5, "values": 5,
                                                      "properties": 5, "conditional": 5, "label": 5}]},
                                     {"id": 5, "components": [{"type": "group", "components": [{}]}]}])  # fmt: skip
def test_a_form_of_any_shape_is_read(content: dict[str, Any]) -> None:
    form = read_form(content)
    present(form, "ru")
    validate(form, None, {}, Records())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(sorted({kind for kind, _, _ in GOOD})), JSON)
def test_any_value_is_taken_or_refused(field_type: str, value: Any) -> None:
    try:
        stored = check([typed(field_type)], {"x": value})["x"]
    except ValidationFailed as error:
        assert error.fields_in("ru")
        return
    assert json_values({"x": stored}) == {"x": stored}


@given(st.dictionaries(st.text(max_size=10), JSON, max_size=5))
def test_free_variables_are_plain_data_or_refused(values: dict[str, Any]) -> None:
    try:
        assert json_values(values) == values
    except ValidationFailed as error:
        assert all(path.startswith("variables.") for path in error.fields)


@pytest.mark.parametrize(
    "values", [{"a": "\x00"}, {"a": 2**64}, {"": 1}, {"x" * 300: 1}, {"a": float("nan")}, {"a": {1, 2}}, {"a": ["x" * 600_000]},
               {"a": [[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}, {"a": [0] * 30_000}, {"\x00": 1}],
)  # fmt: skip
def test_variables_that_cannot_be_stored_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationFailed):
        json_values(values)
