"""Attribute tables of shapefiles (dBase III), read as bytes, so that every text is what the file holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.errors import UnreadableFile
from citygrid_plugin.storage.files import bytes_of

from .encodings import decode

_HEADER, _DESCRIPTOR, _END = 32, 32, 0x0D
_DELETED = b"*"
_MARKS = b" *"
_PLAIN_TYPES: Final = frozenset("CNFDL")
_NULL_DATE: Final = "00000000"
_LANGUAGES: Final = {
    0x03: "cp1252", 0x57: "cp1252", 0x4D: "gbk", 0x7A: "gbk", 0x4F: "big5", 0x78: "big5", 0x13: "cp932", 0x7B: "cp932",
}  # fmt: skip


@dataclass(frozen=True)
class Dbf:
    """The raw table: ``columns`` hold, per field, the distinct values and which of them each row has.

    ``sizes``: bytes and decimals of each field; ``language``: the encoding that the language id names, empty where it
    names none; ``deleted`` marks rows; ``beyond``: rows in the file that its header does not count, and which are not
    read. ``plain`` is false where a field is of a binary type, which this reader leaves to GDAL.
    """

    names: list[bytes]
    types: list[str]
    sizes: list[tuple[int, int]]
    columns: list[tuple[NDArray[np.intp], list[bytes]]]
    deleted: NDArray[np.bool_]
    language: str
    plain: bool
    beyond: int = 0

    def texts(self) -> list[bytes]:
        """Everything that has an encoding: field names and the values of text fields."""
        values = [
            value
            for kind, (_, distinct) in zip(self.types, self.columns, strict=True)
            if kind == "C"
            for value in distinct
        ]
        return [*self.names, *values]

    def frame(self, encoding: str) -> pd.DataFrame:
        """All rows as text exactly as written, without the blanks that fill the fields; null is None."""
        data = {}
        for number, (kind, (row, distinct)) in enumerate(zip(self.types, self.columns, strict=True)):
            texts = [_text(value, kind, encoding) for value in distinct]
            data[number] = np.array([*texts, None], dtype=object)[row]
        frame = pd.DataFrame(data, dtype=object, index=range(len(self.deleted)))
        return frame.set_axis([decode(name, encoding) for name in self.names], axis=1)


def _text(value: bytes, kind: str, encoding: str) -> str | None:
    text = decode(value, encoding)
    text = text.rstrip(" \0") if kind == "C" else text.strip(" \0")
    empty = not text.strip() or (kind == "D" and text == _NULL_DATE) or (kind == "L" and text == "?")
    return None if empty or (kind in "NF" and not text.strip("*")) else text


def read_dbf(path: Path) -> Dbf:
    """Read a .dbf file; raises ``UnreadableFile`` where it is cut short or is none."""
    data = bytes_of(path)
    count, header_size, row_size = (int.from_bytes(data[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    # Only where a field would begin: inside one, the same byte may be its width.
    starts = range(_HEADER, min(header_size, len(data)), _DESCRIPTOR)
    end = next((start for start in starts if data[start] == _END), -1)
    if len(data) < _HEADER or end < 0 or not row_size:
        raise UnreadableFile(path=str(path), why="it is no dBase table")
    if len(data) < header_size + count * row_size:
        available = max(len(data) - header_size, 0) // row_size
        raise UnreadableFile(path=str(path), why=f"it is cut short: it has {available} of {count} records")
    names, types, sizes, offsets = [], [], [], []
    offset = 1
    for start in range(_HEADER, end - _DESCRIPTOR + 1, _DESCRIPTOR):
        descriptor = data[start : start + _DESCRIPTOR]
        kind = chr(descriptor[11])
        width, decimals = descriptor[16], descriptor[17]
        if kind == "C":  # which has no decimals: long texts keep a second byte of their width there
            width, decimals = width + 256 * decimals, 0
        names.append(descriptor[:11].split(b"\0")[0])
        types.append(kind)
        sizes.append((width, decimals))
        offsets.append(offset)
        offset += width
    if offset > row_size:
        raise UnreadableFile(path=str(path), why="its fields are longer than its records")
    formats = [f"S{width}" for width, _ in sizes]
    layout = np.dtype({"names": [str(number) for number in range(len(names))], "formats": formats,
                       "offsets": offsets, "itemsize": row_size})  # fmt: skip
    rows = np.frombuffer(data, dtype=layout, count=count, offset=header_size)
    flags = np.frombuffer(data, dtype="S1", count=count * row_size, offset=header_size)[::row_size]
    columns = []
    for name in layout.names or ():
        row, distinct = pd.factorize(rows[name].astype(object))
        columns.append((row, list(distinct)))
    language = _LANGUAGES.get(data[29], "")
    beyond = _rows_beyond(data[header_size + count * row_size :], row_size)
    return Dbf(names, types, sizes, columns, flags == _DELETED, language, set(types) <= _PLAIN_TYPES, beyond)


def _rows_beyond(rest: bytes, row_size: int) -> int:
    """How many rows follow those that the header counts: each begins with a mark, deleted or not."""
    marks = rest[: len(rest) // row_size * row_size : row_size]
    return len(marks) - len(marks.lstrip(_MARKS))
