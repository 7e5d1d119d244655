"""Columns as the cells of a .dbf: bytes of fixed width, and an account of everything that did not fit.

Work is done once a different value. What cannot be held as the field dictionary has it is kept as text rather than
lost: a column of dates with one value that is no date, a number of more digits than a double or a cell holds.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.distinct import factorized

from .dictionary import DATE, NUMBER, TEXT, WIDEST, FieldRule
from .names import cut

FLOAT: Final = "F"
_USUAL_TEXT: Final = 80  # bytes, as GDAL gives a text of unknown length, so that a user can still write into it
_LONGEST_WHOLE: Final = 18  # digits that readers take for a whole number; longer ones become rounded doubles
_LONGEST_NUMBER: Final = 24  # characters of a double with all its digits
_MOST_DECIMALS: Final = 15
_ANY_DATE = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CARRIAGE_RETURN: Final = 13  # as a width or number of decimals it is the byte at which many readers end the header
_ROUNDED: Final = 1e-12  # share of a value

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Cells:
    """A column: type (C, N, F, D), width in bytes, decimals, and for each row which of the distinct cells it has."""

    type: str
    width: int
    decimals: int
    row: Rows
    distinct: NDArray[np.bytes_]


@dataclass(frozen=True)
class Changes:
    """Rows (from 0) whose value is not what it was.

    ``cut``: text longer than the field; ``replaced``: characters that the encoding lacks, now “?”; ``lost``: infinite
    numbers, which no cell holds; ``rounded``: numbers with more decimals than the field; ``kept_as_text``: rows whose
    value is of another type than the dictionary asks for, so that the whole field is text.
    """

    cut: Rows = field(default_factory=lambda: np.array([], dtype=np.intp))
    replaced: Rows = field(default_factory=lambda: np.array([], dtype=np.intp))
    lost: Rows = field(default_factory=lambda: np.array([], dtype=np.intp))
    rounded: Rows = field(default_factory=lambda: np.array([], dtype=np.intp))
    kept_as_text: Rows = field(default_factory=lambda: np.array([], dtype=np.intp))


def cells_of(values: pd.Series, encoding: str, rule: FieldRule | None = None) -> tuple[Cells, Changes]:
    """The cells of a column (n,), as its rule has it, else as its values ask for.

    Text may be at most as many bytes wide as the rule says, else 254; blanks at its end are not kept, as no .dbf does.
    Without a rule, whole numbers up to 18 digits and doubles keep all their digits, and text that is all of the form
    2020-05-02 is a date.
    """
    row, distinct = _factorized(values)
    plain = [None if pd.isna(value) else value for value in distinct.tolist()]
    numbers = pd.api.types.is_numeric_dtype(values)
    wanted = rule.type if rule is not None else NUMBER if numbers else DATE if _are_iso(plain) else TEXT
    wrong = np.array([], dtype=np.intp)
    if wanted == DATE:
        dates = [day_of(as_text(value)) for value in plain]
        if None not in dates:
            return Cells(DATE, 8, 0, row, _bytes(dates, "ascii")), Changes()
        wrong = _rows(row, [date is None for date in dates])
    elif wanted == NUMBER:
        read = [_number(value) for value in plain]
        bad = [number is None for number in read]
        if not any(bad):
            made = _number_cells(row, read, rule)
            if made is not None:
                return made
        wrong = _rows(row, bad) if any(bad) else np.arange(len(row))
    cells, changes = _text_cells(row, [as_text(value) for value in plain], encoding, rule if not len(wrong) else None)
    return cells, Changes(changes.cut, changes.replaced, kept_as_text=wrong)


def _factorized(values: pd.Series) -> tuple[Rows, Any]:
    """For each row the number of its value among the distinct ones; values such as lists count as their text."""
    try:
        return factorized(values)
    except TypeError:
        return factorized(values.map(lambda value: value if value is None else str(value)))


def as_text(value: Any) -> str:  # noqa: ANN401 - a value can be of any type
    """A value as the text of a cell: null is empty, a whole number has no decimal point, a moment is ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(int(value)) if isinstance(value, bool) else str(value)


def _are_iso(values: list[Any]) -> bool:
    texts = [value.strip() if isinstance(value, str) else value for value in values if value is not None]
    given = [text for text in texts if text != ""]
    return bool(given) and all(isinstance(text, str) and _ISO_DATE.fullmatch(text) and day_of(text) for text in given)


def day_of(text: str) -> str | None:
    """YYYYMMDD; empty for what holds no digit but zeros, as programs write for no date; None for what is no date."""
    text = text.strip()
    if not text.strip("0"):
        return ""
    found = _ANY_DATE.fullmatch(text)
    if found is None or found[1] == "0000":
        return None
    try:
        np.datetime64("-".join(found.groups()), "D")
    except ValueError:
        return None
    return "".join(found.groups())


def _number(value: Any) -> float | int | None:  # noqa: ANN401
    """A number; not-a-number for an empty value, None for what is no number."""
    if value is None:
        return math.nan
    if isinstance(value, int | float):
        return value
    text = str(value).strip()
    if not text:
        return math.nan
    try:
        number = float(text)
    except ValueError:
        return None
    return None if "_" in text or not math.isfinite(number) else number


def _number_cells(row: Rows, numbers: list[Any], rule: FieldRule | None) -> tuple[Cells, Changes] | None:
    """Cells of numbers; None where they need more digits than a cell of numbers keeps."""
    finite = [number if math.isfinite(number) else None for number in numbers]
    lost = _rows(row, [isinstance(number, float) and math.isinf(number) for number in numbers])
    if rule is not None:
        kind, decimals, least = NUMBER, rule.decimals, rule.width
        texts = ["" if number is None else f"{number:.{decimals}f}" for number in finite]
    elif all(number is None or isinstance(number, int) for number in finite):
        kind, decimals, least = NUMBER, 0, 1
        texts = ["" if number is None else str(int(number)) for number in finite]
    else:
        kind, decimals, least = _double_format([number for number in finite if number is not None])
        decimals += decimals == _CARRIAGE_RETURN
        form = f".{decimals}f" if kind == NUMBER else ""
        texts = ["" if number is None else format(number, form) if form else repr(float(number)) for number in finite]
    width = max([least, *map(len, texts)])
    width += width == _CARRIAGE_RETURN
    if width > (_LONGEST_WHOLE if decimals == 0 and kind == NUMBER else _LONGEST_NUMBER):
        return None
    off = [
        number is not None and abs(float(text) - number) > _ROUNDED * abs(number)
        for text, number in zip(texts, finite, strict=True)
    ]
    cells = Cells(kind, width, decimals, row, _bytes([text.rjust(width) for text in texts], "ascii"))
    return cells, Changes(lost=lost, rounded=_rows(row, off))


def _double_format(numbers: list[float]) -> tuple[str, int, int]:
    """Type, decimals and least width with which doubles keep all their digits."""
    texts = [repr(float(number)) for number in numbers]
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    if any("e" in text for text in texts) or decimals > _MOST_DECIMALS:
        return FLOAT, _MOST_DECIMALS, _LONGEST_NUMBER
    longest = max((len(text.partition(".")[0]) for text in texts), default=1) + 1 + decimals
    fits = longest <= _LONGEST_NUMBER
    return (NUMBER, decimals, longest) if fits else (FLOAT, _MOST_DECIMALS, _LONGEST_NUMBER)


def _text_cells(row: Rows, texts: list[str], encoding: str, rule: FieldRule | None) -> tuple[Cells, Changes]:
    texts = [text.rstrip(" ") for text in texts]
    encoded = [text.replace("\0", "?").encode(encoding, "replace") for text in texts]
    longest = max(map(len, encoded), default=0)
    width = rule.width if rule is not None else min(max(longest, _USUAL_TEXT), WIDEST[TEXT])
    long = [len(value) > width for value in encoded]
    fitting = [
        cut(text, encoding, width).encode(encoding) if is_long else value
        for text, value, is_long in zip(texts, encoded, long, strict=True)
    ]
    other = [value.decode(encoding) != text for value, text in zip(encoded, texts, strict=True)]
    data = np.array(fitting, dtype=f"S{max(width, 1)}") if fitting else np.array([], dtype="S1")
    return Cells(TEXT, width, 0, row, data), Changes(cut=_rows(row, long), replaced=_rows(row, other))


def _bytes(texts: list[Any], encoding: str) -> NDArray[np.bytes_]:
    encoded = [str(text or "").encode(encoding) for text in texts]
    return np.array(encoded, dtype=f"S{max([1, *map(len, encoded)])}") if encoded else np.array([], dtype="S1")


def _rows(row: Rows, marked: list[bool]) -> Rows:
    """The rows whose distinct value is marked."""
    return np.flatnonzero(np.array(marked, dtype=bool)[row]) if marked else np.array([], dtype=np.intp)
