"""What of an evaluation a bulletin speaks of: one period, its ranking, and how the periods before it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from citygrid_plugin.core import fields

from .evaluation import GROUP, ON_TIME_RATE, PERIOD, RANK, Evaluation, Period


@dataclass(frozen=True)
class Bulletin:
    """The period that is spoken of: the last one that is over, or ends on the day of the moment or of the range.

    Where none is over, the one under way; later ones hold only cases that were closed before their deadline.
    ``counted``: first and last day of it that were counted; ``is_whole``: whether these are all its days.
    """

    evaluation: Evaluation
    name: str
    days: tuple[np.datetime64, np.datetime64]
    counted: tuple[np.datetime64, np.datetime64]

    @classmethod
    def of(
        cls,
        evaluation: Evaluation,
        at: np.datetime64,
        first: np.datetime64 | None = None,
        last: np.datetime64 | None = None,
    ) -> Bulletin:
        """That of a moment; ``first`` and ``last``: the range of days that was counted."""
        today = at.astype("datetime64[D]")
        totals = evaluation.totals
        until = str(today if last is None else min(today, last))
        over, begun = totals[totals[fields.TO_DATE] <= until], totals[totals[fields.FROM_DATE] <= until]
        row = over.iloc[-1] if len(over) else begun.iloc[-1] if len(begun) else totals.iloc[0]
        start, end = np.datetime64(row[fields.FROM_DATE]), np.datetime64(row[fields.TO_DATE])
        counted = start if first is None else max(start, first), end if last is None else min(end, last)
        if evaluation.period is not Period.WHOLE:  # the cases themselves tell where that ends
            counted = counted[0], min(counted[1], max(today, start))
        return cls(evaluation, str(row[PERIOD]), (start, end), counted)

    @property
    def is_whole(self) -> bool:
        """Whether all days of the period were over and counted."""
        return self.counted == self.days

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The groups of the period, by rank."""
        table = self.evaluation.table
        return table[table[PERIOD] == self.name].reset_index(drop=True)

    @cached_property
    def total(self) -> dict[str, Any]:
        """The figures of all groups together."""
        totals = self.evaluation.totals
        return totals[totals[PERIOD] == self.name].iloc[0].to_dict()

    @cached_property
    def trend(self) -> pd.DataFrame:
        """The figures of all groups together, a row a period, up to this one."""
        totals = self.evaluation.totals
        return totals.iloc[: int(np.flatnonzero(totals[PERIOD] == self.name)[0]) + 1]

    @cached_property
    def ranked(self) -> pd.DataFrame:
        """The groups that have a rank, the best first."""
        return self.rows[self.rows[RANK].notna()].reset_index(drop=True)

    @cached_property
    def first(self) -> Sequence[str]:
        """The groups on the first place, where not all share it."""
        best = self.ranked[self.ranked[RANK] == 1]
        return best[GROUP].tolist() if len(best) < len(self.ranked) else []

    @cached_property
    def last(self) -> Sequence[str]:
        """The groups on the last two places, the worst last."""
        return self.evaluation.last().get(self.name, [])

    def rate(self, group: str) -> float:
        """The on-time rate of a ranked group."""
        return float(self.ranked.set_index(GROUP).loc[group, ON_TIME_RATE])
