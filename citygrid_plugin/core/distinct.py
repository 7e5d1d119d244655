"""Work on the distinct values of a column: a census repeats a few hundred texts millions of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Texts = NDArray[Any]  # an array of str
_NO_TEXT: Final = object()


def factorized(values: pd.Series | Texts, *, nulls: bool = True) -> tuple[NDArray[np.intp], Any]:
    """For each row the number of its value among the distinct ones, and these, in order of appearance.

    As ``pandas.factorize``, but texts are compared to their end: pandas takes one for the same as another that agrees
    up to a NUL, unless there is something else than texts among them. ``nulls``: whether null is a value, else -1.
    Raises ``TypeError`` for values such as lists.
    """
    if not (pd.api.types.is_object_dtype(values) or pd.api.types.is_string_dtype(values)):
        return pd.factorize(values, use_na_sentinel=not nulls)
    mixed = np.empty(len(values) + 1, dtype=object)
    mixed[0] = _NO_TEXT
    mixed[1:] = np.asarray(values, dtype=object)
    row, distinct = pd.factorize(mixed, use_na_sentinel=not nulls)
    return np.where(row < 0, row, row - 1)[1:], distinct[1:]


def each(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """A text column (without nulls) with every value changed; ``change`` is called once a distinct value."""
    return pd.Series(each_text(column.to_numpy(dtype=object), change), index=column.index, dtype=object)


def each_text(texts: Texts, change: Callable[[str], object]) -> Texts:
    """Every text changed; ``change`` is called once a distinct text."""
    row, distinct = factorized(texts, nulls=False)
    return spread(row, distinct, change)


def spread(row: NDArray[np.intp], distinct: Texts, change: Callable[[str], object]) -> Texts:
    """The same where the distinct texts, and which of them each row has, are known already."""
    return np.array([*map(change, distinct), None], dtype=object)[row]
