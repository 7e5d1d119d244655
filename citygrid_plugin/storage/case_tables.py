"""The tables that come with the plugin for cases: words of other systems, one city's time limits, the usual week.

Each is a CSV in ``resources`` with a column that says where a row comes from. A user copies one, changes it, and gives
it to the algorithm in place of, or on top of, what comes with the plugin.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from citygrid_plugin.core.cases.case_stages import (
    SOURCE_WORDS,
    STAGE_WORDS,
    Words,
    read_source_words,
    read_stage_words,
)

_FOLDER: Final = Path(__file__).parent.parent / "resources"

STAGE_TABLE: Final = _FOLDER / "cases" / "stages.csv"
SOURCE_TABLE: Final = _FOLDER / "cases" / "sources.csv"
CITY_LIMITS: Final = _FOLDER / "limits" / "gbt30428_2013_city_example.csv"
"""Time limits of 190 classes as one city states them (generation B), without the names of the conditions."""
USUAL_WEEK: Final = _FOLDER / "calendars" / "usual_week.csv"


def read_table(path: Path) -> pd.DataFrame:
    """One of these tables, as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


@cache
def stage_words() -> Words:
    """The stages and the words of other systems for them."""
    return STAGE_WORDS | read_stage_words(read_table(STAGE_TABLE))


@cache
def source_words() -> Words:
    """The sources of cases and other words for them."""
    return SOURCE_WORDS | read_source_words(read_table(SOURCE_TABLE))
