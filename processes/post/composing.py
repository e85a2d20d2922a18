"""A letter as it leaves: headers, text and HTML, and in advertising the links back to us."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from html import escape, unescape

from crm_model import letter_html
from crm_model.letters import MARKETING, Letter
from crm_model.mail_settings import MailServer
from kernel.i18n import N_, translate

RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
LINK = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]*)(")', re.IGNORECASE)
WHY_YOU = N_("You get this letter because you agreed to it.")
UNSUBSCRIBE = N_("Unsubscribe")


def compose(letter: Letter, server: MailServer, public_url: str) -> EmailMessage:
    """`public_url` is where people reach us from outside."""
    message = EmailMessage(policy=SMTP if letter.to_address.isascii() else SMTPUTF8)
    sender = letter.sender
    shown = sender.name if sender is not None else server.from_name
    message["From"] = _address(shown, server.from_address)
    message["To"] = _address(letter.to_name, letter.to_address)
    reply_to = letter.reply_to or (sender.email if sender is not None else None)
    if reply_to and reply_to != server.from_address:
        message["Reply-To"] = parseaddr(reply_to)[1]
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.tried_at or letter.created_at)
    message["Message-ID"] = letter.message_id
    text, html = (part.replace(letter_html.HERE, public_url) for part in (letter.text, letter.html))
    if letter.purpose == MARKETING:
        link = f"{public_url}/l/u/{letter.token}"
        message["List-Unsubscribe"] = f"<{link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text = f"{text}\n\n-- \n{_said(letter, WHY_YOU)}\n{_said(letter, UNSUBSCRIBE)}: {link}\n"
        html = _tracked(html, public_url, letter.token) + _foot(letter, link)
        html += f'<img src="{public_url}/l/o/{letter.token}" width="1" height="1" alt="">'
    message.set_content(text)
    message.add_alternative(_page(letter, html), subtype="html")
    return message


def as_shown(letter: Letter) -> str:
    """The same for our own people: it looks alike, and looking at it counts nothing."""
    return _page(letter, letter.html + (_foot(letter, "#") if letter.purpose == MARKETING else ""))


def _tracked(html: str, public_url: str, token: str) -> str:
    numbers = {link: number for number, link in enumerate(letter_html.links_of(html))}

    def replaced(found: re.Match[str]) -> str:
        number = numbers.get(unescape(found[2]))
        return found[0] if number is None else f"{found[1]}{public_url}/l/c/{token}/{number}{found[3]}"

    return LINK.sub(replaced, html)


def _foot(letter: Letter, link: str) -> str:
    style = "margin-top:24px;color:#6b7280;font-size:12px"
    return (
        f'<p style="{style}">{escape(_said(letter, WHY_YOU))} '
        f'<a href="{escape(link)}" style="color:#6b7280">{escape(_said(letter, UNSUBSCRIBE))}</a></p>'
    )


def _page(letter: Letter, body: str) -> str:
    style = "margin:0;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#111827"
    return (
        f'<!doctype html><html lang="{_language(letter)}"><head><meta charset="utf-8">'
        f'<title>{escape(letter.subject)}</title></head><body style="{style}">{body}</body></html>'
    )


def _language(letter: Letter) -> str:
    return "ru" if RUSSIAN.search(letter.subject + letter.text) else "en"


def _said(letter: Letter, message: str) -> str:
    return translate(message, _language(letter))


def _address(name: str | None, address: str) -> Address | str:
    user, _, domain = address.rpartition("@")
    try:
        return Address(name or "", user, domain.encode("idna").decode() if not domain.isascii() else domain)
    except (ValueError, UnicodeError):
        return address
