"""XPath as BPMN uses it: its functions for data become the variables that they stand for."""

import re

_DATA = re.compile(
    r"(?:\w+:)?get(?:DataObject|DataInput|DataOutput|ProcessProperty|ActivityProperty|EventProperty)"
    r"\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?['\"]([A-Za-z_]\w*)['\"]\s*\)((?:/[A-Za-z_]\w*)*)"
)
"""A data object, input or output by its name, or a property of a process, activity or event; then a path into it."""
_CONSTANT = re.compile(r"\b(true|false)\(\s*\)")


def plain(text: str) -> str:
    """The expression with names in place of XPath's functions; any other text as it is."""
    if "get" not in text:
        return text
    found, count = _DATA.subn(lambda match: match[1] + match[2].replace("/", "."), text)
    return _CONSTANT.sub(r"\1", found) if count else text
