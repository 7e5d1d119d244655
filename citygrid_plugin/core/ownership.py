"""Which street and community each unit grid belongs to, by place."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from . import fields
from .codes import COMMUNITY_DIGITS, DISTRICT_DIGITS, STREET_DIGITS, is_digits
from .coverage import Indices
from .divisions import text
from .place import Overlap, largest_overlap
from .problems import Problem, Severity, problem_frame
from .progress import Progress, silent

_CLEAR_SHARE = 0.6  # ours: an owner that holds less of a grid than this is worth a look


@dataclass(frozen=True)
class Owned:
    """The grid with its owners, and what a planner has to look at (``fields.PROBLEM``)."""

    grid: gpd.GeoDataFrame
    problems: gpd.GeoDataFrame


def assign_owners(
    grid: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame | None = None,
    progress: Progress = silent,
) -> Owned:
    """Give each unit grid the community, and the street, that holds most of it.

    ``communities`` has CommCode and / or CommName, and StrCode / StrName where known; ``streets``
    StrCode and / or StrName, and goes before the communities' streets. All in one projected CRS.
    A grid that lies in no community keeps what it had and becomes a problem; so does a grid whose owner
    has no code, and what it had stays where the owner's value is empty. Other problems are a grid whose
    code (BGID) begins with another community's, or whose owner holds less than 60 % of it (ours).
    """
    owned = grid.copy()
    community = largest_overlap(grid.geometry.to_numpy(), communities.geometry.to_numpy())
    progress(0.5)
    _take(owned, communities, community.index, _COMMUNITY_COLUMNS)
    _street_from_community(owned, community.index >= 0)
    problems = _owner_problems(owned, communities, community)
    if streets is not None:
        street = largest_overlap(grid.geometry.to_numpy(), streets.geometry.to_numpy())
        _take(owned, streets, street.index, _STREET_COLUMNS)
        problems += _street_problems(owned, street)
    progress(1.0)
    return Owned(owned, problem_frame(problems, owned))


_STREET_COLUMNS = (fields.STREET_CODE, fields.STREET_NAME)
_COMMUNITY_COLUMNS = (fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, *_STREET_COLUMNS)


def _take(owned: gpd.GeoDataFrame, owners: gpd.GeoDataFrame, index: Indices, columns: tuple[str, ...]) -> None:
    """Copy the owner's columns into the grids that have an owner, as far as the owner has them."""
    for column in columns:
        values = text(owned[column]).to_numpy(copy=True) if column in owned else np.full(len(owned), "", dtype=object)
        if column in owners:
            given = text(owners[column]).to_numpy()[index]
            taken = (index >= 0) & (given != "")
            values[taken] = given[taken]
        owned[column] = values


def _street_from_community(owned: gpd.GeoDataFrame, found: np.ndarray) -> None:
    """Street and district codes follow from a twelve-digit community code (6 + 3 + 3)."""
    full = found & is_digits(owned[fields.COMMUNITY_CODE], COMMUNITY_DIGITS).to_numpy()
    code = owned[fields.COMMUNITY_CODE].astype(str)
    owned[fields.STREET_CODE] = code.str[:STREET_DIGITS].where(full, owned[fields.STREET_CODE])
    owned[fields.DIST_CODE] = code.str[:DISTRICT_DIGITS].where(full, owned.get(fields.DIST_CODE, ""))


def _owner_problems(owned: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, community: Overlap) -> list[Problem]:
    nowhere = community.index < 0
    problems = [Problem("no_owner", Severity.ERROR, np.flatnonzero(nowhere))]
    if fields.COMMUNITY_CODE in communities:
        uncoded = (text(communities[fields.COMMUNITY_CODE]) == "").to_numpy()
        problems.append(
            Problem("owner_without_code", Severity.WARNING, np.flatnonzero(~nowhere & uncoded[community.index]))
        )
    unclear = ~nowhere & (community.share < _CLEAR_SHARE)
    problems.append(Problem("unclear_owner", Severity.WARNING, np.flatnonzero(unclear)))
    if fields.BGID in owned:
        prefix = text(owned[fields.BGID]).str[:COMMUNITY_DIGITS]
        code = owned[fields.COMMUNITY_CODE].astype(str)
        disagree = ~nowhere & (code != "").to_numpy() & (prefix != code).to_numpy()
        problems.append(Problem("code_disagrees", Severity.WARNING, np.flatnonzero(disagree)))
    return problems


def _street_problems(owned: gpd.GeoDataFrame, street: Overlap) -> list[Problem]:
    """Grids whose street, by place, is not the one that their community's code names."""
    prefix = owned[fields.COMMUNITY_CODE].astype(str).str[:STREET_DIGITS]
    code = owned[fields.STREET_CODE].astype(str)
    disagree = (street.index >= 0) & ((prefix != "") & (code != "") & (prefix != code)).to_numpy()
    return [
        Problem("no_street", Severity.WARNING, np.flatnonzero(street.index < 0)),
        Problem("street_disagrees", Severity.WARNING, np.flatnonzero(disagree)),
    ]
