"""Trying out the servers that letters leave by and come from: what failed, and what to do, in plain words."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid

from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError, MailboxStarttlsError

from crm_model import fields, inputs, mail_settings, mailboxes
from crm_model.inputs import Field
from crm_model.mail_settings import MailServer
from kernel.context import Context
from kernel.errors import NotFound
from kernel.i18n import N_, translate
from kernel.permissions import use_case
from kernel.vault import SecretUnreadable
from processes.mailroom import reading
from processes.post.transport import Connection, InDoubt, Refused, Trouble

NO_SERVER = N_("There is no server with this name."), N_("Check the name of the server for slips.")
SHUT = (
    N_("Nothing answers at this server and port."),
    N_("Check the port: usually 587 or 465 for outgoing mail, 993 or 143 for a mailbox."),
)
SILENT = (
    N_("The server does not answer in time."),
    N_("Check name and port. If they are right, a firewall is likely between this program and the server."),
)
UNTRUSTED = (
    N_("The certificate of the server is not trusted."),
    N_("Write the name of the server exactly as its owner gives it, or have its certificate renewed."),
)
OTHER_ENCRYPTION = (
    N_("Encryption and port do not fit together."),
    N_("Choose another encryption: TLS at 465 or 993, STARTTLS at 587 or 143."),
)
NOT_KNOWN = (
    N_("The server does not accept the user name or the password."),
    N_("Type both anew. Many providers want a password for applications, made in the settings of the mailbox."),
)
NO_FOLDER = N_("The mailbox has no such folder."), N_("Check the name of the folder; the usual one is INBOX.")
NO_LETTER = (
    N_("The server is there, but does not take this letter."),
    N_("Check the addresses: many servers only take letters from the mailbox that signs in."),
)
IN_DOUBT = (
    N_("The line broke while the letter was leaving."),
    N_("See whether it has come before you try again."),
)
UNREADABLE = (
    N_("The password that is kept cannot be read."),
    N_("Type the password anew and save, or start the program with the former key."),
)
OTHER = N_("It does not work."), N_("What the server said is below; its owner can tell more.")
KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], tuple[str, str]], ...] = (
    (socket.gaierror, NO_SERVER),
    (ssl.SSLCertVerificationError, UNTRUSTED),
    ((ssl.SSLError, smtplib.SMTPNotSupportedError, MailboxStarttlsError), OTHER_ENCRYPTION),
    (TimeoutError, SILENT),
    (ConnectionRefusedError, SHUT),
    ((smtplib.SMTPAuthenticationError, MailboxLoginError), NOT_KNOWN),
    (MailboxFolderSelectError, NO_FOLDER),
    (smtplib.SMTPServerDisconnected, OTHER_ENCRYPTION),
    (InDoubt, IN_DOUBT),
    (Refused, NO_LETTER),
    (SecretUnreadable, UNREADABLE),
)
"""What to say of each kind of trouble; the first that fits is said."""
SUBJECT = N_("A test letter from Procession")
TEXT = N_("This letter shows that letters leave. Nobody has to answer it.")


@dataclass(frozen=True, slots=True)
class Trial:
    """`trouble` is what the server said, or why it could not be asked; `failed` and `advice` tell it in plain words."""

    works: bool
    trouble: str | None = None
    failed: str | None = None
    advice: str | None = None


@use_case("letters.server")
def try_mail_server(context: Context) -> Trial:
    """Greets the mail server of the settings and signs in there."""
    try:
        with Connection(_mail_server(context)):
            return Trial(works=True)
    except (Trouble, SecretUnreadable) as error:
        return _failed(context, error)


@use_case("letters.server")
def send_test_letter(context: Context, *, to: str | None) -> Trial:
    """Sends one letter by the mail server of the settings at once, past everything that waits."""
    read = inputs.read(context, {"to": to}, {"to": Field(fields.email, required=True)})
    try:
        server = _mail_server(context)
        with Connection(server) as connection:
            connection.send(_test_letter(context, server, read["to"]))
            return Trial(works=True)
    except (Trouble, Refused, InDoubt, SecretUnreadable) as error:
        return _failed(context, error)


def _mail_server(context: Context) -> MailServer:
    stored = mail_settings.stored(context.session)
    if stored is None:
        raise NotFound()
    return stored.server()


def _test_letter(context: Context, server: MailServer, to: str) -> EmailMessage:
    language = context.actor.language
    letter = EmailMessage()
    letter["From"] = formataddr((server.from_name or "", server.from_address))
    letter["To"] = to
    letter["Subject"] = translate(SUBJECT, language)
    letter["Date"] = formatdate(context.now().timestamp())
    letter["Message-ID"] = make_msgid(domain=server.from_address.rpartition("@")[2] or None)
    letter.set_content(translate(TEXT, language))
    return letter


@use_case("mailbox.manage")
def try_mailbox(context: Context) -> Trial:
    """Signs in to the mailbox of the settings and opens its folder."""
    mailbox = mailboxes.get_mailbox(context)
    if mailbox is None:
        raise NotFound()
    try:
        with reading.opened(mailbox.access()):
            return Trial(works=True)
    except (ImapToolsError, OSError, SecretUnreadable) as error:
        return _failed(context, error)


def _failed(context: Context, error: Exception) -> Trial:
    language = context.actor.language
    failed, advice = next((told for cause in _causes(error) if (told := _told(cause))), OTHER)
    said = error.in_language(language) if isinstance(error, SecretUnreadable) else str(error) or type(error).__name__
    return Trial(False, said, translate(failed, language), translate(advice, language))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What went wrong, the innermost first."""
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)
    yield error


def _told(error: BaseException) -> tuple[str, str] | None:
    return next((told for kind, told in KINDS if isinstance(error, kind)), None)
