"""A cable between the product and its database: TCP on one side, the database's socket on the other, to be cut at will."""

import selectors
import socket
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from server.embedded import Embedded

BLOCK = 65536


class Cable:
    """Carries connections until `cut` ends all of them at once and refuses new ones; `mend` lets them come again."""

    def __init__(self, server: Embedded, host: str = "127.0.0.1") -> None:
        self.server = server
        self.host = host
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server((host, 0))
        self.port = int(self._listener.getsockname()[1])
        self._listen()

    def url(self, database: str, query: str = "") -> str:
        """As the product is given it; libpq's own way of writing, without the driver."""
        password = (self.server.home / "password").read_text().strip()
        return f"postgresql://procession:{quote(password)}@{self.host}:{self.port}/{database}{query}"

    def cut(self) -> None:
        with self._lock:
            with suppress(OSError):  # shutdown, because close alone does not wake who accepts
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._listener = socket.create_server((self.host, self.port))
        self._listen()

    def _listen(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        far = socket.socket(socket.AF_UNIX)
        with near, far:
            with self._lock:
                self._ends |= {near, far}
            with suppress(OSError):
                far.connect(str(next(Path(self.server.socket_directory).glob(".s.PGSQL.[0-9]*[0-9]"))))
                _pass_on(near, far)
            with self._lock:
                self._ends -= {near, far}


def _pass_on(near: socket.socket, far: socket.socket) -> None:
    other = {near: far, far: near}
    with selectors.DefaultSelector() as both:
        for end in other:
            both.register(end, selectors.EVENT_READ)
        while True:
            for key, _ in both.select():
                end = key.fileobj
                assert isinstance(end, socket.socket)
                data = end.recv(BLOCK)
                if not data:
                    return
                other[end].sendall(data)
