"""Workbooks of spreadsheet programs: every cell as text as shown, ids with every digit that was kept.

``.xlsx`` by openpyxl; ``.xls`` and ``.ods`` by GDAL. Formulas are never evaluated: stored values count.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyogrio.raw

from citygrid_plugin.core.errors import MissingPackage, UnreadableFile
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.storage.gdal import opening

from .archives import check_sizes
from .tables import check_width

XLSX: Final = frozenset({".xlsx", ".xlsm"})
BY_GDAL: Final = frozenset({".xls", ".ods"})

_OLD_OPTIONS: Final = {
    f"OGR_{driver}_{name}": value
    for driver in ("XLS", "ODS")
    for name, value in (("HEADERS", "DISABLE"), ("FIELD_TYPES", "STRING"))
}
LAST_ROW: Final = 1_048_576  # of a sheet in Excel
_SURE_DIGITS: Final = 15  # Excel keeps no more
_LOOKED_AT: Final = 50  # rows among which the titles of the columns are looked for; ours
_TITLE_SHARE: Final = 0.6  # ours: a row with fewer of the columns filled is a title or a note above the table
_TEXT_SHARE: Final = 0.75  # ours: column titles are words, not numbers
_PADDED = re.compile(r"0{2,}")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_WRONG_CELL = re.compile(rb'\sr="[A-Z]{4,}\d')
_MOST_FILLED: Final = 5_000_000  # cells that merged ones may fill
_MOST_CELLS: Final = 100_000_000  # ours: some 100 columns in as many rows as Excel has
_CHUNK, _OVERLAP = 1 << 20, 200
_XLSX_PACKAGE = "openpyxl"


@dataclass
class Sheet:
    """A table of a workbook: its cells as text (None where empty) under the titles of their columns."""

    name: str
    cells: pd.DataFrame
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Workbook:
    """The sheets of a workbook that hold a table, in order, and remarks about it as a whole."""

    sheets: list[Sheet]
    remarks: list[Remark]


def read_workbook(path: Path) -> Workbook:
    """Read every visible sheet. Sheets without a row are left out.

    The row of column titles is found below titles of the sheet; blank rows are no records; cells of a merged
    one all have its value. Raises ``UnreadableFile``, and ``MissingPackage`` for .xlsx without openpyxl.
    """
    if path.suffix.lower() in XLSX or (path.suffix.lower() == ".xls" and zipfile.is_zipfile(path)):
        return _read_xlsx(path)
    return Workbook(_read_by_gdal(path), [])


# .xlsx


def xlsx_package(missing: type[MissingPackage] = MissingPackage) -> Any:  # noqa: ANN401 - openpyxl carries no types
    """The package that reads and writes .xlsx. Raises ``missing`` where it is."""
    try:
        import openpyxl  # noqa: PLC0415 - only where a workbook is read or written; not every QGIS has it
    except ImportError as error:
        raise missing(package=_XLSX_PACKAGE, command=f"python3 -m pip install {_XLSX_PACKAGE}") from error
    return openpyxl


def _read_xlsx(path: Path) -> Workbook:
    openpyxl = xlsx_package()
    check_sizes(path)
    with contextlib.ExitStack() as opened:

        def book(*, stored: bool) -> Any:  # noqa: ANN401 - openpyxl carries no types
            stream = opened.enter_context(path.open("rb"))  # a stream, as openpyxl refuses the suffix .xls
            return openpyxl.load_workbook(stream, read_only=True, data_only=stored, keep_links=False)

        try:
            return _sheets_of(path, book)
        except UnreadableFile:
            raise
        except Exception as error:  # openpyxl raises whatever its parts raise on a broken file
            raise UnreadableFile(path=str(path), why=str(error) or type(error).__name__) from error


def _sheets_of(path: Path, book: Callable[..., Any]) -> Workbook:
    values, formulas = book(stored=True), None
    hidden = [sheet.title for sheet in values.worksheets if sheet.sheet_state != "visible"]
    remarks = [Remark("sheets_hidden", {"names": ", ".join(hidden)})] if hidden else []
    sheets = []
    for number, sheet in enumerate(values.worksheets):
        if sheet.title in hidden:
            continue
        xml = _look_through(path, getattr(sheet, "_worksheet_path", ""))
        if xml.formulas and formulas is None:
            formulas = book(stored=False)
        cells = _Cells()
        for row, other in _rows(path, sheet, formulas.worksheets[number] if xml.formulas and formulas else None):
            cells.add(row, other)
        _check_size(path, cells.rows)
        table = _table(sheet.title, cells.rows, cells.remarks, xml.merged)
        if table is not None:
            sheets.append(table)
    return Workbook(sheets, remarks)


@dataclass
class _Xml:
    """What the text of a sheet tells beyond openpyxl's reading in one pass: merged cells, whether it has formulas."""

    merged: list[tuple[int, int, int, int]]
    formulas: bool


def _look_through(path: Path, member: str) -> _Xml:
    merged: dict[tuple[int, int, int, int], None] = {}
    formulas = False
    with zipfile.ZipFile(path) as archive, archive.open(member.lstrip("/")) as stream:
        text = b""
        while chunk := stream.read(_CHUNK):
            text = text[-_OVERLAP:] + chunk
            if _WRONG_CELL.search(text):
                raise UnreadableFile(path=str(path), why="it has cells beyond the last column of a sheet")
            formulas = formulas or bool(_FORMULA.search(text))
            merged.update(dict.fromkeys(map(_corners, _MERGED.finditer(text))))
    return _Xml(list(merged), formulas)


def _corners(match: re.Match[bytes]) -> tuple[int, int, int, int]:
    left, top, right, bottom = match.groups()
    return int(top) - 1, _column(left), int(bottom) - 1, _column(right)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _rows(path: Path, sheet: Any, formulas: Any) -> Iterator[tuple[Sequence[Any], Sequence[Any]]]:  # noqa: ANN401
    """Rows of cells, each with the same row of formulas (empty where the sheet has none)."""
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    others: Iterator[Sequence[Any]] = iter(())
    if formulas is not None:
        formulas.reset_dimensions()
        others = formulas.iter_rows()
    for number, row in enumerate(sheet.iter_rows()):
        if number >= LAST_ROW:
            raise UnreadableFile(path=str(path), why="it has rows beyond the last row of a sheet")
        yield row, next(others, ())


def _check_size(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    """Refuse a sheet that one cell far out makes huge. Raises ``UnreadableFile``."""
    width = max(map(len, rows), default=0)
    check_width(path, width)
    if width * sum(map(any, rows)) > _MOST_CELLS:
        raise UnreadableFile(path=str(path), why="a sheet has more cells than can be held; divide it")


class _Cells:
    """Text of the cells of a sheet, row by row, and what was met in them."""

    def __init__(self) -> None:
        self.rows: list[list[str | None]] = []
        self._long: dict[int, int] = {}
        self._errors: list[str] = []
        self._empty_formulas: list[str] = []

    def add(self, row: Sequence[Any], formulas: Sequence[Any]) -> None:
        texts = [self._text(cell) if cell.value is not None else None for cell in row]
        while texts and texts[-1] is None:
            texts.pop()
        self.rows.append(texts)
        for cell in formulas:
            at = cell.column - 1 if cell.value is not None else 0
            if cell.value is not None and cell.data_type == "f" and (at >= len(texts) or texts[at] is None):
                self._empty_formulas.append(cell.coordinate)

    def _text(self, cell: Any) -> str | None:  # noqa: ANN401
        value = cell.value
        if isinstance(value, str):
            if cell.data_type == "e":
                self._errors.append(value)
            return value or None
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int | float):
            text = shown_number(value, cell.number_format)
            if len(text.lstrip("-0").partition(".")[0]) > _SURE_DIGITS:
                self._long[cell.column - 1] = self._long.get(cell.column - 1, 0) + 1
            return text
        return _time_text(value)

    def remarks(self, titles: Sequence[str]) -> list[Remark]:
        result = []
        if self._empty_formulas:
            values = {"count": len(self._empty_formulas), "cell": self._empty_formulas[0]}
            result.append(Remark("formulas_empty", values))
        if self._long:
            names = ", ".join(titles[column] for column in sorted(self._long) if column < len(titles))
            result.append(Remark("long_numbers", {"count": sum(self._long.values()), "names": names}))
        if self._errors:
            result.append(Remark("error_cells", {"count": len(self._errors), "example": self._errors[0]}))
        return result


def shown_number(value: float, number_format: str = "General") -> str:
    """A number as text: whole ones without a decimal point or exponent, with the zeros that a format pads.

    Decimals keep the 15 digits that Excel keeps, not those that the format shows: a coordinate loses nothing.
    """
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    if float(value).is_integer():
        text = str(int(value))
        return text.zfill(len(number_format)) if value >= 0 and _PADDED.fullmatch(number_format) else text
    text = f"{value:.{_SURE_DIGITS}g}"
    return f"{Decimal(text):f}" if "e" in text else text


def _time_text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds") if value.time() != dt.time() else value.date().isoformat()
    return str(value)


# .xls and .ods


def _read_by_gdal(path: Path) -> list[Sheet]:
    """Sheets by GDAL, which gives numbers of up to 15 digits, and of formulas the stored values."""
    try:
        with opening(path, **_OLD_OPTIONS):
            names = [str(name) for name, _ in pyogrio.list_layers(path)]
            contents = [pyogrio.raw.read(path, layer=number, read_geometry=False)[3] for number in range(len(names))]
    except UnreadableFile as error:
        why = "neither this GDAL nor openpyxl opens it; save it as .xlsx"
        raise UnreadableFile(path=str(path), why=why) from error
    sheets = []
    for name, columns in zip(names, contents, strict=True):
        rows = [[value or None for value in row] for row in zip(*columns, strict=True)]
        _check_size(path, rows)
        table = _table(name, rows, lambda _titles: [], [])
        if table is not None:
            sheets.append(table)
    return sheets


# Tables in sheets


def _table(name: str, rows: list[list[str | None]], remarks_of: Any, merged: Any) -> Sheet | None:  # noqa: ANN401
    """The table of a sheet: its titles, and the rows below that are not blank."""
    head = title_row(rows)
    if head is None:
        return None
    width = max(map(len, rows[head:]))
    filled = _fill_merged(rows, merged, head, width)
    titles = [(text or "").strip() for text in rows[head]] + [""] * (width - len(rows[head]))
    titles = [" ".join(title.split()) or f"column_{number}" for number, title in enumerate(titles, 1)]
    below = [row + [None] * (width - len(row)) for row in rows[head + 1 :] if any(row)]
    if not below:
        return None
    cells = pd.DataFrame(below, columns=range(width), dtype=object)
    cells = cells.where(cells.notna(), None).astype(object).set_axis(titles, axis=1)
    remarks = remarks_of(titles)
    if any(any(row) for row in rows[:head]):
        remarks.append(Remark("title_rows", {"row": head + 1}))
    if filled:
        remarks.append(Remark("merged_cells", {"count": filled}))
    return Sheet(name, cells, remarks)


def title_row(rows: Sequence[Sequence[str | None]]) -> int | None:
    """The index of the row with the titles of the columns; None where no row holds anything.

    It is the first one that fills most of the columns with words; if there is none, the first one that fills
    most of the columns; a single column has its title in its first row.
    """
    filled = [(number, [text for text in row if text and text.strip()]) for number, row in enumerate(rows)]
    filled = [(number, texts) for number, texts in filled if texts][:_LOOKED_AT]
    if not filled:
        return None
    width = max(len(texts) for _, texts in filled)
    wide = [(number, texts) for number, texts in filled if len(texts) >= _TITLE_SHARE * width]
    words = (number for number, texts in wide if sum(map(_is_word, texts)) >= _TEXT_SHARE * len(texts))
    return next(words, wide[0][0])


def _is_word(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return True
    return False


def _fill_merged(rows: list[list[str | None]], merged: Any, head: int, width: int) -> int:  # noqa: ANN401
    """Give all cells of merged ones below the titles the value of the first; returns how many got one."""
    count = 0
    for top, left, bottom, right in merged:
        if top <= head or top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
            continue
        for row in rows[top : bottom + 1]:
            row.extend([None] * (min(right, width - 1) + 1 - len(row)))
            for column in range(left, min(right, width - 1) + 1):
                if not row[column]:
                    row[column] = rows[top][left]
                    count += 1
            if count > _MOST_FILLED:
                return count
    return count
