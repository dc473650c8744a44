"""How a record is addressed in a path: an id, or `external_source:external_id`, whose id may hold slashes."""

from starlette.convertors import Convertor, register_url_convertor


class RecordAddress(Convertor[str]):
    """One segment, or a source, a colon and whatever follows, short of the `/thread` that asks for the thread."""

    regex = "[^/:]+:.+(?<!/thread)|[^/]+"

    def convert(self, value: str) -> str:
        """The address as it stands."""
        return value

    def to_string(self, value: str) -> str:
        """The address as it stands."""
        return value


register_url_convertor("record", RecordAddress())
RECORD = "/{id:record}"
THREAD = f"{RECORD}/thread"
