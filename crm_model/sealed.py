"""What is kept sealed, and whether the key at hand opens it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_model.mail_settings import MailSettings
from crm_model.mailboxes import Mailbox
from crm_model.telephony import TelephonySettings
from kernel import vault

KEPT = {
    "password of the mail server": MailSettings.sealed_password,
    "password of the mailbox": Mailbox.sealed_password,
    "secret of telephony": TelephonySettings.sealed_secret,
}


def unreadable(session: Session) -> list[str]:
    """In English, which of them another key has sealed."""
    return [name for name, column in KEPT.items() if not all(map(vault.opens, session.scalars(select(column))))]
