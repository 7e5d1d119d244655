"""Writing lists for people: workbooks (.xlsx by openpyxl), ready to print and with charts of Excel's own, and CSV."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from citygrid_plugin.core.errors import CityGridError, MissingPackage, UnwritableTarget
from citygrid_plugin.core.progress import Progress, silent

from .files import filling_temporary, free_name, replacing, write_text
from .readers.workbooks import LAST_ROW, xlsx_package


class NoWorkbooks(MissingPackage):
    """Without openpyxl lists can still be written as CSV."""

    template = (
        "The Python package {package} is missing in this QGIS, and without it no Excel workbook can be written. "
        "Choose a file that ends in .csv, or install it with “{command}” in the OSGeo4W shell or terminal of QGIS."
    )


class LongText(CityGridError):
    """A text that no cell of a workbook holds."""

    template = (
        "Row {row} of the list “{sheet}” has a text of {length} characters under “{column}”, but a cell of a workbook "
        "holds {most}. Choose a file that ends in .csv, or shorten the text."
    )


class ChartKind(Enum):
    """How a chart shows its columns: bars that lie, the first row on top; lines from left to right; bars in parts."""

    BARS = "bars"
    LINES = "lines"
    STACKS = "stacks"


@dataclass(frozen=True)
class NewChart:
    """A chart of Excel's own over ``rows`` rows, from the row ``start`` (from 0) on, of the sheet called ``sheet``.

    ``names``: its column with the word of each row; ``columns``: those that are shown, with a colour (RRGGBB) each.
    ``number_format``: of the axis; ``most``: its end, by Excel where None. ``marked``: rows (from 0) whose bars stand
    out.
    """

    kind: ChartKind
    title: str
    sheet: str
    names: str
    columns: Mapping[str, str]
    rows: int
    number_format: str = "#,##0"
    most: float | None = None
    marked: Sequence[int] = ()
    start: int = 0


@dataclass(frozen=True)
class NewSheet:
    """A sheet to be written: a list under the titles of its columns, ready to print.

    ``name`` may be any text: what a sheet's name cannot hold is replaced, and equal names are numbered. ``heading``
    stands above the titles, ``total`` (a value a column) below the rows. ``marked`` (n,) tells which rows stand out.
    Columns of text, codes among them, are text cells, moments are Excel's; numbers have as many decimals as
    ``decimals`` says for their column, else none, or are shown as Excel's number format in ``formats`` says. ``charts``
    and ``pictures`` (PNG) stand below the list. ``widest``: of a column, in characters; ``plain``: no lines around
    cells, which is quicker and smaller for a long list.
    """

    name: str
    rows: pd.DataFrame
    heading: str = ""
    total: Sequence[object] = ()
    marked: Sequence[bool] = ()
    decimals: dict[str, int] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    charts: Sequence[NewChart] = ()
    pictures: Sequence[bytes] = ()
    widest: int = 40  # characters of the standard font; longer text is wrapped
    plain: bool = False

    @property
    def head(self) -> int:
        """The row of the titles, from 1."""
        return 2 if self.heading else 1

    @property
    def height(self) -> int:
        """How many rows it has in all."""
        return self.head + len(self.rows) + bool(self.total)


MOMENT_FORMAT: Final = "yyyy-mm-dd hh:mm"
_SHEET_NAME: Final = 31  # characters, in Excel
_NOT_IN_SHEET_NAME = re.compile(r"[\\/*?:\[\]\x00-\x1f\x7f]")
_LOOKED_AT_FOR_WIDTH: Final = 2_000  # rows
_TITLE_WIDTH: Final = 18  # characters
_HEAD_FILL, _TOTAL_FILL, _MARK_FILL = "DCE6F1", "F2F2F2", "FFF2CC"
_CELL: Final = 32_767  # characters that a cell holds
_A4: Final = 9  # as Excel numbers papers
_TAKEN_FOR_FORMULA = re.compile(r"^(?=[=@\t\r]|[+-](?![\d\s().-]*$))")
_FIRST_YEAR: Final = 1900  # of Excel; earlier days are text
_CHUNK: Final = 5_000  # rows between two looks at the cancel button
_CHART_WIDTH: Final = 24.0  # centimetres
_LEAST_CHART_HEIGHT, _BAR_HEIGHT = 8.0, 0.55  # centimetres; of a chart, and of a row of lying bars
_LINE, _HEADING_LINE = 15.0, 21.0  # points: a row with one line, and that of the heading
_POINTS, _PIXELS = 72 / 2.54, 96 / 2.54  # in a centimetre
_ROW_HEIGHT: Final = _LINE / _POINTS  # centimetres
_LETTER: Final = 7 / _PIXELS  # centimetres: how wide a character of a column is
_MARGIN, _EDGE = 0.5, 0.75  # inches: beside what is printed, and above and below it
_PAGE_WIDTH, _PAGE_HEIGHT = 29.7 - 2 * 2.54 * _MARGIN, 21.0 - 2 * 2.54 * _EDGE  # centimetres
_PICTURE_WIDTH: Final = 800  # pixels
_MARKED_BAR: Final = "C0392B"
_MOST_LINES: Final = 27  # of a row, which Excel makes 409 points high at most
_SYMBOLS: Final = ("circle", "square", "triangle", "diamond", "x", "star")
_DASHES: Final = ("solid", "dash", "sysDot", "dashDot", "lgDash", "sysDash")


def write_workbook(sheets: Sequence[NewSheet], path: Path, progress: Progress = silent) -> None:
    """Write a workbook, whole or not at all: titles frozen and repeated on each printed page, landscape, fit to width.

    A chart or picture is not broken over two pages where one holds it. Text is never a formula, whatever it begins
    with. Raises ``NoWorkbooks`` without openpyxl, ``UnwritableTarget``,
    ``LongText``, and ``NoTemporaryFolder`` where there is no room for the rows before they are packed.
    """
    openpyxl = xlsx_package(NoWorkbooks)
    if any(new.height > LAST_ROW for new in sheets):
        raise UnwritableTarget(path=str(path), why="a sheet holds fewer rows than the list has; choose .csv")
    for new in sheets:
        _check_texts(new)
    book = openpyxl.Workbook(write_only=True)
    taken: set[str] = set()
    with filling_temporary():
        made = [(book.create_sheet(sheet_name(new.name, taken)), new) for new in sheets]
        by_name = {new.name: (sheet, new) for sheet, new in made}
        for sheet, new in made:
            listed = _write_sheet(sheet, new, progress)
            _add_drawings(sheet, new, by_name, listed)
    with replacing(path) as scratch:
        try:
            book.save(scratch)
        except OSError as error:
            raise UnwritableTarget(path=str(path), why=error.strerror or str(error)) from error


def write_csv(rows: pd.DataFrame, path: Path) -> None:
    """Write a list as a CSV that Excel reads as UTF-8. Raises ``UnwritableTarget``.

    Text that a spreadsheet would take for a formula gets an apostrophe; a phone number such as +86 138 … does not.
    """
    safe = rows.replace(_TAKEN_FOR_FORMULA, "'", regex=True)
    write_text(path, "\ufeff" + safe.to_csv(index=False))


def sheet_name(name: str, taken: set[str]) -> str:
    """A name that Excel takes for a sheet and that is not taken yet; it is taken from now on."""
    plain = _NOT_IN_SHEET_NAME.sub("_", name).strip(" '") or "_"
    plain = plain if plain.casefold() != "history" else f"{plain}_"  # Excel keeps that one for itself
    short = plain[:_SHEET_NAME]
    if short.casefold() in taken:
        short = plain[: _SHEET_NAME - len(f"_{len(taken) + 1}")]  # room for the number
    return free_name(short, taken)


def _check_texts(new: NewSheet) -> None:
    """Raise ``LongText`` for the first text that no cell holds; Excel counts the units of UTF-16."""
    for name in new.rows.columns:
        column = new.rows[name]
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
            continue
        for row, value in enumerate(column.tolist(), 1):
            if not isinstance(value, str) or len(value) <= _CELL // 2:
                continue
            length = len(value.encode("utf-16-le", "surrogatepass")) // 2
            if length > _CELL:
                raise LongText(row=row, sheet=new.name, length=length, column=name, most=_CELL)


def _write_sheet(sheet: Any, new: NewSheet, progress: Progress) -> float:  # noqa: ANN401
    """Write the list; returns how high it is, in centimetres."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415

    widths = list(_widths(new))
    _set_up(sheet, new, widths)
    thin = Side(style="thin", color="BFBFBF")
    edge = Border(left=thin, right=thin, top=thin, bottom=thin)
    wrapped = Alignment(vertical="center", wrap_text=True)
    centred = Alignment(horizontal="center", vertical="center", wrap_text=True)
    fills = [PatternFill("solid", start_color=color) for color in (_HEAD_FILL, _TOTAL_FILL, _MARK_FILL)]
    formats = [_format(new, str(name)) for name in new.rows]

    def cells(values: Iterable[object], **style: Any) -> list[Any]:  # noqa: ANN401
        return [_cell(sheet, value, form, **style) for value, form in zip(values, formats, strict=True)]

    written, height = 0, 0.0  # rows, and points

    def append(row: list[Any], line: float, lines: int = 1) -> None:
        nonlocal written, height
        written, height = written + 1, height + line * lines
        if lines > 1 or line != _LINE:  # before the row: what is appended is written
            sheet.row_dimensions[written].height = line * lines
        sheet.append(row)

    if new.heading:
        append([_cell(sheet, new.heading, "", font=Font(bold=True, size=14))], _HEADING_LINE)
    titles = cells(new.rows.columns, font=Font(bold=True), fill=fills[0], border=edge, alignment=centred)
    append(titles, _LINE, _lines(map(str, new.rows.columns), widths))
    columns = [new.rows[name].tolist() for name in new.rows.columns]
    marks = list(new.marked) or [False] * len(new.rows)
    usual = {} if new.plain else {"border": edge, "alignment": wrapped}
    for number, (row, marked) in enumerate(zip(zip(*columns, strict=True), marks, strict=True)):
        if number % _CHUNK == 0:
            progress(number / len(new.rows))
        lines = 1 if new.plain else _lines(row, widths)
        append(cells(row, **usual, **({"fill": fills[2]} if marked else {})), _LINE, lines)
    if new.total:
        append(cells(new.total, font=Font(bold=True), fill=fills[1], border=edge), _LINE)
    return height / _POINTS


def _lines(row: Iterable[object], widths: Sequence[float]) -> int:
    """How many lines a row of wrapped cells needs."""
    most = 1
    for value, width in zip(row, widths, strict=True):
        if isinstance(value, str) and (2 * len(value) > width - 1 or "\n" in value):
            needed = sum(max(math.ceil(_width(part) / (width - 1)), 1) for part in value.split("\n"))
            most = max(most, needed)
    return min(most, _MOST_LINES)


def _set_up(sheet: Any, new: NewSheet, widths: Sequence[float]) -> None:  # noqa: ANN401
    """Frozen titles, the filter, widths of columns, and how the sheet is printed."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.page import PageMargins  # noqa: PLC0415
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    last = get_column_letter(max(len(new.rows.columns), 1))
    sheet.freeze_panes = f"A{new.head + 1}"
    sheet.auto_filter.ref = f"A{new.head}:{last}{new.head + len(new.rows)}"
    sheet.print_title_rows = f"$1:${new.head}"  # as Excel writes it; not all of openpyxl adds the signs
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_margins = PageMargins(left=_MARGIN, right=_MARGIN, top=_EDGE, bottom=_EDGE)
    if new.charts or new.pictures:  # Excel may pass over breaks between pages where it fits to width itself
        sheet.page_setup.scale = int(100 * _scale(widths))
    else:
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = _LINE, True
    sheet.oddFooter.center.text = "&P / &N"
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _scale(widths: Sequence[float]) -> float:
    """The share of its size at which a list with charts is as wide as a page, at most 1."""
    return min(_PAGE_WIDTH / max(sum(widths) * _LETTER, _CHART_WIDTH), 1.0)


def _format(new: NewSheet, name: str) -> str:
    """The number format of a column."""
    count = new.decimals.get(name, 0)
    return new.formats.get(name) or "#,##0" + (f".{'0' * count}" if count else "")


def _cell(sheet: Any, value: object, number_format: str, **style: Any) -> Any:  # noqa: ANN401
    """A cell with a number, a moment, or text that Excel keeps as it is; empty where there is no value."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        cell = WriteOnlyCell(sheet)
    elif isinstance(value, int | float | np.number) and not isinstance(value, bool):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = number_format
    elif isinstance(value, dt.datetime) and value.year >= _FIRST_YEAR:
        cell = WriteOnlyCell(sheet, value.replace(tzinfo=None))
        cell.number_format = MOMENT_FORMAT
    else:
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value)))
        cell.data_type, cell.number_format = "s", "@"  # openpyxl takes what begins with “=” for a formula
    for name, part in style.items():
        setattr(cell, name, part)
    return cell


def _widths(new: NewSheet) -> Iterator[float]:
    """The width of each column, for what it holds: a Chinese character is as wide as two others."""
    for number, name in enumerate(new.rows.columns):
        shown = new.rows[name].iloc[:_LOOKED_AT_FOR_WIDTH].tolist()
        shown += [new.total[number]] if new.total else []
        text = [_as_shown(value) for value in shown if not pd.isna(value)]
        title = min(_width(str(name)), _TITLE_WIDTH)  # a longer one goes on in the next line
        yield min(max([title, *map(_width, text)]), new.widest) + 2.0


def _as_shown(value: object) -> str:
    if isinstance(value, str):
        return value
    return MOMENT_FORMAT if isinstance(value, dt.datetime) else f"{value:,.2f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


# Charts and pictures


def _add_drawings(
    sheet: Any,  # noqa: ANN401
    new: NewSheet,
    sheets: Mapping[str, tuple[Any, NewSheet]],
    listed: float,
) -> None:
    """Charts and pictures, one below the other under the list, which is ``listed`` centimetres high."""
    from openpyxl.worksheet.pagebreak import Break  # noqa: PLC0415

    titles = (_HEADING_LINE * bool(new.heading) + _LINE) / _POINTS  # they stand on each page
    room = _PAGE_HEIGHT / _scale(list(_widths(new))) - titles
    used, row = listed - titles, new.height + 2
    drawings = [(sheet.add_chart, _drawn_chart(chart, sheets)) for chart in new.charts]
    drawings += [(sheet.add_image, _picture(png, room - 3 * _ROW_HEIGHT)) for png in new.pictures]
    for add, drawing in drawings:
        in_pixels = add == sheet.add_image
        height = drawing.height / _PIXELS if in_pixels else drawing.height
        rows = math.ceil(height / _ROW_HEIGHT) + 1
        if used + (rows + 1) * _ROW_HEIGHT > room:
            sheet.row_breaks.append(Break(id=row - 1))
            used = 0.0
        add(drawing, f"A{row}")
        row += rows
        used += rows * _ROW_HEIGHT


def _drawn_chart(chart: NewChart, sheets: Mapping[str, tuple[Any, NewSheet]]) -> Any:  # noqa: ANN401
    """A chart as high as its bars ask for."""
    drawn = _chart(chart, *sheets[chart.sheet])
    drawn.width, drawn.height = _CHART_WIDTH, _LEAST_CHART_HEIGHT
    if chart.kind is not ChartKind.LINES:
        bars = chart.rows * (1 + (chart.kind is ChartKind.BARS))
        drawn.height = max(drawn.height, 3 + _BAR_HEIGHT * bars)
    return drawn


def _chart(new: NewChart, sheet: Any, source: NewSheet) -> Any:  # noqa: ANN401
    """A chart over columns of a sheet."""
    from openpyxl.chart import BarChart, LineChart, Reference, Series  # noqa: PLC0415
    from openpyxl.chart.data_source import StrRef  # noqa: PLC0415
    from openpyxl.chart.series import SeriesLabel  # noqa: PLC0415

    lines = new.kind is ChartKind.LINES
    chart = LineChart() if lines else BarChart()
    first = source.head + 1 + new.start
    last = first + new.rows - 1
    titles = [str(name) for name in source.rows.columns]
    for name in new.columns:
        column = titles.index(name) + 1
        series = Series(Reference(sheet, column, first, column, last))
        series.tx = SeriesLabel(strRef=StrRef(str(Reference(sheet, column, source.head, column, source.head))))
        chart.series.append(series)
    column = titles.index(new.names) + 1
    chart.set_categories(Reference(sheet, column, first, column, last))
    chart.title, chart.legend.position = new.title, "b"
    chart.x_axis.delete = chart.y_axis.delete = False  # newer openpyxl hides axes that are not told to stay
    chart.y_axis.number_format, chart.y_axis.scaling.min = new.number_format, 0
    chart.y_axis.scaling.max = new.most
    for number, (series, color) in enumerate(zip(chart.series, new.columns.values(), strict=True)):
        (_style_line if lines else _style_bar)(series, color, number)
    if not lines:
        chart.type, chart.x_axis.scaling.orientation = "bar", "maxMin"  # the first row on top
        chart.y_axis.crosses = "max"  # and its numbers below
        chart.gapWidth = 50
        if new.kind is ChartKind.STACKS:
            chart.grouping, chart.overlap = "stacked", 100
        _mark(chart.series[0], new.marked)
    return chart


def _style_bar(series: Any, color: str, _number: int) -> None:  # noqa: ANN401
    series.graphicalProperties.solidFill = color
    series.graphicalProperties.line.solidFill = "FFFFFF"


def _style_line(series: Any, color: str, number: int) -> None:  # noqa: ANN401
    """Lines differ by dash and symbol, too, so that they can be told apart in print."""
    series.smooth = False
    series.marker.symbol, series.marker.size = _SYMBOLS[number % len(_SYMBOLS)], 7
    line = series.graphicalProperties.line
    line.solidFill, line.dashStyle, line.width = color, _DASHES[number % len(_DASHES)], 25_000
    series.marker.graphicalProperties.solidFill = color
    series.marker.graphicalProperties.line.solidFill = color


def _mark(series: Any, rows: Iterable[int]) -> None:  # noqa: ANN401
    """Bars that stand out: by colour, and by an outline in print."""
    from openpyxl.chart.marker import DataPoint  # noqa: PLC0415

    for row in rows:
        point = DataPoint(idx=int(row))
        point.graphicalProperties.solidFill = "F7D4D0"
        point.graphicalProperties.line.solidFill, point.graphicalProperties.line.width = _MARKED_BAR, 25_000
        series.dPt.append(point)


def _picture(png: bytes, most: float) -> Any:  # noqa: ANN401
    """A PNG for openpyxl, ``most`` centimetres high at most; Pillow knows sizes, too, but not every QGIS has it."""
    from openpyxl.drawing.image import Image  # noqa: PLC0415

    class Png(Image):  # type: ignore[misc]  # openpyxl carries no types
        """An image that is its bytes."""

        def __init__(self) -> None:
            self.ref, self.format = io.BytesIO(png), "png"
            width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
            factor = min(_PICTURE_WIDTH / width, most * _PIXELS / height)
            self.width, self.height = round(width * factor), round(height * factor)

        def _data(self) -> bytes:
            return png

    return Png()
