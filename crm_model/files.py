"""Files that people upload: the bytes with what is said of them, and names that are safe to offer for download."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from mimetypes import guess_type

from kernel.errors import ValidationFailed
from kernel.i18n import N_

MAXIMUM_SIZE = 25 * 1024 * 1024
"""Bytes of one file."""

UNKNOWN_TYPE = "application/octet-stream"
LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class File:
    """`name` is safe for a download; `content_type` says what the name suggests and is never to be run by a browser."""

    name: str
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def take(name: str | None, content: bytes, content_type: str | None = None) -> File:
    """The file as uploaded; ValidationFailed at `file` for an empty or too large one."""
    if not content:
        raise ValidationFailed({"file": [N_("The file is empty.")]})
    if len(content) > MAXIMUM_SIZE:
        raise ValidationFailed({"file": [N_("The file is larger than 25 MB.")]})
    safe = safe_name(name or "")
    told = (content_type or "").split(";")[0].strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*", told) or len(told) > 100:
        told = guess_type(safe)[0] or UNKNOWN_TYPE
    return File(safe, told, content)


def safe_name(name: str, default: str = "document") -> str:
    """Without folders, control characters and what Windows does not take; long names keep their ending."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", name).strip(" .")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
        name = name[: LONGEST_NAME - len(ending)] + ending
    return name or default
