"""A real server on a real socket, for what a test client inside the process can't show."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from api.commands.serve import Server


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of a running server. It listens before it runs, so that nobody waits for it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(app, announce=lambda: None)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=60)
