"""Handing a letter to a mail server: what it answered, told in four ways that call for four different ends."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr
from types import TracebackType

from crm_model.mail_settings import STARTTLS, TLS, MailServer

PATIENCE = 20.0
"""Seconds for one answer of the mail server."""
NOT_ASCII = "The mail server does not take addresses with letters beyond Latin ones."


class Trouble(Exception):
    """The mail server cannot be used at all just now; no letter is to blame."""


class Refused(Exception):
    """This letter was not taken. `for_good`: the same again would get the same answer; `nobody`: the address is no one's."""

    def __init__(self, said: str, *, for_good: bool, nobody: bool = False) -> None:
        super().__init__(said)
        self.for_good = for_good
        self.nobody = nobody


class InDoubt(Exception):
    """The line broke after the letter had begun to leave: it may have been taken."""


class Connection:
    """One conversation with a mail server, for any number of letters; raises Trouble where it cannot begin."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._smtp = _opened(server)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def send(self, message: EmailMessage) -> None:
        """Returns once the server has taken the letter; raises Refused, Trouble or InDoubt."""
        to = str(message["To"].addresses[0].addr_spec) if message["To"].addresses else parseaddr(str(message["To"]))[1]
        options = self._options(to)
        try:
            self._expect(self._smtp.mail(self.server.from_address, options))
            code, said = self._smtp.rcpt(to)
            if code not in (250, 251):
                self._smtp.rset()
                raise Refused(_words(code, said), for_good=code >= 500, nobody=code in (550, 551, 553))
        except smtplib.SMTPServerDisconnected as error:
            raise Trouble(str(error)) from error
        except OSError as error:
            raise Trouble(str(error)) from error
        self._hand_over(message.as_bytes())

    def _hand_over(self, content: bytes) -> None:
        try:
            code, said = self._smtp.data(content)
        except smtplib.SMTPDataError as error:
            raise Refused(_words(error.smtp_code, error.smtp_error), for_good=error.smtp_code >= 500) from error
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise InDoubt(str(error)) from error
        if code != 250:
            raise Refused(_words(code, said), for_good=code >= 500)

    def _options(self, to: str) -> list[str]:
        if to.isascii():
            return []
        if not self._smtp.has_extn("smtputf8"):
            raise Refused(NOT_ASCII, for_good=True)
        return ["SMTPUTF8", "BODY=8BITMIME"]

    def _expect(self, answer: tuple[int, bytes]) -> None:
        code, said = answer
        if code != 250:
            self._smtp.rset()
            raise Trouble(_words(code, said))


def _opened(server: MailServer) -> smtplib.SMTP:
    secure = ssl.create_default_context()
    try:
        if server.security == TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=secure)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        smtp.ehlo_or_helo_if_needed()
        if server.security == STARTTLS:
            smtp.starttls(context=secure)
            smtp.ehlo()
        if server.username:
            smtp.login(server.username, server.password or "")
    except (OSError, smtplib.SMTPException) as error:
        raise Trouble(_of(error)) from error
    return smtp


def _of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:1000]
