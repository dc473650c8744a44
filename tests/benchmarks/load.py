"""Requests over keep-alive connections, as many as are answered in a given time; in a process of its own.

`python -m tests.benchmarks.load PORT SECONDS CONNECTIONS <paths` prints what it saw as JSON.
"""

import asyncio
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, cast

import uvloop


class Connection(asyncio.Protocol):
    """One connection: the next request goes out as soon as the answer is there."""

    def __init__(self, requests: Iterator[bytes], until: float, taken: list[float], done: asyncio.Event) -> None:
        self.requests, self.until, self.taken, self.done = requests, until, taken, done
        self.transport: asyncio.Transport | None = None
        self.head = b""
        self.missing = -1  # bytes of the body still to come; -1 while the head is read
        self.sent_at = 0.0
        self.received = self.refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer."""
        self.received += len(data)
        if self.missing < 0:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            lines = self.head[:end].lower()
            start = lines.index(b"content-length:") + len(b"content-length:")
            self.missing = int(lines[start:].split(b"\r\n", 1)[0]) - (len(self.head) - end - 4)
            self.refused += not lines.startswith(b"http/1.1 200")
            self.head = b""
        else:
            self.missing -= len(data)
        if self.missing == 0:
            self.missing = -1
            now = time.perf_counter()
            self.taken.append(now - self.sent_at)
            if now < self.until:
                self._send()
            else:
                assert self.transport is not None
                self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count what was cut off as refused."""
        self.refused += exc is not None or time.perf_counter() < self.until
        self.done.set()

    def _send(self) -> None:
        assert self.transport is not None
        self.sent_at = time.perf_counter()
        self.transport.write(next(self.requests))


async def _load(port: int, seconds: float, connections: int, paths: Sequence[str]) -> dict[str, Any]:
    requests = itertools.cycle(
        [f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode() for path in paths]
    )
    taken: list[float] = []
    begun = time.perf_counter()
    opened = []
    for _ in range(connections):
        done = asyncio.Event()
        make = Connection(requests, begun + seconds, taken, done)
        await asyncio.get_running_loop().create_connection(lambda make=make: make, "127.0.0.1", port)  # type: ignore[misc]
        opened.append(make)
    for one in opened:
        await one.done.wait()
    elapsed = time.perf_counter() - begun
    taken.sort()
    return {
        "requests": len(taken), "seconds": elapsed, "refused": sum(one.refused for one in opened),
        "bytes": sum(one.received for one in opened), "p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)],
    }  # fmt: skip


def load(port: int, seconds: float, connections: int, paths: Sequence[str]) -> dict[str, Any]:
    """Put the load from another process; what it saw."""
    command = [sys.executable, "-m", "tests.benchmarks.load", str(port), str(seconds), str(connections)]
    done = subprocess.run(
        command, input="\n".join(paths).encode(), stdout=subprocess.PIPE, check=True, timeout=seconds + 120
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    print(
        json.dumps(
            uvloop.run(_load(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.stdin.read().split("\n")))
        )
    )
