"""What an import read and what became of it: deliveries, accounts, findings, and the layer of records not taken.

That layer can be repaired and imported again: ``restored`` finds the original rows, files and columns in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import Texts
from citygrid_plugin.core.records.account import Account, Remark, total
from citygrid_plugin.core.records.coordinates import coordinate_columns, places
from citygrid_plugin.core.records.mapping import Rules
from citygrid_plugin.core.schemes import COMPONENT, Scheme
from citygrid_plugin.core.spatial.coverage import Geometries, Indices
from citygrid_plugin.core.spatial.datum import Datum
from citygrid_plugin.core.spatial.place import attribute_names

from .census_renewal import Renewal
from .census_rules import (
    RULES,
    TEXTS,
    Findings,
    Level,
)

FILE: Final = "File"
RULE: Final = "Rule"
LEVEL: Final = "Level"
VALUE: Final = "Value"
COUNT: Final = "Count"
SAMPLES: Final = "Samples"
PROBLEM: Final = (FILE, fields.ROW, RULE, LEVEL, VALUE, fields.TEXT)
"""Columns of a table of findings."""
REJECTED: Final = (FILE, fields.ROW, fields.REASON, fields.DETAIL)
"""Columns that stand before the original ones in the layer of records not taken."""
SUMMARY: Final = (FILE, fields.CLASS_CODE, fields.CLASS_NAME, RULE, LEVEL, COUNT, SAMPLES)
"""Columns of the counts by file, class and rule."""

ACCEPTED: Final = "accepted"  # in the place of a rule
_SAMPLES = 5
_SEPARATOR = "; "
_SOURCE = "_source"  # after the name of an original column that is also one of ours
_NOT_TAKEN = (str(Level.REJECT), str(Level.SKIP))
_TELLING_SHARE = 0.5


@dataclass(frozen=True)
class Delivery:
    """The records of one file: text columns of any names and geometries (None where a row has no place).

    ``rules``: its mapping, complete (``component_mapping``). ``rows``: the number of each record in its file, where
    that is not its place among the records. ``datum``: of this file, where it is not that of all.
    """

    frame: gpd.GeoDataFrame
    rules: Rules
    name: str
    rows: NDArray[np.int64] | None = None
    datum: Datum | None = None

    def reset(self) -> Delivery:
        """The same with an index from 0."""
        if isinstance(self.frame.index, pd.RangeIndex) and self.frame.index.start == 0:
            return self
        return replace(self, frame=self.frame.reset_index(drop=True))


@dataclass(frozen=True)
class FileAccount:
    """The account of one file."""

    name: str
    account: Account


@dataclass(frozen=True)
class CensusResult:
    """What an import made.

    ``accepted``: ``fields.COMPONENT`` (text) and the geometry, in record order. ``rejected``: the records not taken:
    ``REJECTED`` (Reason: all keys of ``census_rules.RULES`` that keep the record out; Detail: their sentences), the
    source columns, and the geometry as it came. ``account``: of all files, ``files``: of each. ``classes``: ClassCode,
    ClassName, status, count of the accepted, and how many were rejected and skipped. ``summary``: ``SUMMARY``, a row
    for each file, class and rule (``ACCEPTED`` for the components taken). ``mappings``: rules by file, in their order.
    ``renewal``: where the records renewed components; ``accepted`` are then those that are new, changed or moved.
    """

    accepted: gpd.GeoDataFrame
    rejected: gpd.GeoDataFrame
    account: Account
    files: Sequence[FileAccount]
    classes: pd.DataFrame
    summary: pd.DataFrame
    mappings: Sequence[tuple[str, Rules]]
    remarks: Sequence[Remark]
    findings: pd.DataFrame
    sources: pd.DataFrame
    places: Geometries
    renewal: Renewal | None = None

    def problems(self, texts: Mapping[str, str] = TEXTS) -> gpd.GeoDataFrame:
        """All findings, warnings too: ``PROBLEM`` and a point (None where the record has no place)."""
        record = self.findings["Record"].to_numpy()
        columns: dict[str, Any] = {
            FILE: self.sources[FILE].to_numpy(dtype=object)[record],
            fields.ROW: self.sources[fields.ROW].to_numpy()[record],
            RULE: self.findings[RULE].astype(object).to_numpy(),
            LEVEL: self.findings[LEVEL].astype(object).to_numpy(),
            VALUE: self.findings[VALUE].to_numpy(),
            fields.TEXT: sentences(self.findings, texts),
        }
        geometry = self.places[record]
        shapes = shapely.get_dimensions(geometry) > 0
        geometry[shapes] = shapely.point_on_surface(geometry[shapes])
        many = shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOINT
        geometry[many] = shapely.get_geometry(geometry[many], 0)
        return gpd.GeoDataFrame(columns, geometry=geometry, crs=self.accepted.crs)


def sources_of(deliveries: Sequence[Delivery]) -> pd.DataFrame:
    """File (category), Row and Part (index of the delivery) of all records."""
    sizes = [len(delivery.frame) for delivery in deliveries]
    rows = [
        np.arange(1, len(delivery.frame) + 1) if delivery.rows is None else delivery.rows for delivery in deliveries
    ]
    part = np.repeat(np.arange(len(deliveries)), sizes)
    names = np.array([delivery.name for delivery in deliveries], dtype=object)
    return pd.DataFrame({FILE: names[part], fields.ROW: np.concatenate(rows), "Part": part})


def made(
    deliveries: Sequence[Delivery],
    sources: pd.DataFrame,
    accepted: gpd.GeoDataFrame,
    codes: Texts,
    geometry: Geometries,
    findings: Findings,
    *,
    scheme: Scheme,
    remarks: Sequence[Remark],
    texts: Mapping[str, str],
) -> CensusResult:
    """The result of an import. ``codes`` and ``geometry``: of all records, ``accepted`` the components of the taken."""
    table = findings.table()
    files = _accounts(deliveries, sources, findings, table)
    return CensusResult(
        accepted=accepted,
        rejected=_not_taken(deliveries, sources, findings, table, texts),
        account=total([file.account for file in files]),
        files=files,
        classes=_by_class(codes, findings, scheme),
        summary=_summary(sources, codes, findings, table, scheme),
        mappings=[(delivery.name, delivery.rules) for delivery in deliveries],
        remarks=tuple(remarks),
        findings=table,
        sources=sources,
        places=geometry,
    )


def _accounts(
    deliveries: Sequence[Delivery], sources: pd.DataFrame, findings: Findings, table: pd.DataFrame
) -> list[FileAccount]:
    """Accounts by file; a record counts for the first of its reasons."""
    first = table[table[LEVEL].isin(_NOT_TAKEN)].drop_duplicates("Record")
    part = sources["Part"].to_numpy()
    reasons = first.groupby([part[first["Record"].to_numpy()], first[RULE].astype(object)], sort=False).size()
    counts = {name: np.bincount(part, mask, len(deliveries)).astype(int) for name, mask in _outcomes(findings).items()}
    return [
        FileAccount(
            delivery.name,
            Account(
                read=len(delivery.frame),
                accepted=int(counts["accepted"][number]),
                rejected=int(counts["rejected"][number]),
                skipped=int(counts["skipped"][number]),
                reasons={str(key): int(count) for (of, key), count in reasons.items() if of == number},
            ),
        )
        for number, delivery in enumerate(deliveries)
    ]


def _outcomes(findings: Findings) -> dict[str, NDArray[np.bool_]]:
    return {
        "accepted": findings.open,
        "rejected": findings.rejected,
        "skipped": findings.skipped & ~findings.rejected,
    }


def sentences(findings: pd.DataFrame, texts: Mapping[str, str]) -> Texts:
    """The sentence of each finding (Rule, Value)."""
    value, values = pd.factorize(findings[VALUE].to_numpy(dtype=object))
    rule = findings[RULE].cat.codes.to_numpy().astype(np.int64)
    row, pairs = pd.factorize(rule * max(len(values), 1) + value)
    keys = list(findings[RULE].cat.categories)
    said = [texts[keys[pair // len(values)]].format(value=values[pair % len(values)]) for pair in pairs]
    return np.array(said, dtype=object)[row] if len(row) else np.array([], dtype=object)


# Records that were not taken


def _not_taken(
    deliveries: Sequence[Delivery],
    sources: pd.DataFrame,
    findings: Findings,
    table: pd.DataFrame,
    texts: Mapping[str, str],
) -> gpd.GeoDataFrame:
    rows: Indices = np.flatnonzero(~findings.open)
    result = _original(deliveries, sources, rows)
    told = table[table[LEVEL].isin(_NOT_TAKEN)]
    place = np.searchsorted(rows, told["Record"].to_numpy())
    own = {
        FILE: sources[FILE].to_numpy()[rows],
        fields.ROW: sources[fields.ROW].to_numpy()[rows],
        fields.REASON: _together(told[RULE].astype(object).to_numpy(), place, len(rows), _SEPARATOR),
        fields.DETAIL: _together(sentences(told, texts), place, len(rows), " "),
    }
    reserved = {name.casefold() for name in own}
    result = result.rename(columns={name: name + _SOURCE for name in result.columns if name.casefold() in reserved})
    for number, (name, values) in enumerate(own.items()):
        result.insert(number, name, values)
    return result


def _together(values: Texts, place: Indices, count: int, separator: str) -> Texts:
    """The texts of each place joined; ``place`` is sorted and holds each of ``count`` places."""
    result = np.full(count, "", dtype=object)
    number = np.arange(len(place)) - np.searchsorted(place, place)  # of each text at its place
    for rank in range(int(number.max(initial=-1)) + 1):
        at = number == rank
        result[place[at]] = result[place[at]] + (separator if rank else "") + values[at]
    return result


def _original(deliveries: Sequence[Delivery], sources: pd.DataFrame, rows: Indices) -> gpd.GeoDataFrame:
    """Records as they came; those of several files under the union of their columns, in the first CRS that one has."""
    if len(deliveries) == 1:
        return deliveries[0].frame.iloc[rows].reset_index(drop=True)
    starts = np.r_[0, np.cumsum([len(delivery.frame) for delivery in deliveries])]
    part = sources["Part"].to_numpy()[rows]
    crs = next((delivery.frame.crs for delivery in deliveries if delivery.frame.crs is not None), None)
    spelling: dict[str, str] = {}
    frames = []
    for number, delivery in enumerate(deliveries):
        wanted = rows[part == number] - starts[number]
        if not len(wanted):
            continue
        frame = delivery.frame.iloc[wanted]
        frame = frame.to_crs(crs) if frame.crs is not None else frame.set_crs(crs)
        attributes = frame.drop(columns=frame.geometry.name)
        attributes.columns = [spelling.setdefault(str(name).casefold(), str(name)) for name in attributes.columns]
        frames.append(gpd.GeoDataFrame(attributes, geometry=frame.geometry.to_numpy(), crs=crs))
    if not frames:
        return deliveries[0].frame.iloc[:0]
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=crs)


@dataclass(frozen=True)
class Original:
    """Records as a file had them; ``rows`` as in ``Delivery``."""

    frame: gpd.GeoDataFrame
    name: str
    rows: NDArray[np.int64] | None = None


def restored(frame: gpd.GeoDataFrame, name: str) -> list[Original]:
    """The original records in a layer of records not taken, by the file that they come from.

    Our columns are dropped, and the names of original columns that made room for them restored. A record that got no
    place then gets one from its columns with coordinates, if they hold one now. Any other table is returned as it is.
    """
    if not _is_ours(frame):
        return [Original(frame, name)]
    count = np.arange(1, len(frame) + 1)
    number = pd.to_numeric(frame[fields.ROW], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    rows = np.where(np.isfinite(number), number, count).astype(np.int64)
    file = frame[FILE].fillna("").astype(str).to_numpy(dtype=object) if FILE in frame else np.full(len(frame), "")
    plain = frame.drop(columns=[column for column in REJECTED if column in frame])
    plain = plain.rename(columns=_former_names(plain))
    part, files = pd.factorize(file)
    result = []
    for index, origin in enumerate(files):
        wanted = part == index
        one = plain[wanted].reset_index(drop=True)
        if len(files) > 1:
            one = one.drop(columns=[column for column in one if column != one.geometry.name and _is_blank(one[column])])
        result.append(Original(_placed(one), origin or name, rows[wanted]))
    return result


def _is_blank(column: pd.Series) -> bool:
    """Whether a column says nothing, as those of the other files."""
    return not column.dropna().astype(str).str.strip().any()


def _is_ours(frame: gpd.GeoDataFrame) -> bool:
    """Whether a table has our columns, and keys of rules in Reason."""
    if not set(REJECTED[1:]) <= set(map(str, frame.columns)):
        return False
    reasons = frame[fields.REASON].dropna().astype(str)
    known = [all(key in RULES for key in reason.split(_SEPARATOR)) for reason in reasons.unique()]
    share = reasons.isin(reasons.unique()[np.array(known, dtype=bool)]).mean() if len(reasons) else 0.0
    return bool(share >= _TELLING_SHARE)


def _former_names(frame: gpd.GeoDataFrame) -> dict[str, str]:
    """Names of columns that made room for ours, or for one that a format keeps for itself."""
    taken = {name.casefold() for name in REJECTED} | {"fid", "ogc_fid", "geom"}
    present = {str(name) for name in frame.columns}
    former = {name: name.removesuffix(_SOURCE) for name in present if name.endswith(_SOURCE)}
    return {name: old for name, old in former.items() if old.casefold() in taken and old not in present}


def _placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The records with places from columns of coordinates where they have none."""
    missing = shapely.is_missing(frame.geometry.to_numpy())
    xy = coordinate_columns(attribute_names(frame))
    if xy is None or frame.crs is None or not missing.any():
        return frame
    x, y = (pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan) for name in xy)
    found = places(x[missing], y[missing])
    if found.degrees != frame.crs.is_geographic:
        return frame
    geometry = frame.geometry.to_numpy().copy()
    geometry[missing] = found.points
    return frame.set_geometry(gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs))


# Counts


def _by_class(codes: Texts, findings: Findings, scheme: Scheme) -> pd.DataFrame:
    """Counts by class, of the classes that have any component; the others are in the summary."""
    row, distinct = pd.factorize(codes, sort=True)
    counts = {name: np.bincount(row[mask], minlength=len(distinct)) for name, mask in _outcomes(findings).items()}
    shown = (distinct != "").astype(bool)
    code = pd.Series(distinct[shown], dtype=object)
    return pd.DataFrame(
        {
            fields.CLASS_CODE: code,
            fields.CLASS_NAME: code.map(scheme.names(COMPONENT)).fillna("").astype(object),
            "status": code.map(scheme.statuses(COMPONENT)).fillna("").astype(object),
            "count": counts["accepted"][shown],
            "rejected": counts["rejected"][shown],
            "skipped": counts["skipped"][shown],
        }
    )


def _summary(
    sources: pd.DataFrame, codes: Texts, findings: Findings, table: pd.DataFrame, scheme: Scheme
) -> pd.DataFrame:
    """``SUMMARY``: components taken by file and class, then findings by file, class and rule with samples."""
    taken = np.flatnonzero(findings.open)
    part, code = sources["Part"].to_numpy(), pd.Categorical(codes)
    width = len(code.categories)
    good = np.bincount(part[taken] * width + code.codes[taken])
    record = table["Record"].to_numpy()
    found = pd.DataFrame(
        {
            "Part": part[record],
            "Code": code.codes[record],
            RULE: table[RULE].cat.codes.to_numpy(),
            LEVEL: table[LEVEL].cat.codes.to_numpy(),
            VALUE: table[VALUE].to_numpy(),
        }
    )
    keys = ["Part", "Code", RULE, LEVEL]
    counts = found.groupby(keys).size()
    samples = found[found[VALUE] != ""].drop_duplicates([*keys, VALUE])
    samples = samples[samples.groupby(keys).cumcount() < _SAMPLES].groupby(keys)[VALUE].agg(_SEPARATOR.join)
    names = sources.drop_duplicates("Part").set_index("Part")[FILE]
    rules, levels = list(table[RULE].cat.categories), list(table[LEVEL].cat.categories)
    rows = [
        (names[pair // width], code.categories[pair % width], ACCEPTED, "", int(good[pair]), "")
        for pair in np.flatnonzero(good)
    ]
    rows += [
        (names[key[0]], code.categories[key[1]], rules[key[2]], levels[key[3]], count, samples.get(key, ""))
        for key, count in counts.items()
    ]
    result = pd.DataFrame(rows, columns=[name for name in SUMMARY if name != fields.CLASS_NAME])
    result.insert(2, fields.CLASS_NAME, result[fields.CLASS_CODE].map(scheme.names(COMPONENT)).fillna(""))
    return result.astype({COUNT: np.int64})
