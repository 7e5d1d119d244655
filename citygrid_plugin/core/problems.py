"""Problems of a check: what is wrong, how bad, where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from . import fields
from .grids.divisions import text
from .spatial.coverage import Geometries, Indices


class Severity(StrEnum):
    """How bad a problem is. A note may well be as it should be: it asks for a look, not for a correction."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


TEXTS: Final = {
    "no_owner": "This grid lies in no community.",
    "owner_without_code": "The community that holds this grid has no code; the grid keeps what it had.",
    "unclear_owner": "No community holds most of this grid; the largest part decided.",
    "code_disagrees": "The code of this grid begins with another community's code.",
    "no_street": "This grid lies in no street.",
    "street_disagrees": "The street at this place is not the one that the community code names.",
    "invalid": "The outline of this grid crosses or touches itself.",
    "empty": "This grid has no area.",
    "multipart": "This grid consists of {count} parts.",
    "overlap": "{area} m² here belong to more than one grid, also to {other}.",
    "gap": "{area} m² of the community {community} belong to no grid.",
    "outside": "{area} m² of this grid lie outside all communities.",
    "across": "{area} m² of this grid reach into the community {community}.",
    "missing_vertex": (
        "The grid {other} has a corner on the edge of this grid, where this grid has none: "
        "a change of projection would open a gap here."
    ),
    "spike": "The outline of this grid turns back on itself here.",
    "sliver": "This grid is too thin: its compactness (4πA/P²) is {compactness}.",
    "small": "This grid is too small: {area} m², {ratio} times the area asked for.",
    "large": "This grid is too large: {area} m², {ratio} times the area asked for.",
    "no_code": "This grid has no code.",
    "bad_code": "The code of this grid is not of 14 or 15 digits, or ends in zeros only.",
    "code_length": "The code of this grid has {digits} digits, unlike most codes of this layer.",
    "duplicate_code": "{count} grids have this code.",
    "closed_code": "A closed grid has this code; a code is never given again.",
    "out_of_order": (
        "The numbers of the community {community} do not run west to east and north to south "
        "({count} of {total} steps go back). After a renewal that kept codes, this is as it should be."
    ),
    "street_code_disagrees": "StrCode of this grid is not the street of its community.",
    "district_code_disagrees": "DistCode of this grid is not the district of its community.",
    "place_disagrees": "The code of this grid names the community {community}, but the grid lies in {other}.",
    "no_grid": "The community {community} has no grid.",
    "street_without_grid": "The street {street} has no grid.",
    "unknown_community": (
        "The code of this grid names the community {community}, which is not among the communities; the grid keeps "
        "what it had."
    ),
    "unknown_street": "The code of this grid names the street {street}, which is not among the streets.",
    "shared_community_code": "{count} communities with different names have the code {community}: {names}.",
    "table_conflict": (
        "Rows {rows} of the ownership table give {key} different values ({values}); none of them was applied."
    ),
    "table_disagrees": (
        "Row {row} of the ownership table says {given}, but this place belongs to {other}; it was not applied."
    ),
    "ambiguous_name": (
        "Row {row} of the ownership table names {key}, but {count} places have that name; it was not applied. "
        "Add the street or the code."
    ),
    "crossing_unknown": "Row {row} of the table of segments: {road} has no crossing with {name}.",
    "crossing_ambiguous": (
        "Row {row} of the table of segments: {road} meets {name} at {count} places ({places} m). Give the chainage."
    ),
    "chainage_beyond": "Row {row} of the table of segments: {road} ends at {length} m; {value} m lies beyond it.",
    "segment_empty": "Row {row} of the table of segments: from and to are the same place of {road} ({value} m).",
    "segment_code_repeated": "Rows {rows} of the table of segments have the code {code} for different segments.",
    "segment_gap": "No row is for {road} from {start} to {end} m.",
    "segment_overlap": "Rows {rows} overlap on {road} from {start} to {end} m.",
    "segment_shared": "Rows {rows} are for the same segment of {road}, from {start} to {end} m.",
    "road_gap": "The lines of {road} are interrupted for {length} m here; the chainage runs on.",
}
"""Plain text of each kind of problem, with named places; the interface translates it, then fills it in."""

TITLES: Final = {
    "no_owner": "Grids in no community",
    "owner_without_code": "Grids in a community without a code",
    "unclear_owner": "Grids without a clear community",
    "code_disagrees": "Codes of another community",
    "no_street": "Grids in no street",
    "street_disagrees": "Grids in another street than their code says",
    "invalid": "Outlines that cross or touch themselves",
    "empty": "Grids without an area",
    "multipart": "Grids of several parts",
    "overlap": "Overlaps",
    "gap": "Gaps",
    "outside": "Grids reaching outside all communities",
    "across": "Grids reaching into another community",
    "missing_vertex": "Corners that the neighbour lacks",
    "spike": "Spikes",
    "sliver": "Thin grids",
    "small": "Grids that are too small",
    "large": "Grids that are too large",
    "no_code": "Grids without a code",
    "bad_code": "Malformed codes",
    "code_length": "Codes of another length",
    "duplicate_code": "Codes given more than once",
    "closed_code": "Codes of closed grids given again",
    "out_of_order": "Communities numbered in another order",
    "street_code_disagrees": "Street codes that disagree",
    "district_code_disagrees": "District codes that disagree",
    "place_disagrees": "Grids in another community than their code says",
    "no_grid": "Communities without a grid",
    "street_without_grid": "Streets without a grid",
    "unknown_community": "Codes of unknown communities",
    "unknown_street": "Codes of unknown streets",
    "shared_community_code": "Community codes with several names",
    "table_conflict": "Ownership table: one key, different values",
    "table_disagrees": "Ownership table: another place than the grid's",
    "ambiguous_name": "Ownership table: names of several places",
    "crossing_unknown": "Crossings that a road does not have",
    "crossing_ambiguous": "Crossings with the same street at several places",
    "chainage_beyond": "Chainages beyond the end of a road",
    "segment_empty": "Segments without a length",
    "segment_code_repeated": "Codes of several segments",
    "segment_gap": "Stretches of roads without a row",
    "segment_overlap": "Segments that overlap",
    "segment_shared": "Segments with several rows",
    "road_gap": "Interrupted roads",
}
"""Heading of each kind of problem, for counts; the interface translates it."""

VALUES: Final = "values"
"""Column of a problem table: a dictionary that fills the named places of ``TEXTS``. Not a field of a layer."""


@dataclass(frozen=True)
class Problem:
    """One kind of problem and the rows that have it.

    ``places`` where it is not the row's own outline; ``values`` fill the named places of its text, one text a row.
    """

    kind: str
    severity: Severity
    rows: Indices
    places: Geometries | None = None
    values: Mapping[str, Sequence[object]] = field(default_factory=dict)


def problem_frame(problems: Sequence[Problem], frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Problems as a table: ``fields.PROBLEM``, ``VALUES`` and the geometry; the text is English.

    BGID is that of the row, where known. A problem with ``places`` and no ``rows`` belongs to no grid.
    """
    codes = text(frame[fields.BGID]).to_numpy() if fields.BGID in frame else None
    parts = []
    for problem in problems:
        places = frame.geometry.to_numpy()[problem.rows] if problem.places is None else problem.places
        if not len(places):
            continue
        named = codes is not None and len(problem.rows) == len(places)
        head = {
            fields.PROBLEM_KIND: problem.kind,
            fields.SEVERITY: str(problem.severity),
            fields.BGID: codes[problem.rows] if codes is not None and named else "",
        }
        parts.append(told(head, TEXTS[problem.kind], problem.values, places, frame.crs))
    return joined(parts, fields.PROBLEM, frame.crs)


def told(
    head: Mapping[str, object],
    template: str,
    values: Mapping[str, Sequence[object]],
    places: Geometries,
    crs: pyproj.CRS | None,
) -> gpd.GeoDataFrame:
    """Problems of one kind, a row each: the columns of ``head``, the English text, ``VALUES`` and the place.

    ``values`` fill the places of ``template``, one a row each.
    """
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)] or [{} for _ in places]
    texts = {fields.TEXT: [template.format(**row) for row in rows], VALUES: pd.Series(rows, dtype=object)}
    geometry = np.asarray(places, dtype=object)
    return gpd.GeoDataFrame({**head, **texts}, geometry=geometry, index=range(len(places)), crs=crs)


def joined(parts: Sequence[gpd.GeoDataFrame], names: Sequence[str], crs: pyproj.CRS | None) -> gpd.GeoDataFrame:
    """Problems of all kinds (``told``) as one table; of none, an empty one with these columns and ``VALUES``."""
    if not parts:
        columns = {name: pd.Series(dtype=object) for name in (*names, VALUES)}
        return gpd.GeoDataFrame(columns, geometry=[], crs=crs)
    return pd.concat(parts, ignore_index=True)
