"""Which street and community each unit grid belongs to: by place or by its code, and what a table says of owners."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS, DISTRICT_DIGITS, GRID_TEMPLATES, STREET_DIGITS, is_digits
from citygrid_plugin.core.grids.divisions import text
from citygrid_plugin.core.problems import Problem, Severity, problem_frame
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.spatial.coverage import Geometries, Indices
from citygrid_plugin.core.spatial.place import Overlap, largest_overlap, locate

from .ownership_table import AppliedTable, apply_table

_CLEAR_SHARE = 0.6  # ours: an owner that holds less of a grid than this is worth a look


class Rule(IntEnum):
    """RULE of the algorithm: what tells the owner. The order is the algorithm's contract."""

    OVERLAP = 0  # the largest part of the grid
    POINT = 1  # a point on its surface, so that no small overlap counts
    CODE = 2  # its code; the place only checks


@dataclass(frozen=True)
class Owned:
    """The grid with its owners, what a planner has to look at (``fields.PROBLEM``), and what became of the table."""

    grid: gpd.GeoDataFrame
    problems: gpd.GeoDataFrame
    table: AppliedTable | None = None


def assign_owners(
    grid: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame | None = None,
    progress: Progress = silent,
    *,
    rule: Rule = Rule.OVERLAP,
    table: pd.DataFrame | None = None,
) -> Owned:
    """Give each unit grid its community and street, by ``rule``, and the people that ``table`` names.

    ``communities`` has CommCode and / or CommName, and StrCode / StrName where known; ``streets``
    StrCode and / or StrName, and goes before the communities' streets. All in one projected CRS. Rows with the same
    CommCode are one community. By code, the community is the one that BGID begins with (else CommCode of the grid).
    A point on the limit of two communities belongs to the first of them. ``table``: from
    ``ownership_table.owners_of``.

    A grid that lies in no community keeps what it had and becomes a problem; so does a grid whose owner
    has no code, and what it had stays where the owner's value is empty. Other problems are a grid whose code and
    place disagree, whose code names no community of the layer, or whose owner holds less than 60 % of it (ours),
    and the conflicts of the table.
    """
    whole, shared = _one_row_each(communities)
    owned = grid.copy()
    polygons = grid.geometry.to_numpy()
    place = _by_place(polygons, whole.geometry.to_numpy(), rule)
    progress(0.4)
    problems = [Problem("no_owner", Severity.ERROR, np.flatnonzero(place.index < 0)), *shared]
    if rule is Rule.CODE:
        index, more = _by_code(owned, whole, place)
    else:
        index, more = place.index, _place_problems(whole, place)
    problems += more
    _take(owned, whole, index, _COMMUNITY_COLUMNS)
    _street_from_community(owned, index >= 0)
    if rule is not Rule.CODE:
        problems += _code_problems(owned, index)
    if streets is not None:
        problems += _streets(owned, streets, _by_place(polygons, streets.geometry.to_numpy(), rule), index, rule)
    progress(0.7)
    applied = None
    if table is not None:
        applied = apply_table(owned, table)
        owned = applied.grid
        _street_from_community(owned, applied.filled)
        problems += applied.problems
    progress(1.0)
    return Owned(owned, problem_frame(problems, owned), applied)


_STREET_COLUMNS = (fields.STREET_CODE, fields.STREET_NAME)
_COMMUNITY_COLUMNS = (fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, *_STREET_COLUMNS)


def _one_row_each(communities: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Rows with the same community code joined, and what to say where their names differ."""
    if fields.COMMUNITY_CODE not in communities:
        return communities, []
    code = text(communities[fields.COMMUNITY_CODE])
    several = (code != "") & code.duplicated(keep=False)
    if not several.any():
        return communities, []
    joined = communities[several].assign(**{fields.COMMUNITY_CODE: code[several]})
    joined = joined.dissolve(fields.COMMUNITY_CODE, as_index=False)
    problems = []
    if fields.COMMUNITY_NAME in communities:
        names = text(communities[fields.COMMUNITY_NAME])[several]
        listed = names[names != ""].groupby(code[several]).unique()
        listed = listed[listed.str.len() > 1]
        places = joined.set_index(fields.COMMUNITY_CODE).geometry.reindex(listed.index).to_numpy()
        values = {
            "count": listed.str.len().tolist(),
            "community": listed.index.tolist(),
            "names": ["、".join(some) for some in listed],
        }
        problems = [Problem("shared_community_code", Severity.WARNING, np.array([], dtype=np.intp), places, values)]
    return pd.concat([communities[~several], joined[communities.columns]], ignore_index=True), problems


def _by_place(polygons: Geometries, owners: Geometries, rule: Rule) -> Overlap:
    """The owner of each polygon by its largest part or, with ``Rule.POINT``, a point on its surface."""
    if rule is not Rule.POINT:
        return largest_overlap(polygons, owners)
    index = locate(shapely.point_on_surface(polygons), owners)
    return Overlap(index, np.ones(len(polygons)))


def _by_code(owned: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, place: Overlap) -> tuple[Indices, list[Problem]]:
    """The community that each grid's code names (-1: none), and where that and the place or CommCode disagree."""
    code, disagrees = _named_community(owned)
    known = pd.Index(text(communities[fields.COMMUNITY_CODE]))
    index = np.full(len(owned), -1, dtype=np.intp)
    asked = (code != "").to_numpy()
    index[asked] = known.get_indexer(code[asked])
    name = text(communities[fields.COMMUNITY_NAME if fields.COMMUNITY_NAME in communities else fields.COMMUNITY_CODE])
    title = name.mask(name == "", known.to_series(index=name.index)).to_numpy()
    wrong = np.flatnonzero((index >= 0) & (place.index >= 0) & (index != place.index))
    unknown = np.flatnonzero(asked & (index < 0))
    values = {"community": title[index[wrong]].tolist(), "other": title[place.index[wrong]].tolist()}
    return index, [
        Problem("no_code", Severity.ERROR, np.flatnonzero(~asked)),
        Problem("unknown_community", Severity.ERROR, unknown, values={"community": code.to_numpy()[unknown].tolist()}),
        Problem("place_disagrees", Severity.WARNING, wrong, values=values),
        Problem("code_disagrees", Severity.WARNING, np.flatnonzero(disagrees)),
    ]


def _named_community(owned: gpd.GeoDataFrame) -> tuple[pd.Series, NDArray[np.bool_]]:
    """The community code in BGID, else CommCode; empty where neither is well formed. And where the two differ."""
    nothing = pd.Series([""] * len(owned), index=owned.index, dtype=object)
    bgid = text(owned[fields.BGID]) if fields.BGID in owned else nothing
    formed = np.any([template.well_formed(bgid) for template in GRID_TEMPLATES.values()], axis=0)
    own = text(owned[fields.COMMUNITY_CODE]) if fields.COMMUNITY_CODE in owned else nothing
    own = own.where(is_digits(own, COMMUNITY_DIGITS), "")
    begins = bgid.str[:COMMUNITY_DIGITS]
    return own.mask(formed, begins), (formed & (own != "") & (own != begins)).to_numpy()


def _take(owned: gpd.GeoDataFrame, owners: gpd.GeoDataFrame, index: Indices, columns: tuple[str, ...]) -> None:
    """Copy the owner's columns into the grids that have an owner, as far as the owner has them."""
    for column in columns:
        values = text(owned[column]).to_numpy(copy=True) if column in owned else np.full(len(owned), "", dtype=object)
        if column in owners:
            given = text(owners[column]).to_numpy()[index]
            taken = (index >= 0) & (given != "")
            values[taken] = given[taken]
        owned[column] = values


def _street_from_community(owned: gpd.GeoDataFrame, found: NDArray[np.bool_]) -> None:
    """Street and district codes follow from a twelve-digit community code (6 + 3 + 3)."""
    full = found & is_digits(owned[fields.COMMUNITY_CODE], COMMUNITY_DIGITS).to_numpy()
    code = owned[fields.COMMUNITY_CODE].astype(str)
    owned[fields.STREET_CODE] = code.str[:STREET_DIGITS].where(full, owned[fields.STREET_CODE])
    owned[fields.DIST_CODE] = code.str[:DISTRICT_DIGITS].where(full, owned.get(fields.DIST_CODE, ""))


def _place_problems(communities: gpd.GeoDataFrame, place: Overlap) -> list[Problem]:
    """Grids whose community, by place, has no code, or does not hold most of them."""
    inside = place.index >= 0
    problems = []
    if fields.COMMUNITY_CODE in communities:
        uncoded = (text(communities[fields.COMMUNITY_CODE]) == "").to_numpy()
        rows = np.flatnonzero(inside & uncoded[place.index])
        problems.append(Problem("owner_without_code", Severity.WARNING, rows))
    unclear = np.flatnonzero(inside & (place.share < _CLEAR_SHARE))
    return [*problems, Problem("unclear_owner", Severity.WARNING, unclear)]


def _code_problems(owned: gpd.GeoDataFrame, index: Indices) -> list[Problem]:
    """Grids whose code begins with another community's than the one they lie in."""
    if fields.BGID not in owned:
        return []
    prefix = text(owned[fields.BGID]).str[:COMMUNITY_DIGITS]
    code = owned[fields.COMMUNITY_CODE].astype(str)
    disagree = (index >= 0) & ((prefix != "") & (code != "") & (prefix != code)).to_numpy()
    return [Problem("code_disagrees", Severity.WARNING, np.flatnonzero(disagree))]


def _streets(
    owned: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, place: Overlap, community: Indices, rule: Rule
) -> list[Problem]:
    """Give the grids the street of a layer, by place or by code; and what to look at."""
    prefix = owned[fields.COMMUNITY_CODE].astype(str).str[:STREET_DIGITS]
    if rule is Rule.CODE and fields.STREET_CODE in streets:
        prefix = prefix.where(community >= 0, "")
        known = _street_codes(streets)
        index = pd.Index(known.drop_duplicates()).get_indexer(prefix.mask(prefix == "", None))
        first = np.flatnonzero(~known.duplicated())
        index = np.where(index >= 0, first[index], -1)
        _take(owned, streets.assign(**{fields.STREET_CODE: known}), index, _STREET_COLUMNS)
        here = known.to_numpy()[place.index]
        wrong = (prefix != "").to_numpy() & (place.index >= 0) & (here != "") & (here != prefix.to_numpy())
        unknown = np.flatnonzero((prefix != "").to_numpy() & (index < 0))
        names = {"street": prefix.to_numpy()[unknown].tolist()}
        more = Problem("unknown_street", Severity.WARNING, unknown, values=names)
    else:
        _take(owned, streets, place.index, _STREET_COLUMNS)
        code = owned[fields.STREET_CODE].astype(str)
        wrong = (place.index >= 0) & ((prefix != "") & (code != "") & (prefix != code)).to_numpy()
        more = Problem("no_street", Severity.WARNING, np.flatnonzero(place.index < 0))
    return [more, Problem("street_disagrees", Severity.WARNING, np.flatnonzero(wrong))]


def _street_codes(streets: gpd.GeoDataFrame) -> pd.Series:
    """Street codes of nine digits; twelve digits that end in 000 are a street's, too."""
    code = text(streets[fields.STREET_CODE])
    official = is_digits(code, COMMUNITY_DIGITS) & code.str.endswith("000")
    return code.mask(official, code.str[:STREET_DIGITS])
