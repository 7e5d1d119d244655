"""Charts as SVG, drawn into the page of a report: bars, bars in parts and lines. Every text is escaped here.

Nothing is told by colour alone, so that a page can be printed in grey: bars that are called out have an outline, parts
hold their numbers, lines differ by dash and mark.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final


@dataclass(frozen=True)
class Series:
    """Values of a chart, None where there is none, with their name in the legend and a colour (#rrggbb)."""

    name: str
    values: Sequence[float | None]
    color: str


@dataclass(frozen=True)
class Bars:
    """Lying bars, a row a name from top to bottom: one bar a series, or one bar in parts (``stacked``).

    ``shown``: a value as text; ``highest``: the end of the scale, a round one where None. ``called_out``: rows that
    stand out. ``gap``: the row before which one is left out, told by an empty one.
    """

    names: Sequence[str]
    series: Sequence[Series]
    shown: Callable[[float], str]
    highest: float | None = None
    stacked: bool = False
    called_out: Collection[int] = ()
    gap: int | None = None


@dataclass(frozen=True)
class Lines:
    """Lines over ``names`` from left to right, one a series; a missing value breaks the line."""

    names: Sequence[str]
    series: Sequence[Series]
    shown: Callable[[float], str]
    highest: float | None = None


_WIDE: Final = 760  # pixels
_BAR, _BETWEEN, _STACK = 13, 8, 18  # heights of a bar and of what parts two rows
_TOP, _BOTTOM, _EDGE = 10, 26, 14
_LEGEND: Final = 22
_LINES_HIGH: Final = 240
_WIDE_LETTER, _LETTER = 12.0, 6.9  # pixels of a letter, Chinese or not, at the size of the charts
_WIDEST_NAME: Final = 230  # pixels
_LEAST_PART: Final = 7  # pixels around the number in a part
_TICKS: Final = 5
_CALLED_FILL, _CALLED = "#f7d4d0", "#c0392b"
_DASHES: Final = ("", "7 4", "2 3", "8 3 2 3")
_DARK: Final = 140  # of 255: letters on darker parts are white


def svg(chart: Bars | Lines) -> str:
    """The chart as an SVG element."""
    parts, high = _bars(chart) if isinstance(chart, Bars) else _lines(chart)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{high:.0f}" '
        f'viewBox="0 0 {_WIDE} {high:.0f}" role="img" font-size="12" font-family="sans-serif">{"".join(parts)}</svg>'
    )


def label(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    """A text of a chart."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def scale(largest: float, steps: int, least: float = 1.0) -> tuple[float, float]:
    """A round step (1, 2 or 5 times a power of ten) of about so many to the largest value, and the end of the scale.

    ``least``: the smallest step; counts and square metres are whole.
    """
    power = 10 ** math.floor(math.log10(largest / steps)) if largest > 0 else 1.0
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power * steps >= largest * (1 - 1e-9))
    step = max(step, least)
    return step, step * math.ceil(largest / step - 1e-9)


def _ends(chart: Bars | Lines, largest: float) -> tuple[float, float]:
    """Step and end of the scale of a chart."""
    if chart.highest is not None:
        return chart.highest / _TICKS, chart.highest
    return scale(max(largest, 1.0), _TICKS)


def _text_width(text: str) -> float:
    return sum(_WIDE_LETTER if unicodedata.east_asian_width(each) in "WF" else _LETTER for each in text)


def _short(text: str, room: float) -> str:
    """As much of a text as there is room for."""
    if _text_width(text) <= room:
        return text
    while text and _text_width(text) > room - _WIDE_LETTER:
        text = text[:-1]
    return f"{text}…"


def _legend(series: Sequence[Series], left: float, *, lines: bool) -> tuple[list[str], float]:
    """The legend above the chart, in as many rows as it takes, and how high it is."""
    parts: list[str] = []
    x, y = left, 14.0
    for number, each in enumerate(series):
        room = (30 if lines else 18) + _text_width(each.name)
        if x > left and x + room > _WIDE:
            x, y = left, y + _LEGEND
        if lines:
            parts.append(f'<line x1="{x:.1f}" y1="{y}" x2="{x + 24:.1f}" y2="{y}" {_stroke(each, number)}/>')
            parts.append(_mark(x + 12, y, number, each.color))
        else:
            parts.append(
                f'<rect x="{x:.1f}" y="{y - 6}" width="12" height="12" fill="{escape(each.color)}" stroke="#666"/>'
            )
        parts.append(label(x + room - _text_width(each.name), y + 4, each.name, "start"))
        x += room + 20
    return parts, y - 14 + _LEGEND


def _tick(text: str) -> str:
    """A number of an axis: whole per cents have no decimals."""
    return text.replace(".0%", "%")


# Bars


def _bars(chart: Bars) -> tuple[list[str], float]:
    row = _STACK if chart.stacked else _BAR * max(len(chart.series), 1)
    row += _BETWEEN
    left = min(max(map(_text_width, chart.names), default=0), _WIDEST_NAME) + 2 * _EDGE
    parts, high = _legend(chart.series, left, lines=False) if len(chart.series) > 1 else ([], 0.0)
    top = _TOP + high
    rows = len(chart.names) + (chart.gap is not None)
    floor = top + rows * row
    room = _WIDE - left - 64  # beside the bars, for the number of the longest
    step, end = _ends(chart, _largest(chart))
    parts += _grid(chart, left, top, floor, room, step, end)
    for number, name in enumerate(chart.names):
        y = top + (number + (chart.gap is not None and number >= chart.gap)) * row + _BETWEEN / 2
        called = number in chart.called_out
        weight = ' font-weight="bold"' if called else ""
        parts.append(
            f"<g><title>{escape(name)}</title>"
            + label(left - 8, y + (row - _BETWEEN) / 2 + 4, _short(name, _WIDEST_NAME), "end", weight)
            + "</g>"
        )
        draw = _stack if chart.stacked else _row
        parts += draw(chart, number, left, y, room / end)
    if chart.gap is not None:
        parts.append(label(left - 8, top + (chart.gap + 0.5) * row + 4, "…", "end"))
    parts.append(f'<line x1="{left:.1f}" y1="{top}" x2="{left:.1f}" y2="{floor}" stroke="#444"/>')
    return parts, floor + _BOTTOM


def _largest(chart: Bars) -> float:
    if chart.stacked:
        return max(
            (sum(series.values[row] or 0 for series in chart.series) for row in range(len(chart.names))), default=0
        )
    return max((value or 0 for series in chart.series for value in series.values), default=0)


def _grid(chart: Bars, left: float, top: float, floor: float, room: float, step: float, end: float) -> Iterator[str]:
    for tick in range(round(end / step) + 1):
        x = left + tick * step / end * room
        yield f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{floor}" stroke="#e4e4e4"/>'
        yield label(x, floor + 17, _tick(chart.shown(tick * step)), "middle")


def _row(chart: Bars, number: int, left: float, y: float, unit: float) -> Iterator[str]:
    """The bars of a row with their numbers; those of the first series are called out."""
    for order, series in enumerate(chart.series):
        value, high = series.values[number], y + order * _BAR
        if value is None:
            yield label(left + 5, high + _BAR - 3, "–", "start")
            continue
        called = order == 0 and number in chart.called_out
        fill, stroke = (_CALLED_FILL, _CALLED) if called else (series.color, series.color)
        yield _box(left, high, value * unit, _BAR - 2, fill, f"{series.name}: {chart.shown(value)}", stroke)
        yield label(left + value * unit + 5, high + _BAR - 3, chart.shown(value), "start")


def _stack(chart: Bars, number: int, left: float, y: float, unit: float) -> Iterator[str]:
    """The parts of a row, with their numbers where they have room, and the sum."""
    total = 0.0
    for series in chart.series:
        value = series.values[number] or 0
        if not value:
            continue
        wide, x, text = value * unit, left + total * unit, chart.shown(value)
        yield _box(x, y, wide, _STACK, series.color, f"{series.name}: {text}", "#ffffff")
        if wide >= _text_width(text) + _LEAST_PART:
            ink = ' style="fill:#fff"' if _is_dark(series.color) else ""
            yield label(x + wide / 2, y + _STACK - 5, text, "middle", ink)
        total += value
    yield label(left + total * unit + 5, y + _STACK - 5, chart.shown(total), "start")


def _box(x: float, y: float, width: float, height: float, fill: str, title: str, stroke: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" fill="{escape(fill)}" '
        f'stroke="{escape(stroke)}"><title>{escape(title)}</title></rect>'
    )


def _is_dark(color: str) -> bool:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < _DARK


# Lines


def _lines(chart: Lines) -> tuple[list[str], float]:
    left = 64.0
    parts, high = _legend(chart.series, left, lines=True)
    floor = _TOP + high + _LINES_HIGH
    room = _WIDE - left - 40
    largest = max((value or 0 for series in chart.series for value in series.values), default=0)
    step, end = _ends(chart, largest)
    for tick in range(round(end / step) + 1):
        y = floor - tick * step / end * _LINES_HIGH
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + room}" y2="{y:.1f}" stroke="#e4e4e4"/>')
        parts.append(label(left - 8, y + 4, _tick(chart.shown(tick * step)), "end"))
    apart = room / max(len(chart.names) - 1, 1)
    widest = max(map(_text_width, chart.names), default=0) + 12
    every = max(math.ceil(widest / apart), 1)
    for number, name in enumerate(chart.names):
        if (len(chart.names) - 1 - number) % every == 0:  # the last one is always named
            parts.append(label(left + number * apart, floor + 18, name, "middle"))
    parts.append(f'<line x1="{left}" y1="{floor}" x2="{left + room}" y2="{floor}" stroke="#444"/>')
    for order, series in enumerate(chart.series):
        points = [
            None if value is None else (left + number * apart, floor - value / end * _LINES_HIGH)
            for number, value in enumerate(series.values)
        ]
        parts += _path(points, series, order)
        for name, value, point in zip(chart.names, series.values, points, strict=True):
            if value is not None and point is not None:
                parts.append(
                    f"<g><title>{escape(f'{name} – {series.name}: {chart.shown(value)}')}</title>"
                    f"{_mark(*point, order, series.color)}</g>"
                )
    return parts, floor + _BOTTOM


def _path(points: Sequence[tuple[float, float] | None], series: Series, order: int) -> Iterator[str]:
    """A line through the points, broken where one is missing."""
    run: list[str] = []
    for point in [*points, None]:
        if point is not None:
            run.append(f"{point[0]:.1f},{point[1]:.1f}")
            continue
        if len(run) > 1:
            yield f'<polyline points="{" ".join(run)}" fill="none" {_stroke(series, order)}/>'
        run = []


def _stroke(series: Series, order: int) -> str:
    dash = _DASHES[order % len(_DASHES)]
    return f'stroke="{escape(series.color)}" stroke-width="2"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _mark(x: float, y: float, order: int, color: str) -> str:
    """The mark of a point: a circle, square, triangle or diamond."""
    color = escape(color)
    shapes = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{color}"/>',
        f'<rect x="{x - 3.2:.1f}" y="{y - 3.2:.1f}" width="6.4" height="6.4" fill="{color}"/>',
        f'<path d="M{x:.1f} {y - 4.2:.1f}l4.2 7.4h-8.4z" fill="{color}"/>',
        f'<path d="M{x:.1f} {y - 4.6:.1f}l4.6 4.6l-4.6 4.6l-4.6 -4.6z" fill="{color}"/>',
    )
    return shapes[order % len(shapes)]
