"""HTML reports. Every text is escaped here, wherever it comes from."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from .charts import Bars, Lines, label, scale, svg
from .files import write_text

_STYLE = """
body { font-family: "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
       margin: 2em; color: #222; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 1.6em; } h3 { font-size: 1em; }
table { border-collapse: collapse; }
td, th { padding: .25em .8em; border-bottom: 1px solid #ddd; text-align: left; }
table.wide { font-size: .85em; } table.wide td, table.wide th { padding: .25em .45em; }
tr.marked td { background: #fff2cc; font-weight: bold; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: .8em 0; } figure svg, figure img { max-width: 100%; height: auto; }
figcaption { color: #666; font-size: .9em; } svg text { font-size: 12px; fill: #444; }
p.warning { background: #fff4d6; border-left: 4px solid #e6a23c; padding: .4em .8em; }
@media print {
  body { margin: 0; } table.wide { font-size: .7em; } thead { display: table-header-group; }
  tr, figure { break-inside: avoid; } figure img, figure svg { max-height: 16cm; } h2, h3 { break-after: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""


@dataclass(frozen=True)
class Histogram:
    """Counts of classes of equal width, with the titles of both axes.

    ``counts[i]`` is that of ``low + i * width`` to ``low + (i + 1) * width``. With ``more``, the last class also holds
    all that is larger. ``marks``: values on the x axis that are drawn as lines, each with a word.
    """

    counts: Sequence[int]
    low: float
    width: float
    x_title: str
    y_title: str
    more: bool = False
    marks: Sequence[tuple[float, str]] = ()


@dataclass
class Report:
    """A page of headings, paragraphs, warnings, tables, charts and pictures, written with ``save``."""

    title: str
    _parts: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """A heading of the second level."""
        self._parts.append(f"<h2>{escape(text)}</h2>")

    def subheading(self, text: str) -> None:
        """A heading of the third level."""
        self._parts.append(f"<h3>{escape(text)}</h3>")

    def paragraph(self, text: str) -> None:
        """A paragraph."""
        self._parts.append(f"<p>{escape(text)}</p>")

    def warning(self, text: str) -> None:
        """A paragraph that stands out."""
        self._parts.append(f'<p class="warning">{escape(text)}</p>')

    def table(
        self,
        rows: Iterable[Sequence[object]],
        header: Sequence[str] = (),
        marked: Collection[int] = (),
        right: Collection[int] = (),
    ) -> None:
        """A table; numbers are set flush right, and so is text in the columns ``right``. Rows ``marked`` stand out."""
        head = "".join(f"<th>{escape(name)}</th>" for name in header)
        body = "".join(_table_row(row, number in marked, right) for number, row in enumerate(rows))
        kind = ' class="wide"' if len(header) > _WIDE_TABLE else ""
        head = f"<thead><tr>{head}</tr></thead>" if head else ""
        self._parts.append(f"<table{kind}>{head}<tbody>{body}</tbody></table>")

    def chart(self, chart: Bars | Lines, title: str) -> None:
        """A chart, drawn in the page, over its title."""
        self._parts.append(f"<figure>{svg(chart)}<figcaption>{escape(title)}</figcaption></figure>")

    def histogram(self, bars: Histogram) -> None:
        """A histogram, drawn in the page."""
        self._parts.append(f"<figure>{_svg(bars)}</figure>")

    def picture(self, png: bytes, title: str) -> None:
        """A picture (PNG), held in the page itself, over its title."""
        data = b64encode(png).decode("ascii")
        self._parts.append(
            f'<figure><img alt="{escape(title)}" src="data:image/png;base64,{data}">'
            f"<figcaption>{escape(title)}</figcaption></figure>"
        )

    def html(self) -> str:
        """The whole page."""
        return (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{escape(self.title)}</title>'
            f"<style>{_STYLE}</style></head>\n<body><h1>{escape(self.title)}</h1>\n"
            + "\n".join(self._parts)
            + "\n</body></html>\n"
        )

    def save(self, path: Path) -> None:
        """Write the page, atomically."""
        write_text(path, self.html())


def _table_row(row: Sequence[object], marked: bool, right: Collection[int]) -> str:
    kind = ' class="marked"' if marked else ""
    return f"<tr{kind}>{''.join(_cell(value, column in right) for column, value in enumerate(row))}</tr>"


def _cell(value: object, right: bool = False) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        kind = ' class="number"' if right else ""
        return f"<td{kind}>{escape(str(value))}</td>"
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
    return f'<td class="number">{text}</td>'


_WIDE_TABLE = 10  # columns; tables with more are set smaller
_WIDE, _HIGH = 720, 300  # of a histogram, in pixels
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 34, 54  # its margins


def _svg(bars: Histogram) -> str:
    """A histogram as an SVG element: bars, both axes with numbers and titles, marks."""
    plot_width, plot_height = _WIDE - _LEFT - _RIGHT, _HIGH - _TOP - _BOTTOM
    step, top = scale(max([*bars.counts, 1]), 5)
    bar = plot_width / max(len(bars.counts), 1)
    floor = _TOP + plot_height

    def x_of(value: float) -> float:
        return _LEFT + (value - bars.low) / bars.width * bar

    parts = []
    for level in range(round(top / step) + 1):
        y = floor - level * step / top * plot_height
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDE - _RIGHT}" y2="{y:.1f}" stroke="#e4e4e4"/>')
        parts.append(label(_LEFT - 8, y + 4, f"{level * step:,.0f}", "end"))
    for number, count in enumerate(bars.counts):
        height = count / top * plot_height
        low = bars.low + number * bars.width
        more = bars.more and number == len(bars.counts) - 1
        title = f"≥ {low:,.0f}: {count:,}" if more else f"{low:,.0f} – {low + bars.width:,.0f}: {count:,}"
        parts.append(
            f'<rect x="{x_of(low) + 0.5:.1f}" y="{floor - height:.1f}" width="{max(bar - 1, 0.5):.1f}" '
            f'height="{height:.1f}" fill="#4a7fb5"><title>{escape(title)}</title></rect>'
        )
    parts.append(f'<line x1="{_LEFT}" y1="{floor}" x2="{_WIDE - _RIGHT}" y2="{floor}" stroke="#444"/>')
    end = bars.low + len(bars.counts) * bars.width
    step = scale(end - bars.low, 8)[0]
    for tick in range(math.ceil(bars.low / step - 1e-9), math.floor(end / step + 1e-9) + 1):
        value = tick * step
        x = x_of(value)
        last = bars.more and tick == math.floor(end / step + 1e-9)
        parts.append(f'<line x1="{x:.1f}" y1="{floor}" x2="{x:.1f}" y2="{floor + 5}" stroke="#444"/>')
        parts.append(label(x, floor + 19, f"{value:,.0f}{' …' if last else ''}", "middle"))
    for number, (value, word) in enumerate(mark for mark in bars.marks if bars.low <= mark[0] <= end):
        x, y = x_of(value), _TOP - 6 - 14 * (number % 2)
        parts.append(
            f'<line x1="{x:.1f}" y1="{y + 3}" x2="{x:.1f}" y2="{floor}" stroke="#c0392b" stroke-dasharray="5 3"/>'
        )
        parts.append(label(x, y, word, "middle"))
    middle = _TOP + plot_height / 2
    parts.append(label(_LEFT + plot_width / 2, _HIGH - 10, bars.x_title, "middle"))
    parts.append(label(14, middle, bars.y_title, "middle", f' transform="rotate(-90 14 {middle:.0f})"'))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}" '
        f'role="img">{"".join(parts)}</svg>'
    )
