"""How a record is addressed in a path: an id, or `external_source:external_id`, whose id may hold slashes."""

from starlette.convertors import Convertor, StringConvertor, register_url_convertor

from schemas.statements import ASKED_BELOW, ASKED_WITHIN


class RecordAddress(Convertor[str]):
    """One segment, or a source, a colon and whatever follows, short of what asks for something of the record."""

    regex = f"[^/:]+:(?:(?!{ASKED_WITHIN}).)+{''.join(f'(?<!{word})' for word in ASKED_BELOW)}|[^/]+"

    def convert(self, value: str) -> str:
        """The address as it stands."""
        return value

    def to_string(self, value: str) -> str:
        """The address as it stands."""
        return value


class Undotted(StringConvertor):
    """An id without a dot, which begins a suffix."""

    regex = r"[^/.]+"


register_url_convertor("record", RecordAddress())
register_url_convertor("undotted", Undotted())
UNDOTTED = "/{id:undotted}"
RECORD = "/{id:record}"
THREAD = f"{RECORD}/thread"
HISTORY = f"{RECORD}/history"
RESTORE = f"{RECORD}/restore"
MERGE = f"{RECORD}/merge"
UNMERGE = f"{RECORD}/unmerge"
CODINGS = f"{RECORD}/codings"
