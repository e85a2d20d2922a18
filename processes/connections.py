"""Trying out the servers that letters leave by and come from, without sending or reading any."""

from __future__ import annotations

from dataclasses import dataclass

from imap_tools.errors import ImapToolsError

from crm_model import mail_settings, mailboxes
from kernel.context import Context
from kernel.errors import NotFound
from kernel.permissions import use_case
from kernel.vault import SecretUnreadable
from processes.mailroom import reading
from processes.post.transport import Connection, Trouble


@dataclass(frozen=True, slots=True)
class Trial:
    """`trouble` is what the server said, or why it could not be asked."""

    works: bool
    trouble: str | None = None


@use_case("letters.server")
def try_mail_server(context: Context) -> Trial:
    """Greets the mail server of the settings and signs in there."""
    stored = mail_settings.stored(context.session)
    if stored is None:
        raise NotFound()
    try:
        with Connection(stored.server()):
            return Trial(works=True)
    except Trouble as trouble:
        return Trial(works=False, trouble=str(trouble))
    except SecretUnreadable as error:
        return Trial(works=False, trouble=error.in_language(context.actor.language))


@use_case("mailbox.manage")
def try_mailbox(context: Context) -> Trial:
    """Signs in to the mailbox of the settings and opens its folder."""
    mailbox = mailboxes.get_mailbox(context)
    if mailbox is None:
        raise NotFound()
    try:
        with reading.opened(mailbox.access()):
            return Trial(works=True)
    except (ImapToolsError, OSError) as error:
        return Trial(works=False, trouble=str(error) or type(error).__name__)
    except SecretUnreadable as error:
        return Trial(works=False, trouble=error.in_language(context.actor.language))
