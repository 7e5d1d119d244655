"""Expressions of mappings: small functions on the columns of a delivery, written as JSON.

An expression is a text or a number, which stands for itself; or ``{"field": "name"}``, the text of a column,
empty where there is none; or an object with one key, the function, whose value is its argument or the list
of its arguments. Arguments called a, b, c are expressions themselves:

``{"concat": [a, b, …]}``               the texts one after the other
``{"coalesce": [a, b, …]}``             the first of them that is not blank
``{"when": [a, b, c]}``                 b where a is not blank, else c (empty where c is left out)
``{"upper": a}``, ``{"lower": a}``, ``{"trim": a}``  in capitals, in small letters, without blanks around
``{"substring": [a, start, length]}``   from a character on, the first is 1, the last -1; length may be left out
``{"pad": [a, width, "0"]}``            filled up in front with a character ("0" where left out), unless blank
``{"replace": [a, "old", "new"]}``      every "old" becomes "new"; both are plain text
``{"part": [a, ";", number]}``          a part of a text with separators, the first is 1, the last -1
``{"extract": [a, "pattern"]}``         what a regular expression finds: its first group, or the whole where it has none
``{"lookup": [a, {"theirs": "ours"}, b]}``  by a table, blanks around a do not count; else b (empty where left out)
``{"tag": "key"}``                      a tag of OpenStreetMap: from the column of that name, or from GDAL's
                                        ``other_tags``, ``all_tags`` or ``tags`` (hstore or JSON text); empty
                                        where no column has it
``{"tag": ["key", a]}``                 the same from a text in that form

Nothing of an expression is ever run as code. A pattern holds at most three repeats, none of a group, and reads
the first 200 characters of a text: so no pattern can take for ever. The work is done once a distinct text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.distinct import Texts, each_text, factorized, spread
from citygrid_plugin.core.errors import CityGridError, UnknownField

Compiled = Callable[["Columns"], Texts]

FIELD: Final = "field"
TAG_COLUMNS: Final = ("other_tags", "all_tags", "tags")
"""Columns in which GDAL and others keep the tags of OpenStreetMap that have no column of their own."""

STEP: Final = " ▸ "
"""Between the steps of a place in a mapping."""

_DEEPEST = 40
_SHOWN = 60  # characters of a wrong part that a message shows
_PATTERN_LENGTH = 200
_REPEATS = 3
_READ_BY_PATTERNS = 200
_WIDEST = 1000


class BadExpression(CityGridError):
    """An expression of a mapping that cannot be understood."""

    template = "The mapping cannot be used: at {place}, {why}. There is {found}."


class Columns:
    """The columns of a table as text; ``layer`` names it in errors. Each is made text once."""

    def __init__(self, frame: pd.DataFrame, layer: str) -> None:
        self._frame = frame
        self._layer = layer
        self._texts: dict[str, Texts] = {}
        self._distinct: dict[str, tuple[NDArray[np.intp], Texts]] = {}

    def __len__(self) -> int:
        return len(self._frame)

    def __contains__(self, name: str) -> bool:
        return name in self._frame

    def text(self, name: str) -> Texts:
        """A column as text, empty where null. Raises ``UnknownField``."""
        if name not in self._frame:
            available = ", ".join(str(column) for column in self._frame.columns if column != "geometry")
            raise UnknownField(layer=self._layer, field=name, available=available)
        if name not in self._texts:
            self._texts[name] = _as_text(self._frame[name])
        return self._texts[name]

    def distinct(self, name: str) -> tuple[NDArray[np.intp], Texts]:
        """The different texts of a column, and which of them each row has."""
        if name not in self._distinct:
            self._distinct[name] = factorized(self.text(name))
        return self._distinct[name]

    def constant(self, text: str) -> Texts:
        """The same text in every row."""
        # Not np.full: on its way through numpy's own text type, a text loses NULs at its end.
        return np.repeat(np.array([text], dtype=object), len(self._frame))


def _as_text(column: pd.Series) -> Texts:
    """A column as text; NULs are dropped: no layer can hold them."""
    values = column.to_numpy(dtype=object)
    missing = pd.isna(values)
    if missing.any():
        values = np.where(missing, "", values)
    if pd.api.types.infer_dtype(values, skipna=False) != "string":
        values = np.array([*map(str, values)], dtype=object)
    if "\0" in "".join(values):
        values = np.array([text.replace("\0", "") for text in values], dtype=object)
    return values


def is_blank(texts: Texts) -> NDArray[np.bool_]:
    """Where a text is empty or of blanks only."""
    return each_text(texts, lambda text: not text.strip()).astype(bool)


# Reading an expression


def compiled(expression: object, place: str, depth: int = 0) -> Compiled:
    """What computes an expression. ``place`` is where it stands in the mapping. Raises ``BadExpression``."""
    if depth > _DEEPEST:
        raise _bad(place, "it is nested too deeply", expression)
    if (text := _literal(expression)) is not None:
        return lambda columns: columns.constant(text)
    if not isinstance(expression, Mapping) or len(expression) != 1:
        raise _bad(place, 'there must be a text, a number, {"field": "column"} or one function', expression)
    name, given = next(iter(expression.items()))
    if name == FIELD:
        column = _text(given, place + STEP + FIELD)
        return lambda columns: columns.text(column)
    build = _FUNCTIONS.get(name)
    if build is None:
        raise _bad(place, f"there must be one of the functions {', '.join(functions())}", name)
    arguments = list(given) if isinstance(given, list | tuple) else [given]
    return build(_Arguments(arguments, f"{place}{STEP}{name}", depth + 1))


def columns_in(expression: object) -> list[str]:
    """The columns that an expression names, each once; those of tags are not among them."""
    found: dict[str, None] = {}

    def note(name: str) -> str:
        found[name] = None
        return name

    with_columns(expression, note)
    return list(found)


def with_columns(expression: object, rename: Callable[[str], str]) -> Any:  # noqa: ANN401 - JSON
    """An expression with other names of columns."""
    if isinstance(expression, list | tuple):
        return [with_columns(part, rename) for part in expression]
    if not isinstance(expression, Mapping):
        return expression
    return {
        name: rename(given)
        if name == FIELD
        else _lookup_with_columns(given, rename)
        if name == "lookup"
        else with_columns(given, rename)
        for name, given in expression.items()
    }


def _lookup_with_columns(given: object, rename: Callable[[str], str]) -> object:
    """The table of a lookup holds values, whatever its keys are called."""
    if not isinstance(given, list | tuple):
        return given
    return [part if index == 1 else with_columns(part, rename) for index, part in enumerate(given)]


class _Arguments:
    """The arguments of a function, and the place of each for a message."""

    def __init__(self, given: Sequence[object], place: str, depth: int) -> None:
        self.given = given
        self.place = place
        self.depth = depth

    def number_is(self, least: int, most: int) -> None:
        """Raise ``BadExpression`` where there are too few or too many."""
        if not least <= len(self.given) <= most:
            wanted = str(least) if least == most else f"{least}–{most}"
            raise BadExpression(
                place=self.place, why="the number of arguments is wrong", found=f"{len(self.given)} ≠ {wanted}"
            )

    def at(self, index: int) -> str:
        """The place of an argument; they count from 1."""
        return f"{self.place}{STEP}{index + 1}"

    def expression(self, index: int) -> Compiled:
        return compiled(self.given[index], self.at(index), self.depth)

    def expressions(self) -> list[Compiled]:
        self.number_is(1, 1000)
        return [self.expression(index) for index in range(len(self.given))]

    def text(self, index: int) -> str:
        return _text(self.given[index], self.at(index))

    def whole(self, index: int) -> int:
        """A whole number, also where it is written as text."""
        value = self.given[index]
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,4}", str(value)):
            raise _bad(self.at(index), "there must be a whole number", value)
        return int(str(value))

    def place_number(self, index: int) -> int:
        """A number that counts from 1, or from -1 at the end."""
        number = self.whole(index)
        if not number:
            raise _bad(self.at(index), "there must be a number from 1, or from -1 at the end", number)
        return number


def _literal(value: object) -> str | None:
    """The text of a text or a number; None for anything else."""
    if isinstance(value, str):
        return str(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object, place: str) -> str:
    text = _literal(value)
    if text is None:
        raise _bad(place, "there must be a text", value)
    return text


def _bad(place: str, why: str, found: object) -> BadExpression:
    return BadExpression(place=place, why=why, found=shown(found))


def shown(part: object) -> str:
    """A part of a mapping for a message, cut where it is long."""
    try:
        text = json.dumps(part, ensure_ascii=False, default=str)
    except (RecursionError, ValueError):
        text = type(part).__name__
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"


# The functions


def _concat(arguments: _Arguments) -> Compiled:
    parts = arguments.expressions()
    return lambda columns: sum((part(columns) for part in parts[1:]), parts[0](columns))


def _coalesce(arguments: _Arguments) -> Compiled:
    parts = arguments.expressions()

    def first(columns: Columns) -> Texts:
        result = parts[0](columns)
        for part in parts[1:]:
            blank = is_blank(result)
            if not blank.any():
                break
            result = np.where(blank, part(columns), result)
        return result

    return first


def _when(arguments: _Arguments) -> Compiled:
    arguments.number_is(2, 3)
    condition, then = arguments.expression(0), arguments.expression(1)
    otherwise = arguments.expression(2) if len(arguments.given) > 2 else compiled("", "")  # noqa: PLR2004
    return lambda columns: np.where(is_blank(condition(columns)), otherwise(columns), then(columns))


def _changed(change: Callable[[str], str], arguments: _Arguments) -> Compiled:
    arguments.number_is(1, 1)
    part = arguments.expression(0)
    return lambda columns: each_text(part(columns), change)


def _substring(arguments: _Arguments) -> Compiled:
    arguments.number_is(2, 3)
    part, start = arguments.expression(0), arguments.place_number(1)
    length = arguments.whole(2) if len(arguments.given) > 2 else None  # noqa: PLR2004
    if length is not None and length < 0:
        raise _bad(arguments.at(2), "there must be a length from 0", length)

    def cut(text: str) -> str:
        first = start - 1 if start > 0 else max(len(text) + start, 0)
        return text[first:] if length is None else text[first : first + length]

    return lambda columns: each_text(part(columns), cut)


def _pad(arguments: _Arguments) -> Compiled:
    arguments.number_is(2, 3)
    part, width = arguments.expression(0), arguments.whole(1)
    filling = arguments.text(2) if len(arguments.given) > 2 else "0"  # noqa: PLR2004
    if len(filling) != 1:
        raise _bad(arguments.at(2), "there must be one character", filling)
    if not 0 <= width <= _WIDEST:
        raise _bad(arguments.at(1), "there must be a width from 0 to 1000", width)
    return lambda columns: each_text(
        part(columns), lambda text: text.strip().rjust(width, filling) if text.strip() else text
    )


def _replace(arguments: _Arguments) -> Compiled:
    arguments.number_is(3, 3)
    part, old, new = arguments.expression(0), arguments.text(1), arguments.text(2)
    if not old:
        raise _bad(arguments.at(1), "there must be a text that is not empty", old)
    return lambda columns: each_text(part(columns), lambda text: text.replace(old, new))


def _part(arguments: _Arguments) -> Compiled:
    arguments.number_is(3, 3)
    part, separator, number = arguments.expression(0), arguments.text(1), arguments.place_number(2)
    if not separator:
        raise _bad(arguments.at(1), "there must be a text that is not empty", separator)
    index = number - 1 if number > 0 else number

    def pick(text: str) -> str:
        parts = text.split(separator)
        return parts[index].strip() if -len(parts) <= index < len(parts) else ""

    return lambda columns: each_text(part(columns), pick)


def _extract(arguments: _Arguments) -> Compiled:
    arguments.number_is(2, 2)
    part, pattern = arguments.expression(0), _pattern(arguments.text(1), arguments.at(1))

    def find(text: str) -> str:
        match = pattern.search(text[:_READ_BY_PATTERNS])
        return (match[1 if pattern.groups else 0] or "") if match else ""

    return lambda columns: each_text(part(columns), find)


def _pattern(text: str, place: str) -> re.Pattern[str]:
    """A regular expression that cannot take for ever. Raises ``BadExpression``."""
    if len(text) > _PATTERN_LENGTH:
        raise _bad(place, "a pattern may have 200 characters", text)
    tokens = re.findall(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[0-9]*,?[0-9]*\}|.", text, re.DOTALL)
    if re.search(r"\(\?[a-z]*x", text):
        raise _bad(place, "a pattern may not be in the verbose form", text)
    repeats = [index for index, token in enumerate(tokens) if token in ("*", "+") or re.match(r"\{[0-9,]", token)]
    if len(repeats) > _REPEATS:
        raise _bad(place, "a pattern may have three repeats (* + {})", text)
    if any(index and tokens[index - 1] == ")" for index in repeats):
        raise _bad(place, "a pattern may not repeat a group", text)
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise _bad(place, "there must be a regular expression", text) from error


def _lookup(arguments: _Arguments) -> Compiled:
    arguments.number_is(2, 3)
    part, table = arguments.expression(0), arguments.given[1]
    if not isinstance(table, Mapping):
        raise _bad(arguments.at(1), 'there must be a table {"theirs": "ours"}', table)
    words = {
        str(theirs).strip(): _text(ours, f"{arguments.at(1)}{STEP}{theirs}"[:_SHOWN]) for theirs, ours in table.items()
    }
    if len(arguments.given) == 2:  # noqa: PLR2004
        return lambda columns: each_text(part(columns), lambda text: words.get(text.strip(), ""))
    otherwise = arguments.expression(2)

    def find(columns: Columns) -> Texts:
        found = each_text(part(columns), lambda text: words.get(text.strip()))
        return np.where(pd.isna(found), otherwise(columns), found)

    return find


def _tag(arguments: _Arguments) -> Compiled:
    arguments.number_is(1, 2)
    key = arguments.text(0)
    read = partial(tag_value, key=key)
    if len(arguments.given) > 1:
        part = arguments.expression(1)
        return lambda columns: each_text(part(columns), read)

    def find(columns: Columns) -> Texts:
        result = columns.constant("")
        own = next((name for name in (key, key.replace(":", "_")) if name in columns), None)
        if own is not None:
            result = columns.text(own)
        for name in TAG_COLUMNS:
            if name in columns and name != own:
                found = spread(*columns.distinct(name), read)
                result = np.where(is_blank(result), found, result)
        return result

    return find


def tag_value(text: str, key: str) -> str:
    """The value of a tag in hstore text (``"highway"=>"street_lamp","lit"=>"yes"``) or a JSON object; else empty."""
    quoted = json.dumps(key, ensure_ascii=False)
    if quoted not in text:
        return ""
    if text.lstrip().startswith("{"):
        try:
            tags = json.loads(text)
        except (ValueError, RecursionError):
            return ""
        return _literal(tags.get(key)) or "" if isinstance(tags, dict) else ""
    match = re.search(rf'(?:^|[\s,]){re.escape(quoted)}\s*=>\s*"((?:[^"\\]|\\.)*)"', text, re.DOTALL)
    return re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL) if match else ""


_FUNCTIONS: Final[Mapping[str, Callable[[_Arguments], Compiled]]] = {
    "concat": _concat,
    "coalesce": _coalesce,
    "when": _when,
    "upper": partial(_changed, str.upper),
    "lower": partial(_changed, str.lower),
    "trim": partial(_changed, str.strip),
    "substring": _substring,
    "pad": _pad,
    "replace": _replace,
    "part": _part,
    "extract": _extract,
    "lookup": _lookup,
    "tag": _tag,
}


def functions() -> Iterable[str]:
    """The names of the functions."""
    return _FUNCTIONS.keys()
