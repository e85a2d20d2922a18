"""Translations: English templates in the code, gettext catalogues in `locale/`, applied at the edges."""

from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES = ("ru", "en")
DEFAULT_LANGUAGE = "ru"
LOCALE_DIR = Path(__file__).parent / "locale"


def N_(message: str) -> str:
    """Marks a message for the catalogue without translating it."""
    return message


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language, all its parts in one; English needs none beyond its plurals."""
    combined = NullTranslations()
    for part in sorted((LOCALE_DIR / language / "LC_MESSAGES").glob("*.po")):
        loaded = Translations(BytesIO(_compiled(part, language)))
        combined = combined.merge(loaded) if isinstance(combined, Translations) else loaded
    return combined


def _compiled(source: Path, language: str) -> bytes:
    """Compiled on first use and kept beside the source where that is writable, so a second start is quick."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return target.read_bytes()
    buffer = BytesIO()
    with source.open("rb") as file:
        write_mo(buffer, read_po(file, locale=language))
    try:
        target.write_bytes(buffer.getvalue())
    except OSError:
        pass
    return buffer.getvalue()


def translate(message: str, language: str, /, **params: Any) -> str:
    """The message in a language, with `%(name)s` filled from `params`. One that is itself said differently in each
    language is a function of the language, or the mapping by language that `kept` made of it."""
    text = translations(language).gettext(message) if message else ""
    return text % {name: _said(value, language) for name, value in params.items()} if params else text


def _said(value: Any, language: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(language, "")
    return value(language) if callable(value) else value


def kept(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a message as they are stored with it, to be read in any language later."""
    return {
        name: {language: str(value(language)) for language in LANGUAGES} if callable(value) else str(value)
        for name, value in params.items()
    }


def translate_of(subject: str, message: str, language: str, /) -> str:
    """A word that some languages say differently of different things, as Russian adjectives are: `subject` is the
    message's context in the catalogue. One without such a translation is the same of everything."""
    found = translations(language).pgettext(subject, message)
    return translate(message, language) if found == message else found


def translate_plural(one: str, many: str, count: int, language: str, /, **params: Any) -> str:
    """The form a language uses for `count`, with `%(count)s` filled."""
    return translations(language).ngettext(one, many, count) % {"count": count, **params}


def pick_title(titles: dict[str, str] | None, fallback: str, language: str) -> str:
    """A title kept in several languages, in the wanted one, else any, else the fallback."""
    titles = titles or {}
    return titles.get(language) or fallback or next(iter(titles.values()), "")
