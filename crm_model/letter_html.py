"""The HTML of letters: what may stay in it, its links, and the text for those who read no HTML."""

from html import escape, unescape
from html.parser import HTMLParser

import nh3

HERE = "https://here.invalid"
"""Stands in letters for our own address, which is known only when they leave."""
LINKED = ("http://", "https://")
TAGS = frozenset(
    {
        "a", "b", "blockquote", "br", "center", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "img", "li",
        "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
        "tr", "u", "ul",
    }
)  # fmt: skip
ATTRIBUTES = {
    "*": {"style", "align", "class", "dir", "lang", "title"},
    "a": {"href", "target"},
    "img": {"src", "alt", "width", "height"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor", "role"},
    "td": {"colspan", "rowspan", "width", "height", "bgcolor", "valign"},
    "th": {"colspan", "rowspan", "width", "height", "bgcolor", "valign"},
    "ol": {"start"},
}
STYLES = frozenset(
    {
        "background", "background-color", "border", "border-bottom", "border-collapse", "border-left", "border-radius",
        "border-right", "border-spacing", "border-top", "color", "display", "font", "font-family", "font-size",
        "font-style", "font-weight", "height", "letter-spacing", "line-height", "list-style", "margin", "margin-bottom",
        "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding", "padding-bottom",
        "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-transform",
        "vertical-align", "white-space", "width",
    }
)  # fmt: skip
SCHEMES = frozenset({"http", "https", "mailto", "tel", "cid", "data"})
BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "table", "tr", "ul", "ol", "blockquote", "pre", "hr"})


def sanitised(html: str) -> str:
    """The same letter without scripts, frames, forms and whatever else could act."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        filter_style_properties=set(STYLES),
        url_schemes=set(SCHEMES),
        link_rel=None,
        strip_comments=True,
    )


def html_of(text: str) -> str:
    """Paragraphs of a plain text."""
    paragraphs = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return "\n".join("<p>" + escape(part, quote=False).replace("\n", "<br>\n") + "</p>" for part in paragraphs)


def text_of(html: str) -> str:
    """A letter as plain text, a link as its words and its address."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip()


def links_of(html: str) -> list[str]:
    """The addresses that the letter's links lead to, each once, in the order of the letter."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return list(dict.fromkeys(reader.links))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag == "td":
            self.parts.append(" ")
        elif tag == "img" and given.get("alt"):
            self.parts.append(given["alt"] or "")
        elif tag == "a":
            href = unescape(given.get("href") or "")
            self._open.append((href, len(self.parts)))
            if href.startswith(LINKED):
                self.links.append(href)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a" and self._open:
            href, start = self._open.pop()
            if href.startswith(LINKED) and href != "".join(self.parts[start:]).strip():
                self.parts.append(f" ({href})")

    def handle_data(self, data: str) -> None:
        self.parts.append(" ".join(data.split("\n")))
