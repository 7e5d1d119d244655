"""Work on the distinct values of a column: a census repeats a few hundred texts millions of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Texts = NDArray[Any]  # an array of str


def each(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """A text column (without nulls) with every value changed; ``change`` is called once a distinct value."""
    return pd.Series(each_text(column.to_numpy(dtype=object), change), index=column.index, dtype=object)


def each_text(texts: Texts, change: Callable[[str], object]) -> Texts:
    """Every text changed; ``change`` is called once a distinct text."""
    row, distinct = pd.factorize(texts)
    return spread(row, distinct, change)


def spread(row: NDArray[np.intp], distinct: Texts, change: Callable[[str], object]) -> Texts:
    """The same where the distinct texts, and which of them each row has, are known already."""
    return np.array([*map(change, distinct), None], dtype=object)[row]
