"""Pages of a PDF, drawn in millimetres: texts, tables, scale bar, arrow. Works in any thread, without a layout.

Text is drawn as it is: nothing of it is ever an expression or markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qgis.PyQt.QtCore import QT_VERSION, QFile, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from qgis.PyQt.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
    QPolygonF,
    QRawFont,
)

from citygrid_plugin.core.errors import CityGridError, UnwritableTarget
from citygrid_plugin.core.zones.atlas import (
    PAPERS,
    Rect,
    ScaleBar,
    Sheet,
)
from citygrid_plugin.processing.styles import FONTS
from citygrid_plugin.storage.pdf_text import correct_characters

DPI: Final = 300
Place = tuple[float, float]
_QT6: Final = 0x060000
# Beside Latin letters, fonts take other shapes of the digits, which Qt writes without saying which digits they are:
# such a text could be read, but neither searched nor copied.
_RUNS: Final = re.compile(r"[0-9]+|[^0-9]+")
_LEAST_SHRINK: Final = 0.62  # of a text that has no room, before it is cut
_UNSEEN: Final = ("Cc", "Cf", "Zs", "Zl", "Zp")  # categories of Unicode: controls, formats, spaces
_IDEOGRAPHS: Final = range(0x4E00, 0xA000)
_RADICALS: Final = range(0x2E80, 0x2FE0)
_SAME_LOOK: Final = {0x0009: 0x0020, 0x00A0: 0x0020, 0x00AD: 0x002D, 0x2012: 0x2013}  # blanks, hyphens and dashes
_PAD: Final = 0.8  # beside the text of a cell

INK: Final = "#1f2d3a"
GREY: Final = "#6b7680"
RULE: Final = "#c3cad1"
WARNING: Final = "#c0001a"


class NoChineseFont(CityGridError):
    """Names in Chinese, and no font that could show them."""

    template = (
        "No font with Chinese characters is installed, so the names would be empty boxes. Install one, such as "
        "Noto Sans CJK SC, then restart QGIS and run again."
    )


def chinese_family() -> str | None:
    """The font family that pages are set in: the first of ``styles.FONTS`` that is there, else any for Chinese."""
    base = QFontDatabase if QT_VERSION >= _QT6 else QFontDatabase()  # Qt 5 asks an object, Qt 6 the class
    able = base.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    return next((family for family in FONTS if family in able), able[0] if able else None)


def missing_characters(texts: Iterable[str], family: str) -> list[str]:
    """The characters of some texts that no installed font has."""
    letters = sorted(set().union(*map(set, texts)))
    metrics = QFontMetricsF(QFont(family))
    shown = (letter for letter in letters if unicodedata.category(letter) not in _UNSEEN)
    return [letter for letter in shown if not metrics.inFontUcs4(ord(letter))]


def _namesakes(family: str) -> dict[int, int]:
    """The characters (code points) that Qt names where a font has one shape for several, and those that are meant."""
    raw = QRawFont.fromFont(QFont(family))
    usual = dict(zip(raw.glyphIndexesForString("".join(map(chr, _IDEOGRAPHS))), _IDEOGRAPHS, strict=False))
    radicals = dict(zip(_RADICALS, raw.glyphIndexesForString("".join(map(chr, _RADICALS))), strict=False))
    found = {radical: usual[shape] for radical, shape in radicals.items() if shape and shape in usual}
    return found | _SAME_LOOK


@dataclass(frozen=True)
class Column:
    """A column of a table: its title, its share of the width, whether it is flush right."""

    title: str
    share: float
    right: bool = False


class Pages:
    """A PDF under way: one page is open at a time; all lengths are in millimetres, sizes of text in points."""

    def __init__(self, path: Path, title: str, family: str) -> None:
        self.family = family
        self.texts: list[str] = []  # of the open page, as drawn
        self._path = path
        self._file = QFile(str(path))
        if not self._file.open(QIODevice.OpenModeFlag.WriteOnly):
            raise UnwritableTarget(path=str(path), why=self._file.errorString())
        self._writer = QPdfWriter(self._file)
        self._writer.setResolution(DPI)
        self._writer.setTitle(title)
        self._writer.setCreator("CityGrid")
        self.painter = QPainter()
        self.count = 0

    def begin(self, sheet: Sheet, paper: str) -> None:
        """Open the next page."""
        short, long = PAPERS[paper]
        orientation = (
            QPageLayout.Orientation.Landscape if sheet.width > sheet.height else QPageLayout.Orientation.Portrait
        )
        size = QPageSize(QSizeF(short, long), QPageSize.Unit.Millimeter, paper)
        self._writer.setPageLayout(QPageLayout(size, orientation, QMarginsF()))
        if self.count:
            self._writer.newPage()
        elif not self.painter.begin(self._writer):
            raise UnwritableTarget(path=str(self._path), why=self._file.errorString())
        self.count += 1
        self.texts = []

    def end(self) -> None:
        """Close the file. Raises ``UnwritableTarget`` where it could not be written as a whole."""
        self.close()
        if self._file.error() != QFile.FileError.NoError:
            raise UnwritableTarget(path=str(self._path), why=self._file.errorString())
        correct_characters(self._path, _namesakes(self.family))

    def close(self) -> None:
        """Let go of the file, whole or not."""
        if self.painter.isActive():
            self.painter.end()
        if self._file.isOpen():
            self._file.flush()
            self._file.close()

    # Measures

    @staticmethod
    def dots(millimetres: float) -> float:
        """A length in dots."""
        return millimetres * DPI / 25.4

    def area(self, rect: Rect) -> QRectF:
        """A rectangle in dots."""
        return QRectF(self.dots(rect.x), self.dots(rect.y), self.dots(rect.width), self.dots(rect.height))

    def font(self, size: float, *, bold: bool = False) -> QFont:
        """The font of the pages."""
        font = QFont(self.family)
        font.setFamilies([self.family, *FONTS])
        font.setPointSizeF(size)
        font.setBold(bold)
        return font

    def width_of(self, text: str, size: float, *, bold: bool = False) -> float:
        """How wide a text is."""
        return QFontMetricsF(self.font(size, bold=bold), self._writer).horizontalAdvance(text) * 25.4 / DPI

    # Drawing

    def text(
        self,
        rect: Rect,
        text: str,
        size: float,
        *,
        bold: bool = False,
        color: str = INK,
        right: bool = False,
        centred: bool = False,
    ) -> None:
        """One line of text, in the middle of the height; smaller where it has no room, cut only then."""
        text = " ".join(text.split())
        if not text:
            return
        wide = self.width_of(text, size, bold=bold)
        if wide > rect.width:
            size *= max(rect.width / wide * 0.985, _LEAST_SHRINK)
        font = self.font(size, bold=bold)
        metrics = QFontMetricsF(font, self._writer)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.dots(rect.width) + 1)
        spare = self.dots(rect.width) - metrics.horizontalAdvance(shown)
        left = self.dots(rect.x) + (spare if right else spare / 2 if centred else 0.0)
        base = self.dots(rect.y + rect.height / 2) + (metrics.ascent() - metrics.descent()) / 2
        self.painter.setFont(font)
        self.painter.setPen(QColor(color))
        for run in _RUNS.findall(shown):
            self.painter.drawText(QPointF(left, base), run)
            left += metrics.horizontalAdvance(run)
        self.texts.append(shown)

    def lines_of(self, text: str, width: float, size: float, most: int, *, bold: bool = False) -> list[str]:
        """A text in at most so many lines, parted at blanks or, where there is none, anywhere, as Chinese is.

        What has no room in the last line stays in it, to be made smaller.
        """
        rest = " ".join(text.split())
        lines: list[str] = []
        while rest and len(lines) < most - 1 and self.width_of(rest, size, bold=bold) > width:
            end = self._fitting(rest, width, size, bold=bold)
            blank = rest.rfind(" ", end // 2, end + 1)
            end = blank if blank > 0 else end
            lines.append(rest[:end].rstrip())
            rest = rest[end:].lstrip()
        return [*lines, rest] if rest else lines

    def _fitting(self, text: str, width: float, size: float, *, bold: bool) -> int:
        """How many of the first characters of a text have room, at least one."""
        low, high = 1, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width_of(text[:middle], size, bold=bold) <= width:
                low = middle
            else:
                high = middle - 1
        return low

    def title(self, rect: Rect, text: str, size: float, *, color: str = INK) -> None:
        """A line in bold, or two smaller ones."""
        small = 0.6 * size
        fits = self.width_of(text, size, bold=True) <= rect.width
        lines = [text] if fits else self.lines_of(text, rect.width, small, 2, bold=True)
        height = rect.height / max(len(lines), 1)
        for number, line in enumerate(lines):
            place = Rect(rect.x, rect.y + number * height, rect.width, height)
            self.text(place, line, size if fits else small, bold=True, color=color)

    def line(self, start: Place, end: Place, width: float = 0.15, color: str = RULE) -> None:
        """A straight line."""
        self.painter.setPen(self._pen(color, width))
        self.painter.drawLine(self._point(*start), self._point(*end))

    def box(self, rect: Rect, fill: str = "", outline: str = "", width: float = 0.15) -> None:
        """A rectangle; ``fill`` may have an alpha (#aarrggbb)."""
        if fill:
            self.painter.fillRect(self.area(rect), QColor(fill))
        if outline:
            self.painter.setPen(self._pen(outline, width))
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.drawRect(self.area(rect))

    def _pen(self, color: str, width: float) -> QPen:
        pen = QPen(QColor(color))
        pen.setWidthF(self.dots(width))
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen

    def _point(self, x: float, y: float) -> QPointF:
        return QPointF(self.dots(x), self.dots(y))

    # Parts of a page

    def heading(self, rect: Rect, text: str, unit: float) -> float:
        """A heading over a rule; returns where what follows begins."""
        height = 5.2 * unit
        self.text(Rect(rect.x, rect.y, rect.width, height), text, 9 * unit, bold=True)
        self.line((rect.x, rect.y + height), (rect.right, rect.y + height), 0.3, INK)
        return rect.y + height + 0.8 * unit

    def facts(self, rect: Rect, rows: Sequence[tuple[str, str]], unit: float) -> float:
        """Names and values, these in up to three lines; returns where what follows begins."""
        height, more, label = 4.5 * unit, 3.7 * unit, min(0.4 * rect.width, 30 * unit)
        y = rect.y
        for name, value in rows:
            self.text(Rect(rect.x, y, label - 1, height), name, 7.5 * unit, color=GREY)
            for number, line in enumerate(self._values(value, rect.width, unit)):
                self.text(Rect(rect.x + label, y + number * more, rect.width - label, height), line, 8 * unit)
            y += self.facts_height([(name, value)], rect.width, unit)
        return y

    def facts_height(self, rows: Sequence[tuple[str, str]], width: float, unit: float) -> float:
        """How high these names and values are."""
        lines = sum(len(self._values(value, width, unit)) - 1 for _, value in rows)
        return (4.5 * len(rows) + 3.7 * lines) * unit

    def _values(self, value: str, width: float, unit: float) -> list[str]:
        return self.lines_of(value, width - min(0.4 * width, 30 * unit), 8 * unit, 3) or [""]

    def table(
        self,
        rect: Rect,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        unit: float,
        *,
        first: Callable[[int, Rect], None] | None = None,
        bold: Sequence[int] = (),
        color: Sequence[str] = (),
    ) -> float:
        """A table; ``first`` draws the first cell of a row. Returns where what follows begins."""
        height = row_height(unit)
        shares = sum(column.share for column in columns)
        widths = [column.share / shares * rect.width for column in columns]
        lefts = [rect.x + sum(widths[:number]) for number in range(len(columns))]
        for column, left, width in zip(columns, lefts, widths, strict=True):
            cell = Rect(left + _PAD, rect.y, width - 2 * _PAD, height)
            self.text(cell, column.title, 7 * unit, color=GREY, right=column.right)
        y = rect.y + height
        self.line((rect.x, y), (rect.right, y), 0.2, GREY)
        for number, row in enumerate(rows):
            ink = color[number] if color else INK
            for place, (column, left, width) in enumerate(zip(columns, lefts, widths, strict=True)):
                cell = Rect(left + _PAD, y, width - 2 * _PAD, height)
                if place == 0 and first is not None:
                    first(number, cell)
                else:
                    is_bold = number in bold
                    self.text(cell, row[place], 7.5 * unit, bold=is_bold, color=ink, right=column.right)
            y += height
            self.line((rect.x, y), (rect.right, y), 0.08)
        return y

    def scale_bar(self, rect: Rect, bar: ScaleBar, scale: str, unit: float) -> None:
        """A bar of parts in two colours, its numbers below, the scale as a number above."""
        self.box(rect, "#e6ffffff")
        x, y = rect.x + 4 * unit, rect.y + 6.4 * unit
        self.text(Rect(rect.x + 2 * unit, rect.y + 0.6 * unit, rect.width, 5 * unit), scale, 8.5 * unit, bold=True)
        part = bar.length / bar.parts
        for number in range(bar.parts):
            fill = INK if number % 2 == 0 else "#ffffff"
            self.box(Rect(x + number * part, y, part, 1.4 * unit), fill, INK)
        labels = bar.labels()
        last = labels.pop()
        for number, label in enumerate(labels):
            place = Rect(x + number * part - part / 2, y + 1.6 * unit, part, 3.2 * unit)
            self.text(place, label, 6.5 * unit, centred=True)
        wide = self.width_of(last, 6.5 * unit) + 1
        before = self.width_of(last.split()[0], 6.5 * unit) / 2  # so that the number stands below the end
        self.text(Rect(x + bar.length - before, y + 1.6 * unit, wide, 3.2 * unit), last, 6.5 * unit)

    def north_arrow(self, rect: Rect, letter: str, unit: float) -> None:
        """An arrow that points up (to the north of the map's grid), with a letter over it."""
        self.box(rect, "#e6ffffff")
        middle, top, foot = rect.x + rect.width / 2, rect.y + 4.6 * unit, rect.bottom - 1 * unit
        self.text(Rect(rect.x, rect.y + 0.4 * unit, rect.width, 4 * unit), letter, 9 * unit, bold=True, centred=True)
        half, notch = 2.4 * unit, foot - 2.4 * unit
        left = QPolygonF([self._point(middle, top), self._point(middle - half, foot), self._point(middle, notch)])
        right = QPolygonF([self._point(middle, top), self._point(middle + half, foot), self._point(middle, notch)])
        self.painter.setPen(self._pen(INK, 0.2))
        self.painter.setBrush(QColor(INK))
        self.painter.drawPolygon(left)
        self.painter.setBrush(QColor("#ffffff"))
        self.painter.drawPolygon(right)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)


def row_height(unit: float) -> float:
    """The height of a row of a table."""
    return 4.4 * unit
