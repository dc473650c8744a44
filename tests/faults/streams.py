"""What a thousand readers of the live feed cost one server process, and how soon they hear of a write in another."""

import asyncio
import os
import random
import statistics
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.factories import statement
from tests.streams import PATIENCE, STREAM
from tests.test_commands_program import Program, started


@dataclass
class Cost:
    """Memory in MB, shares of one processor, seconds."""

    readers: int
    memory_before: float
    memory: float
    idle: float  # share of one processor
    waking: float  # seconds of one processor for a change that every reader gets
    first: list[
        float
    ]  # seconds from the acknowledgement of a write to its first reader's event; less than 0 if before it
    last: list[float]

    def __str__(self) -> str:
        return (
            f"{self.readers} idle readers: {self.memory:.0f} MB (without them {self.memory_before:.0f}), "
            f"{self.idle:.2%} of a processor; one change to all of them: {self.waking * 1000:.0f} ms of a processor; "
            f"from the acknowledgement in another process to the first event {statistics.median(self.first) * 1000:.0f} ms, "
            f"to the last of them {statistics.median(self.last) * 1000:.0f} ms (medians of {len(self.first)})"
        )


def _memory(program: Program) -> float:
    status = Path(f"/proc/{program.process.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _processor(program: Program) -> float:
    """Seconds of a processor that a process has used."""
    fields = Path(f"/proc/{program.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Crowd:
    """Readers of one server, who note when each event came."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.arrivals: list[float] = []
        self.begun = 0
        self._changed = asyncio.Condition()

    async def read(self) -> None:
        """Read until the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
        try:
            writer.write(f"GET {STREAM} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            while line := await reader.readline():
                if line.startswith((b"retry: ", b"data: ")):
                    async with self._changed:
                        self.begun += line.startswith(b"retry: ")
                        if line.startswith(b"data: "):
                            self.arrivals.append(time.monotonic())
                        self._changed.notify_all()
        finally:
            writer.close()

    async def until(self, begun: int, arrived: int) -> None:
        """Wait until so many have begun, and so many events have arrived."""
        async with self._changed, asyncio.timeout(PATIENCE):
            await self._changed.wait_for(lambda: self.begun >= begun and len(self.arrivals) >= arrived)


async def _measure(listened: Program, written: Program, key: str, readers: int, seconds: float, writes: int) -> Cost:
    crowd = Crowd(int(listened.port))
    first, last = [], []
    async with AsyncExitStack() as stack:
        headers = {"Authorization": f"Bearer {key}"}
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=written.url(), headers=headers, timeout=PATIENCE)
        )
        async with httpx.AsyncClient(base_url=listened.url(), timeout=PATIENCE) as warm:
            for _ in range(20):
                (await warm.get("/v1/changes")).raise_for_status()
        before = _memory(listened)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        tasks = []
        for number in range(readers):
            tasks.append(group.create_task(crowd.read()))
            if number % 50 == 49:
                await crowd.until(number + 1, 0)
        await crowd.until(readers, 0)
        used = _processor(listened)
        await asyncio.sleep(seconds)
        idle = (_processor(listened) - used) / seconds
        used = _processor(listened)
        for number in range(1, writes + 1):
            await asyncio.sleep(random.random())
            (await client.post("/v1/statements", json=statement())).raise_for_status()
            acknowledged = time.monotonic()
            await crowd.until(readers, number * readers)
            first.append(crowd.arrivals[-readers] - acknowledged)
            last.append(crowd.arrivals[-1] - acknowledged)
        waking = (_processor(listened) - used) / writes
        memory = _memory(listened)
        for task in tasks:
            task.cancel()
    return Cost(readers, before, memory, idle, waking, first, last)


def run(url: str, key: str, readers: int, seconds: float, writes: int = 20) -> Cost:
    """Two server processes on the database: one is listened to, the other is written through."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        programs = [stack.enter_context(started(Path(folder), "serve", DATABASE_URL=url)) for _ in range(2)]
        for program in programs:
            program.serving()
        cost = asyncio.run(_measure(programs[0], programs[1], key, readers, seconds, writes))
        assert [program.stop() for program in programs] == [0, 0]
        assert programs[0].err == "", programs[0].err
        return cost
