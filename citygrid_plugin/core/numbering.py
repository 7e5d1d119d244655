"""Order of numbering: rows from north to south, west to east inside a row.

CJ/T 213 asks for that order; how rows are formed and ties are broken is ours: a row is a band of
fixed height, counted from a given northern edge (or from the origin of the CRS); equal places are
ordered from north to south, then by x, so that the order of the input never matters.
"""

from __future__ import annotations

import numpy as np

from .coverage import Floats, Indices


def reading_order(xy: Floats, row_height: float, group: Indices | None = None) -> Indices:
    """Indices that sort points (n, 2) into reading order, inside each group where given."""
    row = -np.floor(xy[:, 1] / row_height)
    x, y = np.round(xy[:, 0], 3), np.round(xy[:, 1], 3)
    keys = (x, -y, x, row)
    return np.lexsort(keys if group is None else (*keys, group))


def numbers(xy: Floats, row_height: float, group: Indices) -> Indices:
    """Sequence number of each point inside its group, from 1, in reading order."""
    order = reading_order(xy, row_height, group)
    sorted_group = group[order]
    first = np.r_[True, sorted_group[1:] != sorted_group[:-1]] if len(group) else np.array([], dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(group)), 0))
    result = np.empty(len(group), dtype=np.intp)
    result[order] = np.arange(len(group)) - start + 1
    return result
