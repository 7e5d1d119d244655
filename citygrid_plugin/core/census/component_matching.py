"""Which components of a later delivery are which of those that are there already.

Rules (ours; the standards only say that an id is never given again):

* **By id.** Ids of 16 or 17 digits with a sequence above 0 count, and only where no spreadsheet may have damaged
  them. Of several records that state one id the nearest to the component has it, in a tie the first by content;
  the others count as records without an id. An id that several components have (a spreadsheet may have cut their
  ids before) finds none of them.
* **By class and place**, among what is left: pairs of the same class within the tolerance, the closest pair of all
  first (so that the partners are each other's nearest among those still free), one to one. Both have the same end
  date, or none: a component that was taken away is not the one that stands there now. In a tie the record first
  in class and place decides (west to east), then the component first in class and place.
* **At one spot.** Records of one class at exactly one place share their partners: equal content first, then equal
  ObjName, then the order of rows and of content. If they and those around them can be paired so that nothing
  changes, they are.

The place of a partner never changes by the second rule (it is within the tolerance), and no rule looks at
the order of the records; so the same delivery, given again in any order, finds the same partners.

Between points the distance is the straight one, between other geometries Hausdorff's (the vertex that is
farthest from the other geometry). Both frames must be in one CRS that measures metres.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import Texts
from citygrid_plugin.core.errors import CityGridError, UnknownField
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices
from citygrid_plugin.core.spatial.geometry import unplaced
from citygrid_plugin.core.spatial.place import attribute_names
from citygrid_plugin.core.streets import street_net

from .component_ids import Mask, Numbers, id_numbers

Keys = NDArray[np.uint64]
Differs = Callable[[Indices, Indices], Mask]
"""Takes rows of components and of records, pair by pair; tells for which pairs something would change."""

CONTENT: Final = tuple(name for name in fields.COMPONENT if name != fields.OBJ_ID)
"""What two records must have in common, beside the place, to be equal."""

_CLASS_DIGITS = (4, 5)  # generations A and B, generation C (domain facts)
_OTHER_LENGTH = 10**17  # added to ids of 17 digits, so that no two ids of different lengths are one number
_POINT = 0
_CHUNK = 100_000
_PAIRS_AT_ONCE = 10_000_000
_MAX_PAIRS = 50_000_000  # ours; about 2 GB
_ROUNDS = 60  # a chain of ever closer neighbours longer than that is finished pair by pair
_MAX_TRIED = 1_000_000  # pairs of a cluster that are tried to see whether nothing need change


class TooCrowded(CityGridError):
    """More pairs of neighbours than can be compared."""

    template = (
        "More than {pairs} pairs of components of the same class lie within {tolerance} m of each other. "
        "Choose a smaller tolerance, or mend the places first: thousands of components are almost at one place."
    )


@dataclass(frozen=True)
class Side:
    """The components that are there, or the records of a delivery.

    ``number``: id, -1 where there is none to be trusted; ``code``, ``end``: ClassCode and CHDate; ``bounds``
    (n, 4) in metres; ``shape``: 0 for a point, else a key of the geometry, for a record without a place of its content.
    """

    frame: gpd.GeoDataFrame
    number: Numbers
    code: Texts
    end: Texts
    geometry: Geometries
    placed: Mask
    bounds: Floats
    shape: Keys

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, trusted: Mask | None = None) -> Side:
        """``trusted``: which ids can be; all that are well formed, where not given."""
        number = id_keys(stated(frame, fields.OBJ_ID))
        if trusted is not None:
            number = np.where(trusted, number, -1)
        geometry = frame.geometry.to_numpy()
        geometry = shapely.force_2d(geometry) if shapely.has_z(geometry).any() else geometry
        placed = ~unplaced(geometry)
        bounds = np.where(placed[:, None], shapely.bounds(geometry), 0.0) + 0.0
        code, end = plain(stated(frame, fields.CLASS_CODE)), plain(stated(frame, fields.END_DATE))
        return cls(frame, number, code, end, geometry, placed, bounds, _shapes(frame, geometry, placed))

    @property
    def open(self) -> Mask:
        """Components in force: those without an end date."""
        return self.end == ""


@dataclass(frozen=True)
class Matching:
    """Who is who.

    ``partner``: row of the component that each record is, -1 for none. ``distance``: metres to it, not-a-number
    where one has no place or there is no partner. ``by_id``: found by its id. ``own_id``: the record states an id
    that can be trusted, and is the only one to have it. ``new``: the records without a partner, by class, place
    and content, so that their order is not that of the delivery.
    """

    partner: Indices
    distance: Floats
    by_id: Mask
    own_id: Mask
    new: Indices


def match(existing: Side, incoming: Side, tolerance: float, differs: Differs, progress: Progress = silent) -> Matching:
    """Find the partners; the rules are those of the module. Raises ``TooCrowded``."""
    partner, distance, own = _by_id(existing, incoming)
    by_id = partner >= 0
    progress(0.3)
    free = np.ones(len(existing.number), dtype=bool)
    free[partner[by_id]] = False
    spots = _Spots.of(existing, incoming, np.flatnonzero(free), np.flatnonzero(~by_id))
    progress(0.5)
    record, component, cluster = spots.pairs(tolerance, part(progress, 0.5, 0.9))
    _settle(spots, record, component, cluster, tolerance, differs)
    partner[record] = component
    distance[record] = distances(existing, incoming, component, record)
    _check_one_to_one(partner)
    return Matching(partner, np.where(np.isfinite(distance), distance, np.nan), by_id, own, spots.in_order(partner))


def _check_one_to_one(partner: Indices) -> None:
    taken = partner[partner >= 0]
    if len(np.unique(taken)) != len(taken):
        raise RuntimeError("Two records were matched to one component.")  # noqa: TRY003 - a bug, not a user's error


# Texts


def require(frame: gpd.GeoDataFrame, layer: str, *names: str) -> None:
    """Raise ``UnknownField`` where a table lacks one of these columns."""
    for name in names:
        if name not in frame:
            raise UnknownField(layer=layer, field=name, available=", ".join(attribute_names(frame)))


def stated(frame: pd.DataFrame, name: str, rows: Indices | None = None) -> Texts:
    """The values of a column (in some rows), empty text where there is none."""
    if name not in frame:
        return np.full(len(frame) if rows is None else len(rows), "", dtype=object)
    column = frame[name] if rows is None else frame[name].iloc[rows]
    return column.to_numpy(dtype=object, na_value="")


def plain(values: Texts) -> Texts:
    """Values as text without blanks around."""
    result = np.empty(len(values), dtype=object)
    result[:] = [*map(str.strip, map(str, values))]
    return result


def known_ids(frame: pd.DataFrame, class_digits: int) -> Numbers:
    """The ids of components as numbers (``component_ids.id_numbers``)."""
    return id_numbers(pd.Series(plain(stated(frame, fields.OBJ_ID)), dtype=object), class_digits)


def id_keys(values: Texts) -> Numbers:
    """A number for each id, of 16 or 17 digits, the same for no two of them; -1 where the text is none."""
    texts = pd.Series(plain(values), dtype=object)
    short, long = (id_numbers(texts, digits) for digits in _CLASS_DIGITS)
    return np.where(long >= 0, long + _OTHER_LENGTH, short)


def content_keys(frame: pd.DataFrame, rows: Indices) -> Keys:
    """A 64-bit key of the ``CONTENT`` of some rows: equal content has equal keys, other practically never."""
    joined = np.empty(len(rows), dtype=object)
    joined[:] = [*map("\x1f".join, zip(*(plain(stated(frame, name, rows)) for name in CONTENT), strict=True))]
    return _hashed(joined)


def _hashed(values: Texts) -> Keys:
    return pd.util.hash_array(values, categorize=False) if len(values) else np.zeros(0, dtype=np.uint64)


# Places


def _shapes(frame: gpd.GeoDataFrame, geometry: Geometries, placed: Mask) -> Keys:
    result = np.zeros(len(frame), dtype=np.uint64)
    extended = np.flatnonzero(placed & (shapely.get_type_id(geometry) != _POINT))
    result[extended] = _hashed(shapely.to_wkb(shapely.normalize(geometry[extended]))) | np.uint64(1)
    nowhere = np.flatnonzero(~placed)
    result[nowhere] = content_keys(frame, nowhere) | np.uint64(1)
    return result


def distances(existing: Side, incoming: Side, component: Indices, record: Indices) -> Floats:
    """Metres between pairs; 0 between two without a place, infinite where only one has none."""
    step = existing.bounds[component, :2] - incoming.bounds[record, :2]
    result = np.hypot(*step.T)
    nowhere, other = ~existing.placed[component], ~incoming.placed[record]
    result[nowhere | other] = np.where((nowhere & other)[nowhere | other], 0.0, np.inf)
    extended = ((existing.shape[component] | incoming.shape[record]) > 0) & ~nowhere & ~other
    same = existing.shape[component] == incoming.shape[record]
    result[extended & same] = 0.0
    rows = np.flatnonzero(extended & ~same)
    result[rows] = shapely.hausdorff_distance(existing.geometry[component[rows]], incoming.geometry[record[rows]])
    return result


# By id


def _by_id(existing: Side, incoming: Side) -> tuple[Indices, Floats, Mask]:
    """Partner and distance of each record, and whether it is the one that has its id."""
    rows = np.flatnonzero(existing.number >= 0)
    repeated = pd.Series(existing.number[rows]).duplicated(keep=False).to_numpy()
    sole = rows[~repeated]
    component = np.r_[sole, -1][pd.Index(existing.number[sole]).get_indexer(incoming.number)]
    distance = np.full(len(component), np.inf)
    found = np.flatnonzero(component >= 0)
    distance[found] = distances(existing, incoming, component[found], found)
    own = (incoming.number >= 0) & _first_of_each(incoming, distance)
    own &= ~np.isin(incoming.number, existing.number[rows[repeated]])
    partner = np.where(own, component, -1)
    return partner, np.where(partner >= 0, distance, np.inf), own


def _first_of_each(side: Side, distance: Floats) -> Mask:
    """Of the records with one id the nearest to its component, in a tie the first by content."""
    result = np.ones(len(distance), dtype=bool)
    rows = np.flatnonzero(side.number >= 0)
    rows = rows[pd.Series(side.number[rows]).duplicated(keep=False).to_numpy()]
    if len(rows):
        order = rows[np.lexsort((*_by_place_and_content(side, rows), distance[rows], side.number[rows]))]
        result[order[1:][side.number[order[1:]] == side.number[order[:-1]]]] = False
    return result


def _by_place_and_content(side: Side, rows: Indices) -> tuple[NDArray[Any], ...]:
    """Sorting keys (the last counts first) that say nothing of the order of rows."""
    ids = _hashed(plain(stated(side.frame, fields.OBJ_ID, rows)))
    return ids, content_keys(side.frame, rows), side.shape[rows], side.bounds[rows, 1], side.bounds[rows, 0]


# By class and place


@dataclass(frozen=True)
class _Spots:
    """Components and records without a partner so far, by spot: one class, end date and exact place.

    Spots are numbered by class and place. ``component``, ``record``: rows, sorted by spot; a spot's components
    are in row order, its records in the order of content.
    """

    existing: Side
    incoming: Side
    component: Indices
    component_spot: Indices
    record: Indices
    record_spot: Indices
    code: Indices
    end: Indices

    @classmethod
    def of(cls, existing: Side, incoming: Side, component: Indices, record: Indices) -> _Spots:
        end, code = (
            pd.factorize(_both(existing, incoming, component, record, name), sort=True)[0] for name in ("end", "code")
        )
        shape = _both(existing, incoming, component, record, "shape")
        corner = _both(existing, incoming, component, record, "bounds")[:, :2]
        order = np.lexsort((end, shape, corner[:, 1], corner[:, 0], code))
        columns = (end, shape, corner[:, 1], corner[:, 0], code)
        fresh = np.zeros(len(order), dtype=bool)
        for column in columns:
            fresh[1:] |= column[order][1:] != column[order][:-1]
        label = np.empty(len(order), dtype=np.intp)
        label[order] = np.cumsum(fresh)
        first = order[np.r_[True, fresh[1:]]] if len(order) else order
        ours, theirs = label[: len(component)], label[len(component) :]
        by_row = np.argsort(ours, kind="stable")
        by_content = _in_spot_order(incoming, record, theirs)
        return cls(
            existing,
            incoming,
            component[by_row],
            ours[by_row],
            record[by_content],
            theirs[by_content],
            code[first],
            end[first],
        )

    def in_order(self, partner: Indices) -> Indices:
        """The records without a partner, by class, place and content."""
        return self.record[partner[self.record] < 0]

    def pairs(self, tolerance: float, progress: Progress) -> tuple[Indices, Indices, Indices]:
        """Records and the components that they are, first at the same spot, then at near ones.

        Also a label of each spot: the same where components of one became records of another.
        """
        record, component = _paired(self, self.component, self.component_spot, self.record, self.record_spot)
        components, component_spot = _without(self.component, self.component_spot, component)
        records, record_spot = _without(self.record, self.record_spot, record)
        left = [np.bincount(spot, minlength=len(self.code)) for spot in (component_spot, record_spot)]
        near = self._near(np.flatnonzero(left[0]), np.flatnonzero(left[1]), tolerance, progress)
        source, target, count = _closest_first(*near, *left)
        cluster = street_net.components(len(self.code), source, target)

        order = np.argsort(source, kind="stable")
        target = np.repeat(target[order], count[order])
        given = np.bincount(source, weights=count, minlength=len(self.code)).astype(np.intp)
        place = np.arange(len(components)) - np.searchsorted(component_spot, component_spot)
        chosen = components[place < given[component_spot]]
        others = _paired(self, chosen, target, records, record_spot)
        return np.r_[record, others[0]], np.r_[component, others[1]], cluster

    def _near(
        self, components: Indices, records: Indices, tolerance: float, progress: Progress
    ) -> tuple[Indices, Indices]:
        """Pairs of spots (of components, of records) within the tolerance, the closest first."""
        component = self.component[np.searchsorted(self.component_spot, components)]
        record = self.record[np.searchsorted(self.record_spot, records)]
        here, there = self.existing.placed[component], self.incoming.placed[record]
        components, component, records, record = components[here], component[here], records[there], record[there]
        near = [np.zeros(0, dtype=np.intp)] * 2
        length = np.zeros(0)
        if len(component) and len(record):
            pairs = _pairs(self.existing.bounds[component], self.incoming.bounds[record], tolerance, progress)
            near, length = self._alike(component, record, components, records, pairs, tolerance)
        source, target = near
        order = np.lexsort((source, target, length))
        return source[order], target[order]

    def _alike(
        self,
        component: Indices,
        record: Indices,
        components: Indices,
        records: Indices,
        pairs: Iterator[tuple[Indices, Indices]],
        tolerance: float,
    ) -> tuple[list[Indices], Floats]:
        """The pairs that may be partners, as spots, and their distance."""
        sources, targets, lengths, count = [], [], [], 0
        for one, other in pairs:
            source, target = components[one], records[other]
            wanted = (self.code[source] == self.code[target]) & (self.end[source] == self.end[target])
            one, other = one[wanted], other[wanted]  # noqa: PLW2901
            length = distances(self.existing, self.incoming, component[one], record[other])
            close = length <= tolerance
            sources.append(components[one[close]])
            targets.append(records[other[close]])
            lengths.append(length[close])
            count += int(close.sum())
            if count > _MAX_PAIRS:
                raise TooCrowded(pairs=_MAX_PAIRS, tolerance=tolerance)
        empty = np.zeros(0, dtype=np.intp)
        return [np.concatenate([empty, *sources]), np.concatenate([empty, *targets])], np.concatenate([[], *lengths])


def _both(existing: Side, incoming: Side, component: Indices, record: Indices, name: str) -> NDArray[Any]:
    return np.concatenate([getattr(existing, name)[component], getattr(incoming, name)[record]])


def _in_spot_order(side: Side, rows: Indices, spot: Indices) -> Indices:
    """The order of records by spot, and of those at one spot by content."""
    several = np.flatnonzero(np.bincount(spot)[spot] > 1) if len(spot) else spot
    content = np.zeros((2, len(rows)), dtype=np.uint64)
    content[:, several] = _by_place_and_content(side, rows[several])[:2]
    return np.lexsort((*content, spot))


def _pairs(ours: Floats, theirs: Floats, tolerance: float, progress: Progress) -> Iterator[tuple[Indices, Indices]]:
    """Yield index pairs whose bounds differ by no more than the tolerance, a bounded number at a time.

    What is nearer than the tolerance (Hausdorff's distance too) has bounds that near, so the lower left
    corners are enough to ask the index for.
    """
    reach = tolerance * 2**0.5 * (1 + 1e-9) + 1e-9
    tree = shapely.STRtree(shapely.points(ours[:, :2]))
    chunk = max(1, min(_CHUNK, _PAIRS_AT_ONCE // (9 * _densest(ours, reach))))
    seen = 0
    for start in range(0, len(theirs), chunk):
        progress(start / len(theirs))
        asked = theirs[start : start + chunk]
        other, one = tree.query(shapely.points(asked[:, :2]), predicate="dwithin", distance=reach)
        seen += len(one)
        if seen > 4 * _MAX_PAIRS:
            raise TooCrowded(pairs=_MAX_PAIRS, tolerance=tolerance)
        close = (np.abs(ours[one] - asked[other]) <= tolerance).all(axis=1)
        yield one[close], other[close] + start


def _densest(bounds: Floats, side: float) -> int:
    """How many corners a square of that side holds at most."""
    square = np.floor(bounds[:, :2] / side)
    _, count = np.unique(square[:, 0] * 1e9 + square[:, 1], return_counts=True)  # too many by chance does no harm
    return int(count.max())


def _closest_first(
    source: Indices, target: Indices, components: Indices, records: Indices
) -> tuple[Indices, Indices, Indices]:
    """Give records to components along pairs of spots in their order, as many as both spots have left.

    A pair that is the first both of its source and of its target can be settled at once with all others of
    that sort; so a few rounds over arrays do what one walk along all pairs would. Returns source, target, count.
    """
    made: list[tuple[Indices, Indices, Indices]] = []
    for _ in range(_ROUNDS):
        if not len(source):
            break
        best = _leads(source, len(components)) & _leads(target, len(records))
        one, other = source[best], target[best]
        count = np.minimum(components[one], records[other])
        components[one] -= count
        records[other] -= count
        made.append((one, other, count))
        left = (components[source] > 0) & (records[target] > 0)
        source, target = source[left], target[left]
    made.append(_one_by_one(source, target, components, records))
    one, other, count = (np.concatenate(column) for column in zip(*made, strict=True))
    return one, other, count


def _leads(spot: Indices, count: int) -> Mask:
    """Which pairs are the first of their spot."""
    first = np.full(count, -1, dtype=np.intp)
    first[spot[::-1]] = np.arange(len(spot))[::-1]
    return first[spot] == np.arange(len(spot))


def _one_by_one(
    source: Indices, target: Indices, components: Indices, records: Indices
) -> tuple[Indices, Indices, Indices]:
    """The walk along the pairs, for what the rounds have left."""
    made = []
    for one, other in zip(source.tolist(), target.tolist(), strict=True):
        count = min(components[one], records[other])
        if count:
            components[one] -= count
            records[other] -= count
            made.append((one, other, count))
    one, other, count = np.array(made, dtype=np.intp).reshape(-1, 3).T
    return one, other, count


# At one spot


def _without(rows: Indices, spot: Indices, taken: Indices) -> tuple[Indices, Indices]:
    left = ~np.isin(rows, taken)
    return rows[left], spot[left]


def _paired(
    spots: _Spots, component: Indices, spot: Indices, record: Indices, record_spot: Indices
) -> tuple[Indices, Indices]:
    """Pairs (record, component) of those with the same spot, as many as there are of both.

    ``spot``: for each component the spot of the records that it can go to.
    """
    order = np.lexsort((component, spot))
    component, spot = component[order], spot[order]
    components, records = (np.bincount(labels, minlength=len(spots.code)) for labels in (spot, record_spot))
    single, several = (components == 1) & (records == 1), (components > 0) & (records > 0)
    several &= ~single
    alike = _alike_first(
        spots,
        component[several[spot]],
        spot[several[spot]],
        record[several[record_spot]],
        record_spot[several[record_spot]],
    )
    return np.r_[record[single[record_spot]], alike[0]], np.r_[component[single[spot]], alike[1]]


def _alike_first(
    spots: _Spots, component: Indices, spot: Indices, record: Indices, record_spot: Indices
) -> tuple[Indices, Indices]:
    """Pairs at each spot: equal content, then equal ObjName, then by rank."""
    empty = np.zeros(0, dtype=np.intp)
    pairs = [(empty, empty)]
    for key in (content_keys, _name_keys, _no_keys):
        if not (len(component) and len(record)):
            break
        ours = _ranked(spot, key(spots.existing.frame, component))
        theirs = _ranked(record_spot, key(spots.incoming.frame, record))
        found = theirs.get_indexer(ours)
        hit = found >= 0
        pairs.append((record[found[hit]], component[hit]))
        left = np.ones(len(record), dtype=bool)
        left[found[hit]] = False
        component, spot, record, record_spot = component[~hit], spot[~hit], record[left], record_spot[left]
    return np.concatenate([one for one, _ in pairs]), np.concatenate([other for _, other in pairs])


def _ranked(spot: Indices, key: Keys) -> pd.MultiIndex:
    """Spot, key, and the rank among those with both."""
    table = pd.DataFrame({"spot": spot, "key": key})
    return pd.MultiIndex.from_arrays([spot, key, table.groupby(["spot", "key"]).cumcount()])


def _name_keys(frame: pd.DataFrame, rows: Indices) -> Keys:
    return _hashed(plain(stated(frame, fields.OBJ_NAME, rows)))


def _no_keys(_frame: pd.DataFrame, rows: Indices) -> Keys:
    return np.zeros(len(rows), dtype=np.uint64)


def _settle(
    spots: _Spots, record: Indices, component: Indices, cluster: Indices, tolerance: float, differs: Differs
) -> None:
    """Pair the records of a cluster of spots anew, in place, where that leaves everything as it is.

    Only clusters whose records all have partners can come from a delivery that was applied before. There are few
    of them where equal content and names have not settled that already.
    """
    label = np.full(len(spots.incoming.number), -1, dtype=np.intp)
    label[spots.record] = cluster[spots.record_spot]
    mine = label[record]
    size = [np.bincount(cluster[rows], minlength=len(cluster)) for rows in (spots.component_spot, spots.record_spot)]
    crowd = (size[0] + size[1] > 2)[mine]  # noqa: PLR2004 - one of each leaves no choice
    changed = np.zeros(len(record), dtype=bool)
    changed[crowd] = differs(component[crowd], record[crowd])
    wanted = (np.bincount(mine, minlength=len(cluster)) == size[1]) & (size[0] * size[1] <= _MAX_TRIED)
    free, spot = _without(spots.component, spots.component_spot, component)
    order, of_free = np.argsort(mine, kind="stable"), np.argsort(cluster[spot], kind="stable")
    for which in np.unique(mine[changed & wanted[mine]]):
        ends = [which, which + 1]
        rows = order[slice(*np.searchsorted(mine, ends, sorter=order))]
        choice = np.r_[component[rows], free[of_free[slice(*np.searchsorted(cluster[spot], ends, sorter=of_free))]]]
        pairs = np.tile(choice, len(rows)), np.repeat(record[rows], len(choice))
        same = ~differs(*pairs) & (distances(spots.existing, spots.incoming, *pairs) <= tolerance)
        chosen = _perfect(same.reshape(len(rows), len(choice)))
        if chosen is not None:
            component[rows] = choice[chosen]


def _perfect(allowed: NDArray[np.bool_]) -> Indices | None:
    """For each row a column of its own that is allowed for it; None where there is no such choice.

    Kuhn's algorithm: a row that finds all its columns taken moves others along a chain.
    """
    owner = np.full(allowed.shape[1], -1, dtype=np.intp)
    for row in range(len(allowed)):
        if not _placed(row, owner, allowed):
            return None
    result = np.empty(len(allowed), dtype=np.intp)
    result[owner[owner >= 0]] = np.flatnonzero(owner >= 0)
    return result


def _placed(row: int, owner: Indices, allowed: NDArray[np.bool_]) -> bool:
    """Give a row a column, in place, if there is a chain of moves that frees one."""
    unseen = np.ones(len(owner), dtype=bool)
    came = np.full(len(owner), -1, dtype=np.intp)  # the column that its owner left for this one, -1 at the start
    queue = [(row, -1)]
    while queue:
        current, by = queue.pop()
        columns = np.flatnonzero(allowed[current] & unseen)
        unseen[columns] = False
        came[columns] = by
        vacant = columns[owner[columns] < 0]
        if len(vacant):
            column = vacant[0]
            while came[column] >= 0:
                owner[column] = owner[came[column]]
                column = came[column]
            owner[column] = row
            return True
        queue.extend((owner[column], column) for column in columns)
    return False
