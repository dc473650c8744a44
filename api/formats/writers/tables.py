"""CSV (RFC 4180) in UTF-8: constant columns, and no text that a spreadsheet would take for a formula."""

import csv
import io
from collections.abc import Sequence

from api.formats.columns import cells, header, written
from api.formats.writers.outputs import Answer
from schemas.transfers import Json


class Table:
    """CSV being written."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def head(self) -> bytes:
        """The first row."""
        return _rows([self._answer.names or header(self._answer.table, self._answer.is_content)])

    def items(self, items: Sequence[Json]) -> bytes:
        """A row each."""
        names, table, is_content = self._answer.names, self._answer.table, self._answer.is_content
        if names:
            flat = map(self._answer.flat, items)
            return _rows([[written(row[name]) for name in names] for row in flat])
        return _rows([cells(table, item, is_content) for item in items])

    def tail(self) -> bytes:
        """Nothing."""
        return b""


def _rows(rows: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue().encode()
