"""What is wanted of a list of cases: a filter as it is chosen, kept and said. It needs no heavy package.

``case_filter`` finds the cases that it shows.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

LISTS: Final = ("statuses", "classes", "departments", "streets", "zones", "sources")
"""The lists of a filter out of which several values can be chosen."""


def folded(text: str) -> str:
    """Text as it is compared in a search: small letters, as QGIS's lower() writes them (Σ is σ wherever it stands)."""
    return text.replace("Σ", "σ").lower()


@dataclass(frozen=True)
class CaseFilter:
    """What is shown: of each list the values named (all where none is), reported in a period, holding all words.

    ``statuses``: values of the field Status. ``classes``: names (codes of classes without one). An empty text stands
    for cases without a value. ``first``, ``last``: days of Reported, both included. ``text``: words with blanks
    between them, each somewhere in the fields of ``case_columns.SEARCHED``, in small or capital letters.
    """

    statuses: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    text: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The searched words, in small letters."""
        return tuple(folded(self.text).split())

    @property
    def is_empty(self) -> bool:
        """Whether all cases are shown."""
        return not (any(getattr(self, name) for name in LISTS) or self.first or self.last or self.words)

    def as_values(self) -> dict[str, Any]:
        """The filter as values that JSON can hold."""
        days = {name: day.isoformat() for name, day in (("first", self.first), ("last", self.last)) if day}
        lists = {name: list(getattr(self, name)) for name in LISTS if getattr(self, name)}
        return {**lists, **days, **({"text": self.text} if self.text else {})}

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> CaseFilter:
        """The filter of such values; what is wrong in them, or unknown, is left out."""
        chosen: dict[str, Any] = {}
        for name, value in values.items():
            if name in LISTS and isinstance(value, list):
                chosen[name] = tuple(text for text in value if isinstance(text, str))
            elif name in ("first", "last") and isinstance(value, str):
                with contextlib.suppress(ValueError):
                    chosen[name] = date.fromisoformat(value)
            elif name == "text" and isinstance(value, str):
                chosen[name] = value
        return cls(**chosen)
