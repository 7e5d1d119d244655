"""The tables beside delivered files: how many rows each has, and what each field means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from citygrid_plugin.core.delivery.dictionary import FieldRule

from .shapefiles import Delivered
from .workbooks import write_csv

COUNT_TABLE: Final = "count_table.csv"
FIELD_DICTIONARY: Final = "field_dictionary.csv"
DESCRIPTION: Final = "data_description.html"
COUNT_FILE: Final = "文件 File"
COUNT_ROWS: Final = "记录数 Rows"
"""Headings in both languages, the same whatever language QGIS shows: other programs read these tables."""

_COUNTS: Final = (COUNT_FILE, "图层 Layer", COUNT_ROWS, "几何类型 Geometry", "坐标系 CRS", "编码 Encoding")
_FIELDS: Final = (
    "文件 File", "字段 Field", "原字段 Source field", "名称 Title", "类型 Type", "宽度（字节） Width (bytes)",
    "小数位 Decimals", "含义", "Meaning", "依据 Source", "状态 Status",
)  # fmt: skip


def write_counts(rows: Iterable[Sequence[object]], folder: Path) -> None:
    """The count table: file, layer, rows, kind of geometry, CRS and encoding of each file."""
    write_csv(pd.DataFrame(rows, columns=list(_COUNTS), dtype=object), folder / COUNT_TABLE)


def write_fields(files: Iterable[tuple[Delivered, Mapping[str, FieldRule]]], folder: Path) -> None:
    """The dictionary of the fields as they are in the files, with what is known of each."""
    rows = [row for file, rules in files for row in _fields_of(file, rules)]
    write_csv(pd.DataFrame(rows, columns=list(_FIELDS), dtype=object), folder / FIELD_DICTIONARY)


def _fields_of(file: Delivered, rules: Mapping[str, FieldRule]) -> Iterable[tuple[object, ...]]:
    for name, field in file.columns.items():
        cells, rule = file.cells[field], rules.get(name)
        known = (rule.meaning_zh, rule.meaning, rule.source, rule.status) if rule is not None else ("", "", "", "")
        title = rule.title if rule is not None else ""
        yield (file.path.name, field, name, title, cells.type, cells.width, cells.decimals, *known)
