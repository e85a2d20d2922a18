"""A real IMAP server in a process of its own, with one mailbox."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imap_tools import BaseMailBox, MailBoxUnencrypted

USER, PASSWORD = "clients", "secret"
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class ImapServer:
    port: int

    @contextmanager
    def open(self) -> Iterator[BaseMailBox]:
        with MailBoxUnencrypted("127.0.0.1", self.port).login(USER, PASSWORD) as opened:
            yield opened

    def put(self, *letters: bytes) -> None:
        with self.open() as mailbox:
            for letter in letters:
                mailbox.append(letter, "INBOX")

    def unread(self) -> int:
        with self.open() as mailbox:
            return len(mailbox.uids("UNSEEN"))


@contextmanager
def running() -> Iterator[ImapServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1", "--port", str(port), "--no-tls",
        "--no-service", "admin", "--no-service", "managesieve", "dict", "--demo-user", USER, "--demo-password", PASSWORD,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield ImapServer(port)
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the IMAP server does not start")
