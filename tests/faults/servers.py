"""Real server processes on one database, on free ports of this machine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds after which a wait has failed; nothing takes as long


class Server:
    """One server process."""

    def __init__(self, url: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "uvicorn", "api.main:create", "--factory", "--port", str(self.port)]
        quiet = ["--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "2"]
        environment = {**os.environ, "DATABASE_URL": url}
        self.process = subprocess.Popen([*command, *quiet], cwd=ROOT, env=environment)

    def wait(self) -> None:
        """Until it answers."""
        transport = httpx.HTTPTransport(retries=0)
        end = time.monotonic() + PATIENCE
        with httpx.Client(transport=transport, timeout=PATIENCE) as client:
            while time.monotonic() < end:
                if self.process.poll() is not None:
                    raise AssertionError(f"the server ended with {self.process.returncode}")
                try:
                    if client.get(f"{self.address}/health/ready").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                try:
                    self.process.wait(0.02)
                except subprocess.TimeoutExpired:
                    continue
        raise AssertionError("the server did not answer in time")

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """An orderly end."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()


@contextmanager
def servers(url: str, count: int) -> Iterator[list[Server]]:
    """Some servers on one database, stopped at the end."""
    running = [Server(url) for _ in range(count)]
    try:
        for server in running:
            server.wait()
        yield running
    finally:
        for server in running:
            server.stop()
