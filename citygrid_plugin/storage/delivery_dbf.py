"""Writing the attribute table of a shapefile (dBase III): fields as wide as asked for, and always the same bytes."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from citygrid_plugin.core.delivery.cells import Cells, Rows

LANGUAGE_IDS: Final = {"GBK": 0x4D, "UTF-8": 0x00}
"""The language id of each encoding: 0x4D is code page 936; of UTF-8 there is none."""

NO_DAY: Final = (1980, 1, 1)
"""Year, month and day that a table states where none is asked for: never the clock's."""

_HEADER, _DESCRIPTOR = 32, 32
_VERSION, _END, _END_OF_FILE = 0x03, b"\r", b"\x1a"
_PIECE: Final = 100_000  # rows that are put together at a time
_FIRST_YEAR: Final = 1900
_LARGEST_RECORD: Final = 65_500  # bytes that the header can name


def record_size(cells: Sequence[Cells]) -> int:
    """Bytes of a row: its mark, then its fields."""
    return 1 + sum(column.width for column in cells)


def fits_one_record(cells: Sequence[Cells]) -> bool:
    """Whether the fields are not more than a row can have."""
    return record_size(cells) <= _LARGEST_RECORD


def write_dbf(
    columns: Mapping[str, Cells], rows: Rows, path: Path, encoding: str, day: tuple[int, int, int] = NO_DAY
) -> None:
    """Write the rows (numbers into the columns) of a table; field names are of at most ten bytes.

    ``day``: year, month and day that the header states as those of the last change, never the clock's.
    """
    cells = list(columns.values())
    size = record_size(cells)
    year, month, date = day
    head = struct.pack(
        "<BBBBIHH17xB2x", _VERSION, year - _FIRST_YEAR, month, date, len(rows),
        _HEADER + _DESCRIPTOR * len(cells) + len(_END), size, LANGUAGE_IDS[encoding],
    )  # fmt: skip
    with path.open("wb") as file:
        file.write(head)
        for name, column in columns.items():
            file.write(
                struct.pack(
                    "<11sc4xBB14x", name.encode(encoding), column.type.encode("ascii"), column.width, column.decimals
                )
            )
        file.write(_END)
        for start in range(0, len(rows), _PIECE):
            file.write(_records(cells, rows[start : start + _PIECE], size))
        file.write(_END_OF_FILE)


def _records(cells: Sequence[Cells], rows: Rows, size: int) -> bytes:
    offsets = np.cumsum([1, *(column.width for column in cells)])[:-1]
    layout = np.dtype({
        "names": [str(number) for number in range(len(cells))],
        "formats": [f"S{column.width}" for column in cells],
        "offsets": offsets.tolist(),
        "itemsize": size,
    })  # fmt: skip
    table = np.zeros(len(rows), dtype=layout)
    for number, column in enumerate(cells):
        table[str(number)] = column.distinct[column.row[rows]]
    data = np.frombuffer(bytearray(table.tobytes()), dtype=np.uint8)
    data[data == 0] = ord(" ")  # no text holds a zero byte: they are what fills the fields
    return data.tobytes()
