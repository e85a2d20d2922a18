"""A vendor's attribute as a text of the expression language: JUEL and FEEL stay as they are, plain text is a literal."""

WHO_STARTED = "$INITIATOR"
"""Flowable's word for the person who started the process."""


def is_computed(text: str) -> bool:
    """Whether the text is JUEL (`${…}`, `#{…}`) or FEEL (`= …`)."""
    return "${" in text or "#{" in text or text.startswith("=")


def expression(text: str | None) -> str | None:
    if text is None or is_computed(text):
        return text
    return "initiator_id" if text == WHO_STARTED else repr(text)


def number(text: str | None) -> str | None:
    if text is None or is_computed(text) or text.lstrip("-").isdigit():
        return text
    return None


def moment(text: str | None) -> str | None:
    """A date, or a duration counted from now."""
    if text is None or is_computed(text):
        return text
    if text.startswith(("P", "p")):
        return f"now + duration({text!r})"
    return f"date({text!r})"


def names(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def name_list(text: str | None) -> str | None:
    """Users as a list expression; a single computed one stays as it is."""
    found = names(text)
    if not found:
        return None
    if any(is_computed(name) for name in found):
        return text
    return "[" + ", ".join(repr(name) for name in found) + "]"
