"""Tables of text: CSV and its relatives, with any usual delimiter, in any encoding, with cells of any length."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from citygrid_plugin.core.errors import EmptyInput, UnreadableFile
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.storage.files import bytes_of

from . import encodings

_DELIMITERS = ",\t;|"
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w\r\n"])"?(?:\r\n|\r|\n|$)', re.IGNORECASE)  # as Excel writes it
_HEADER_SIZE = 1 << 20  # characters that hold any header
_MOST_COLUMNS = 1_990  # SQLite holds 2,000 a table, of which a layer needs some itself
_SEVERAL = 2  # line breaks in a row from which the width of its neighbour is looked at; ours

# Python's own limit of 131,072 characters a cell refuses long texts; this one fits a C long everywhere.
csv.field_size_limit(2**31 - 1)


class UnclosedQuote(UnreadableFile):
    """A table with a quoted cell that never ends: the rows after it would be taken for its text."""

    template = (
        "“{path}” cannot be read: in row {row} (line {line} of the file) a quotation mark opens a cell and "
        "nothing closes it. Close it, or double it if it belongs to the text."
    )


@dataclass
class Table:
    """The cells as text, None where empty; the encoding; what was remarked."""

    cells: pd.DataFrame
    encoding: str
    remarks: list[Remark] = field(default_factory=list)


def read_table(path: Path, encoding: str | None = None) -> Table:
    """Read a table of text. Raises ``UnreadableFile``, ``UnclosedQuote``, ``EmptyInput``."""
    data = bytes_of(path)
    text, found = encodings.text_of_file(data, encoding)
    del data
    table = Table(pd.DataFrame(), found.encoding, found.remarks())
    first_line = 1
    if stated := _SEPARATOR_LINE.match(text):
        text, first_line = text[stated.end() :], 2
    header = text.partition("\n")[0]
    delimiter = stated[1] if stated else max(_DELIMITERS, key=header.count)
    cells = _plain_cells(text, delimiter)
    table.cells = _cells_by_row(path, text, delimiter, first_line, table.remarks) if cells is None else cells
    return table


def check_width(path: Path, count: int) -> None:
    """Refuse a table with more columns than any layer can have. Raises ``UnreadableFile``."""
    if count > _MOST_COLUMNS:
        raise UnreadableFile(path=str(path), why=f"it has {count:,} columns; more than {_MOST_COLUMNS:,} are no table")


def _named(names: Iterable[str], count: int) -> list[str]:
    named = [name.strip() or f"column_{number}" for number, name in enumerate(names, 1)]
    return named + [f"extra_{number}" for number in range(1, count - len(named) + 1)]


# Fast: a table in which every line is a row


def _plain_cells(text: str, delimiter: str) -> pd.DataFrame | None:
    """The cells of a table in which each line is a row that is no longer than the header; None of any other."""
    if "\0" in text:
        return None
    names = next(csv.reader(_lines(text[:_HEADER_SIZE]), delimiter=delimiter), [])
    try:
        cells = pd.read_csv(
            io.BytesIO(text.encode("utf-8")), sep=delimiter, header=None, names=range(len(names)), dtype=object,
            na_filter=False, engine="c", index_col=False, on_bad_lines="error", quoting=csv.QUOTE_MINIMAL,
        )  # fmt: skip
    except (ValueError, pd.errors.ParserError, pd.errors.EmptyDataError):
        return None
    # A first row that is the header, as many rows as lines: no cell runs over a line's end, none was swallowed.
    rows_are_lines = len(cells) == _line_breaks(text) or len(cells) == _line_count(text)
    if not names or cells.empty or not rows_are_lines or list(cells.iloc[0].fillna("")) != names:
        return None
    cells = cells.iloc[1:].reset_index(drop=True)
    for number in cells:
        values = cells[number].to_numpy(dtype=object, copy=True)
        values[(values == "") | pd.isna(values)] = None
        cells[number] = pd.Series(values, dtype=object)
    return cells.set_axis(_named(names, len(names)), axis=1)


def _line_breaks(text: str) -> int:
    """The number of lines, blank ones included."""
    breaks = text.count("\n") + text.count("\r") - text.count("\r\n")
    return breaks + (not text.endswith(("\n", "\r")))


def _line_count(text: str) -> int:
    """The number of lines that are not blank; slower."""
    return sum(1 for line in _lines(text) if line.strip(" \t\r\n"))


# Careful: any other table


def _cells_by_row(path: Path, text: str, delimiter: str, first_line: int, remarks: list[Remark]) -> pd.DataFrame:
    rows = _rows(path, text, delimiter, first_line, remarks)
    if not rows:
        raise EmptyInput(layer=path.name)
    names, *cells = rows
    width = max(map(len, cells), default=0)
    if width > len(names):
        remarks.append(Remark("rows_too_long", {"count": sum(len(row) > len(names) for row in cells)}))
    named = _named(names, width)
    check_width(path, len(named))
    columns = [np.array([text or None for text in column], dtype=object) for column in itertools.zip_longest(*cells)]
    columns += [np.full(len(cells), None, dtype=object)] * (len(named) - len(columns))
    table = pd.DataFrame(dict(enumerate(columns)), index=range(len(cells)), dtype=object)
    return table.set_axis(named, axis=1)


def _rows(path: Path, text: str, delimiter: str, first_line: int, remarks: list[Remark]) -> list[list[str]]:
    """The rows of a table that are not blank, the header first."""
    # A row of two empty cells follows the last one: a cell that is still open swallows it.
    reader = csv.reader(itertools.chain(_lines(text), [delimiter]), delimiter=delimiter)
    rows: list[list[str]] = []
    ends = [0]  # number of lines up to the end of each row
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error as error:
        raise UnreadableFile(path=str(path), why=str(error)) from error
    last = rows.pop()
    if last != ["", ""]:
        lines_inside = sum(1 for _ in _lines(last[-1].removesuffix(delimiter))) or 1
        line = ends[-1] - 1 - lines_inside
        raise UnclosedQuote(path=str(path), row=_number(rows, len(rows)), line=line + first_line)
    if swallowing := _swallowing(rows, ends, text, delimiter):
        first = swallowing[0]
        values = {"count": len(swallowing), "row": _number(rows, first), "line": ends[first] + first_line}
        remarks.append(Remark("doubtful_quotes", values))
    return [row for row in rows if not _blank(row)]


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


def _blank(row: list[str]) -> bool:
    return not row or (len(row) == 1 and not row[0].strip(" \t"))


def _number(rows: list[list[str]], index: int) -> int:
    """The number of a row as everywhere: from 1, without the header and blank rows."""
    return sum(not _blank(row) for row in rows[:index])


def _swallowing(rows: list[list[str]], ends: list[int], text: str, delimiter: str) -> list[int]:
    """Rows over several lines that seem to have swallowed others.

    In these, text follows a closing quote; or they have many lines, and this row or the next has not as many
    cells as the header.
    """
    several = (np.flatnonzero(np.diff(ends[: len(rows) + 1]) > 1)).tolist()
    if not several:
        return []
    lines = list(_lines(text))
    width = len(rows[0])
    return [
        row
        for row in several
        if not _well_quoted(lines[ends[row] : ends[row + 1]], delimiter)
        or (ends[row + 1] - ends[row] > _SEVERAL and any(len(near) != width for near in rows[row : row + 2] if near))
    ]


def _well_quoted(lines: list[str], delimiter: str) -> bool:
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False
