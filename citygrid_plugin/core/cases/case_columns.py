"""Cases of a layer as columns, prepared for filtering, sorting and searching many times a second.

Texts are kept once a distinct value with the number of it a row, so that whatever is asked of them is asked of a few
hundred values; text that differs in each row is searched as one long array of characters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.records.zone_time import NOT_A_TIME, Times
from citygrid_plugin.core.spatial.coverage import Floats, Indices

from .case_choice import folded

TEXTS_READ: Final = (
    fields.CASE_ID, fields.KIND, fields.CLASS_CODE, fields.CLASS_NAME, fields.STAGE, fields.DEPARTMENT, fields.BGID,
    fields.RGID, fields.STREET_NAME, fields.COMMUNITY_NAME, fields.SOURCE, fields.TEXT, fields.DUE_BY,
    fields.TIME_LIMIT, fields.FILING_CONDITION, fields.OBJ_ID, fields.REPEAT_OF,
)  # fmt: skip
TIMES_READ: Final = (
    fields.REPORTED, fields.FILED, fields.DEADLINE, fields.FINISHED, fields.SUSPENDED_FROM, fields.SUSPENDED_TO,
    fields.HANDLED,
)  # fmt: skip
SEARCHED: Final = (
    fields.CASE_ID, fields.CLASS_NAME, fields.TEXT, fields.DEPARTMENT, fields.STREET_NAME, fields.COMMUNITY_NAME,
    fields.BGID, fields.OBJ_ID,
)  # fmt: skip
"""Where a searched word may stand."""

_SORTED: Final = (fields.CASE_ID, fields.DEPARTMENT, fields.STREET_NAME, fields.RGID, fields.SOURCE)
_END: Final = "\x1f"  # after each text in the long array; a searched word never holds it
_LONGEST_CHAIN: Final = 1 << 16  # of reports each of which repeats the one before
_UTF_16: Final = "utf-16-le"


@dataclass(frozen=True)
class TextColumn:
    """``row`` (n,): which of the ``distinct`` texts each row has, in order of appearance; missing text is empty."""

    row: Indices
    distinct: NDArray[np.object_]

    @classmethod
    def of(cls, texts: NDArray[np.object_]) -> TextColumn:
        """From a text a row, None or not-a-number where there is none."""
        row, distinct = pd.factorize(np.where(pd.isna(texts), "", texts))
        return cls(row.astype(np.int64), np.array([str(text) for text in distinct], dtype=object))

    def __getitem__(self, row: int) -> str:
        return str(self.distinct[self.row[row]])

    @property
    def texts(self) -> NDArray[np.object_]:
        """The text of each row."""
        return self.distinct[self.row]

    @cached_property
    def rank(self) -> Indices:
        """The place of each distinct text in the order of texts; the empty one comes last."""
        order = sorted(range(len(self.distinct)), key=lambda at: (self.distinct[at] == "", self.distinct[at]))
        result = np.empty(len(order), dtype=np.int64)
        result[order] = np.arange(len(order))
        return result

    @cached_property
    def letters(self) -> Letters:
        """The distinct texts for searching."""
        return Letters.of(self.distinct)

    def one_of(self, texts: Collection[str]) -> NDArray[np.bool_]:
        """Whether each row has one of some texts."""
        wanted = set(texts)
        return np.array([text in wanted for text in self.distinct], dtype=bool)[self.row]

    def holding(self, word: str) -> NDArray[np.bool_]:
        """Whether the text of each row holds a ``folded`` word."""
        return self.letters.holding(word)[self.row]

    def count(self, rows: NDArray[np.bool_]) -> Indices:
        """How many of some rows have each distinct text."""
        return np.bincount(self.row[rows], minlength=len(self.distinct))


@dataclass(frozen=True)
class Letters:
    """Texts as one array of UTF-16 units: ``start`` (n,) of each, and how often each unit stands in it."""

    units: NDArray[np.uint16]
    start: Indices
    frequency: Indices

    @classmethod
    def of(cls, texts: NDArray[np.object_]) -> Letters:
        """From texts, which are folded."""
        whole = _END.join(texts) + _END if len(texts) else ""
        if whole.count(_END) != len(texts):
            whole = _END.join(text.replace(_END, " ") for text in texts) + _END
        units = np.frombuffer(folded(whole).encode(_UTF_16, "surrogatepass"), dtype="<u2")
        end = np.flatnonzero(units == ord(_END))
        return cls(units, np.r_[0, end[:-1] + 1][: len(texts)], np.bincount(units, minlength=1 << 16))

    def holding(self, word: str) -> NDArray[np.bool_]:
        """Whether each text holds a folded word: places of its rarest unit, of which the other units leave some."""
        wanted = np.frombuffer(word.encode(_UTF_16, "surrogatepass"), dtype="<u2")
        found = np.zeros(len(self.start), dtype=bool)
        if not len(wanted) or not len(found):
            return np.ones(len(self.start), dtype=bool) if not len(wanted) else found
        rarest, *others = np.argsort(self.frequency[wanted], kind="stable")
        hit = self.units == wanted[rarest]
        if not len(others) and self.frequency[wanted[rarest]] > len(found):
            return np.logical_or.reduceat(hit, self.start)
        place = np.flatnonzero(hit) - rarest
        place = place[(place >= 0) & (place + len(wanted) <= len(self.units))]
        for other in others:
            place = place[self.units[place + other] == wanted[other]]
        found[np.searchsorted(self.start, place, side="right") - 1] = True
        return found


@dataclass(frozen=True)
class CaseColumns:
    """Cases, a row each: ``texts`` (``TEXTS_READ``), ``times`` (``TIMES_READ``, wall-clock, ``datetime64[s]``).

    ``returns``: how often each was sent back (not-a-number where unknown). ``xy`` (n, 2): places in the CRS of the
    layer, not-a-number where there is none. ``names``: the fields that the layer has.
    """

    texts: Mapping[str, TextColumn]
    times: Mapping[str, Times]
    returns: Floats
    xy: Floats
    names: frozenset[str]

    @classmethod
    def of(cls, table: pd.DataFrame, xy: Floats | None = None) -> CaseColumns:
        """From a table with some of the columns of a layer of cases; what is missing is empty."""
        count = len(table)
        nothing = np.full(count, "", dtype=object)

        def text(name: str) -> TextColumn:
            return TextColumn.of(table[name].to_numpy(dtype=object) if name in table else nothing)

        returns = pd.to_numeric(table[fields.RETURNS], errors="coerce") if fields.RETURNS in table else None
        return cls(
            {name: text(name) for name in TEXTS_READ},
            {name: _times(table, name) for name in TIMES_READ},
            np.full(count, np.nan) if returns is None else returns.to_numpy(dtype=np.float64, na_value=np.nan),
            np.full((count, 2), np.nan) if xy is None else xy,
            frozenset(map(str, table.columns)),
        )

    def __len__(self) -> int:
        return len(self.returns)

    def prepare(self) -> None:
        """Work out now what is otherwise worked out when it is first asked for."""
        for name in SEARCHED:
            self.texts[name].letters  # noqa: B018 - kept from now on
        for column in (*(self.texts[name] for name in _SORTED), self.classes):
            column.rank  # noqa: B018 - as above
        self.reports  # noqa: B018 - as above

    @cached_property
    def classes(self) -> TextColumn:
        """The name of each case's class; its code where it has no name."""
        name, code = self.texts[fields.CLASS_NAME], self.texts[fields.CLASS_CODE]
        return TextColumn.of(np.where((name.distinct == "")[name.row], code.texts, name.texts)) if len(self) else name

    @cached_property
    def lead(self) -> Indices:
        """The row of the first report that each case repeats: its own where it repeats none.

        Where the first report is not in the layer, the first row that repeats it stands for it.
        """
        number, repeats = self.texts[fields.CASE_ID], self.texts[fields.REPEAT_OF]
        named = pd.Index(number.distinct).get_indexer(pd.Index(repeats.distinct))
        first = np.where(named >= 0, _first_row(number)[named] if len(self) else 0, _first_row(repeats))
        rows = np.arange(len(self))
        lead = np.where((repeats.distinct == "")[repeats.row], rows, first[repeats.row])
        for _ in range(_LONGEST_CHAIN.bit_length()):  # a first report of one list may repeat one of another
            lead = lead[lead]
        return np.where(lead[lead] == lead, lead, rows)  # some lists let reports repeat one another in a circle

    @cached_property
    def reports(self) -> Indices:
        """How often what each row is the first report of was reported; 1 where never again, 0 for repeats."""
        return np.bincount(self.lead, minlength=len(self))

    @cached_property
    def is_repeat(self) -> NDArray[np.bool_]:
        """Whether each case repeats an earlier one."""
        return self.lead != np.arange(len(self))

    def same_reports(self, row: int) -> Indices:
        """The rows of all reports of the same, the first one first."""
        lead = self.lead[row]
        others = np.flatnonzero(self.lead == lead)
        return np.r_[lead, others[others != lead]]


def _first_row(column: TextColumn) -> Indices:
    """The first row of each distinct text."""
    first = np.zeros(len(column.distinct), dtype=np.int64)
    first[column.row[::-1]] = np.arange(len(column.row))[::-1]
    return first


def _times(table: pd.DataFrame, name: str) -> Times:
    """A column of times; texts as ISO writes them, whose offset is left out: the times are those of the place."""
    if name not in table:
        return np.full(len(table), NOT_A_TIME)
    column = table[name]
    if not pd.api.types.is_datetime64_any_dtype(column):
        column = pd.to_datetime(column.astype("string").str[:19], errors="coerce", format="ISO8601")
    elif getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_localize(None)
    return column.to_numpy().astype("datetime64[s]")
