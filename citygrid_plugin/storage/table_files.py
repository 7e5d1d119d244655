"""Tables that go out to people and come back: workbooks (.xlsx) or CSV, by the suffix of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from citygrid_plugin.core.errors import UnwritableTarget

from .layers import check_target
from .readers.workbooks import LAST_ROW
from .workbooks import NewSheet, write_csv, write_workbook

SUFFIXES: Final = (".xlsx", ".csv")
"""What ``write_table`` writes."""


def check_table_target(path: Path, sources: Iterable[Path] = ()) -> None:
    """Raise ``UnwritableTarget`` unless a table can be written to ``path``, which none of the ``sources`` may be."""
    if path.suffix.lower() not in SUFFIXES:
        raise UnwritableTarget(path=str(path), why="its name must end in .xlsx or .csv")
    check_target(path)
    if path.resolve() in sources:
        raise UnwritableTarget(path=str(path), why="an input of this run is read from there")


def write_table(table: pd.DataFrame, path: Path, title: str, decimals: Mapping[str, int] | None = None) -> None:
    """Write a table, all or nothing: one sheet called ``title``, or CSV in UTF-8 with a byte-order mark.

    Text stays text, codes with all their digits among it. ``decimals`` of columns of numbers, else none. Raises
    ``UnwritableTarget``, ``MissingPackage`` (no openpyxl for .xlsx).
    """
    check_table_target(path)
    if path.suffix.lower() == ".csv":
        write_csv(table, path)
        return
    if len(table) >= LAST_ROW:
        raise UnwritableTarget(path=str(path), why="the table has more rows than a sheet holds; write .csv")
    write_workbook([NewSheet(title, table, decimals=dict(decimals or {}))], path)
