"""Comparisons in words: elements by their titles, properties by what people call them."""

from typing import Any

from task_ui.differences import readable


def told(what: str, before: Any, after: Any, language: str = "en") -> tuple[str, str, str]:
    row = {
        "element_id": "wait",
        "type": "boundaryEvent",
        "name": "",
        "changes": [{"what": what, "before": before, "after": after}],
    }
    shown = readable({"changed": [row]}, {"wait": "Wait", "next": "Next step"}, language)["changed"][0]
    assert shown["name"] == "Wait"
    change = shown["changes"][0]
    return change["what"], change["before"], change["after"]


def test_properties_have_names_of_the_trade() -> None:
    assert told("extension.assignee", None, "deal.owner_id") == ("who does it", "—", "deal.owner_id")
    assert told("extension.results.done.primary", True, None, "ru") == ("результат", "true", "—")


def test_a_time_is_shown_without_its_kind() -> None:
    assert told("events.1.timer", ["duration", "P2D"], ["duration", "P3D"]) == ("time", "P2D", "P3D")


def test_elements_are_called_by_their_titles() -> None:
    assert told("target", "wait", "next") == ("leads to", "Wait", "Next step")


def test_what_has_no_name_keeps_its_path() -> None:
    assert told("transaction_protocol", "a", "b") == ("transaction_protocol", "a", "b")
