"""Cases of each unit grid or responsibility grid: how many are open and overdue, and how thick they lie.

The definitions are ours. Unfinished: status open, due soon or overdue (suspended ones wait for somebody else, and are
counted apart). Overdue share: overdue of unfinished. Density: unfinished for each 10,000 m², the size that a unit grid
is cut to.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.spatial.crs import measuring_crs

from .case_status import Status

UNFINISHED: Final = "Unfinished"
DUE_SOON: Final = "DueSoon"
OVERDUE: Final = "Overdue"
SUSPENDED: Final = "Suspended"
CLOSED: Final = "Closed"
OVERDUE_SHARE: Final = "OverShare"  # 0 … 1, empty where nothing is unfinished
DENSITY: Final = "Density"  # unfinished for each 10,000 m²
MOMENT: Final = "At"
COUNTS: Final = (UNFINISHED, DUE_SOON, OVERDUE, SUSPENDED, CLOSED)

_COUNTED: Final = {
    UNFINISHED: (Status.OPEN, Status.DUE_SOON, Status.OVERDUE),
    DUE_SOON: (Status.DUE_SOON,),
    OVERDUE: (Status.OVERDUE,),
    SUSPENDED: (Status.SUSPENDED,),
    CLOSED: (Status.CLOSED,),
}
_UNIT: Final = 10_000.0  # m²


def count_cases(cases: pd.DataFrame, areas: gpd.GeoDataFrame, code: str, at: np.datetime64) -> gpd.GeoDataFrame:
    """Those of the areas in which cases lie, with their counts, in the order of the codes.

    ``cases``: Status and the code of the area they lie in (column ``code``, empty where in none), ``areas``: the code
    and polygons; several polygons of a code count as one area, and each has its counts. ``at``: the moment that the
    statuses are of. The result has the columns code, ``COUNTS``, ``OVERDUE_SHARE``, ``DENSITY`` and ``MOMENT``, and the
    CRS of the areas. An area with void cases only is left out. Raises ``UnplacedCrs``.
    """
    counts = _counts(cases[code].to_numpy(dtype=object), cases[fields.STATUS].to_numpy(dtype=object))
    there = areas.loc[areas[code].isin(counts.index), [code, areas.geometry.name]]
    there = there.sort_values(code, kind="stable").reset_index(drop=True)
    rows = counts.loc[there[code]].reset_index(drop=True)
    unfinished = rows[UNFINISHED].to_numpy(dtype=float)
    share = np.divide(rows[OVERDUE], unfinished, out=np.full(len(rows), np.nan), where=unfinished > 0)
    size = _sizes(there, code)
    density = np.divide(unfinished * _UNIT, size, out=np.full(len(rows), np.nan), where=size > 0)
    columns = {code: there[code], **{name: rows[name] for name in COUNTS}, OVERDUE_SHARE: share, DENSITY: density}
    moment = pd.Series(np.full(len(rows), at.astype("datetime64[s]")), dtype="datetime64[s]")
    return gpd.GeoDataFrame({**columns, MOMENT: moment}, geometry=there.geometry, crs=areas.crs)


def _counts(codes: NDArray[np.object_], status: NDArray[np.object_]) -> pd.DataFrame:
    """Counts by code, of the codes that have a case that is not void."""
    codes = codes.copy()
    codes[codes == ""] = None  # which gets no number
    numbers, distinct = pd.factorize(codes)
    inside = numbers >= 0
    table = {
        name: np.bincount(numbers[inside & np.isin(status, [str(each) for each in which])], minlength=len(distinct))
        for name, which in _COUNTED.items()
    }
    counts = pd.DataFrame(table, index=pd.Index(distinct, dtype=object))
    return counts[counts[[UNFINISHED, SUSPENDED, CLOSED]].any(axis=1)]


def _sizes(areas: gpd.GeoDataFrame, code: str) -> NDArray[np.float64]:
    """Square metres of each row's area, all polygons of its code together."""
    if not len(areas):
        return np.zeros(0)
    crs = measuring_crs(areas.crs, areas.geometry.to_numpy()) if areas.crs else None
    measured = areas.geometry if crs is None or crs == areas.crs else areas.geometry.to_crs(crs)
    size = pd.Series(shapely.area(measured.to_numpy()))
    return size.groupby(areas[code].to_numpy()).transform("sum").to_numpy(dtype=float)
