"""UUIDv7 (RFC 9562): ids whose order is the order of entry."""

import secrets
import time
from uuid import UUID


def uuid7(recorded_at: int) -> str:
    """An id for something entered at this microsecond since 1970.

    48 bits of milliseconds, then 12 bits of the fraction of the millisecond (RFC 9562, method 3), so that ids of
    revisions, which are at least a microsecond apart, sort as they were entered; 62 bits are random.
    """
    milliseconds, rest = divmod(recorded_at, 1000)
    fraction = rest * 4096 // 1000
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=value))


def now() -> int:
    """This machine's clock in microseconds since 1970; for what expires, never for the order of writes."""
    return time.time_ns() // 1000
