"""Codes of divisions, unit grids and components: shapes, parts, and what makes them well formed.

Codes are text. A double holds 15 digits safely; ids have 16 or 17.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import pandas as pd

from .errors import CityGridError

DISTRICT_DIGITS: Final = 6  # GB/T 2260
STREET_DIGITS: Final = 9
COMMUNITY_DIGITS: Final = 12


class BadCode(CityGridError):
    """A code of the wrong shape."""

    template = "{name} is “{value}”, but must have {digits} digits. Correct it and run again."


class MissingDistrict(CityGridError):
    """No district code, and none that follows from the data."""

    template = (
        "The data does not say which district it belongs to. Enter the district code "
        "(DISTRICT_CODE: six digits, GB/T 2260) and run again."
    )


class SequenceOverflow(CityGridError):
    """More parts than the sequence digits of a template can number."""

    template = "“{name}” needs {count} numbers, but {digits} digits hold only {capacity}. {remedy}"


@dataclass(frozen=True)
class CodeTemplate:
    """A parent code followed by a sequence number of fixed width."""

    name: str
    parent_digits: int
    sequence_digits: int

    @property
    def length(self) -> int:
        """Digits in all."""
        return self.parent_digits + self.sequence_digits

    @property
    def capacity(self) -> int:
        """The highest sequence number; numbering starts at 1."""
        return 10**self.sequence_digits - 1

    def format(self, parent: pd.Series, number: np.ndarray) -> pd.Series:
        """Codes (text) from parent codes (text) and sequence numbers (1 ... capacity)."""
        texts = np.array([str(value).zfill(self.sequence_digits) for value in range(self.capacity + 1)], dtype=object)
        return pd.Series(parent.to_numpy(dtype=object) + texts[number], index=parent.index, dtype=object)

    def well_formed(self, codes: pd.Series) -> pd.Series:
        """Whether each code has only digits, the template's length, and a sequence above zero."""
        text = codes.fillna("").astype(str)
        shape = text.str.fullmatch(rf"[0-9]{{{self.length}}}")
        return shape & ~text.str.endswith("0" * self.sequence_digits)


class GridTemplate(IntEnum):
    """CODE_TEMPLATE of the unit grid: the order is the algorithm's contract."""

    FIFTEEN = 0  # 6+3+3+3, in force today (domain facts: GB/T 47678-2026, GB/T 30428-2013)
    FOURTEEN = 1  # 6+3+3+2 of CJ/T 213-2005


GRID_TEMPLATES: Final = {
    GridTemplate.FIFTEEN: CodeTemplate("6+3+3+3", COMMUNITY_DIGITS, 3),
    GridTemplate.FOURTEEN: CodeTemplate("6+3+3+2", COMMUNITY_DIGITS, 2),
}
RESPONSIBILITY_TEMPLATE: Final = CodeTemplate("12+3", COMMUNITY_DIGITS, 3)  # ours
STREET_TEMPLATE: Final = CodeTemplate("6+3", DISTRICT_DIGITS, 3)
COMMUNITY_TEMPLATE: Final = CodeTemplate("9+3", STREET_DIGITS, 3)


def is_digits(codes: pd.Series, digits: int) -> pd.Series:
    """Whether each value is text of exactly so many ASCII digits."""
    return codes.fillna("").astype(str).str.fullmatch(rf"[0-9]{{{digits}}}")


def check_district(code: str) -> str:
    """The district code; ``MissingDistrict`` without one, ``BadCode`` unless it has six digits (GB/T 2260)."""
    code = code.strip()
    if not code:
        raise MissingDistrict
    if not (code.isascii() and code.isdigit() and len(code) == DISTRICT_DIGITS):
        raise BadCode(name="DISTRICT_CODE", value=code, digits=DISTRICT_DIGITS)
    return code
