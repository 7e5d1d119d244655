"""Codes of streets and communities: taken from the data, looked up by name, or provisional.

Official codes are 6 (GB/T 2260) + 3 street + 3 community digits. Real community layers often have
none. Then a table of division codes is asked by name, and what it does not know is numbered from
the free numbers west to east, north to south, and marked provisional (the rule is ours).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import (
    COMMUNITY_DIGITS,
    COMMUNITY_TEMPLATE,
    DISTRICT_DIGITS,
    STREET_DIGITS,
    STREET_TEMPLATE,
    BadCode,
    CodeTemplate,
    SequenceOverflow,
    is_digits,
)

from .numbering import numbers

PROVISIONAL = "provisional code 临时编码"
_REPLACEMENT = "\ufffd"
_OFFICE = r"(?:街道)?办事处$"
_COMMITTEE = r"(?:社区)?(?:居民委员会|居委会|村民委员会|村委会)$|社区$|村$"


@dataclass(frozen=True)
class CodedCommunities:
    """Communities with codes and the account of where the codes came from.

    ``frame`` has DistCode, StrCode, StrName, CommCode, CommName, Note and the geometry, a row a
    community, sorted by CommCode. ``shared_codes``: a given CommCode and its different names, which were
    joined. ``ambiguous_codes``: a code of the table and its different names; none of them got it.
    """

    frame: gpd.GeoDataFrame
    provisional_streets: int
    provisional_communities: int
    repeated_names: list[str] = field(default_factory=list)
    broken_names: int = 0
    joined_rows: int = 0
    shared_codes: list[tuple[str, list[str]]] = field(default_factory=list)
    ambiguous_codes: list[tuple[str, list[str]]] = field(default_factory=list)


def text(values: pd.Series) -> pd.Series:
    """Trimmed text; null becomes empty, and a whole number loses its decimal point."""
    if pd.api.types.is_float_dtype(values):
        numbers_only = values.astype("Float64").replace([np.inf, -np.inf], pd.NA)
        if ((numbers_only % 1).fillna(0) == 0).all():
            values = numbers_only.astype("Int64")
    return values.astype("string").fillna("").str.normalize("NFKC").str.strip().astype(object)


def code_communities(
    communities: gpd.GeoDataFrame, district: str, table: pd.DataFrame | None = None
) -> CodedCommunities:
    """Give every community its codes.

    ``communities``: valid polygons in a projected CRS; the columns CommCode, CommName, StrCode and
    StrName are used as far as they are there. ``district``: six digits, for rows whose codes do not
    say it. ``table``: official codes, columns ``code`` (9 or 12 digits) and ``name``.

    Raises ``BadCode`` for a code of the wrong shape, ``SequenceOverflow`` for more than 999
    streets in a district or communities in a street.
    """
    frame = gpd.GeoDataFrame(
        {name: _column(communities, name) for name in _GIVEN},
        geometry=communities.geometry.values,
        crs=communities.crs,
    )
    table = _division_table(table)
    _check_shape(frame, fields.COMMUNITY_CODE, COMMUNITY_DIGITS)
    frame[fields.STREET_CODE] = _street_part(frame)
    _check_shape(frame, fields.STREET_CODE, STREET_DIGITS)

    xy = shapely.get_coordinates(shapely.centroid(frame.geometry.values))
    provisional_street = _complete_streets(frame, district, table, xy)
    ambiguous = _ambiguous_here(frame, table)
    provisional = _complete_communities(frame, table, xy)
    frame[fields.DIST_CODE] = frame[fields.STREET_CODE].str[:DISTRICT_DIGITS]
    frame[fields.NOTE] = np.where(provisional | provisional_street, PROVISIONAL, "")

    names = frame.loc[frame[fields.COMMUNITY_NAME] != ""]
    repeated = names.loc[
        names.duplicated([fields.STREET_CODE, fields.COMMUNITY_NAME], keep=False)
        & ~names.duplicated(fields.COMMUNITY_CODE, keep=False),
        fields.COMMUNITY_NAME,
    ]
    shared = _several_names(frame[fields.COMMUNITY_CODE], frame[fields.COMMUNITY_NAME])
    joined = _one_row_each(frame)
    return CodedCommunities(
        frame=joined,
        provisional_streets=frame.loc[provisional_street, fields.STREET_CODE].nunique(),
        provisional_communities=frame.loc[provisional, fields.COMMUNITY_CODE].nunique(),
        repeated_names=sorted(set(repeated)),
        broken_names=int(names[fields.COMMUNITY_NAME].str.contains(_REPLACEMENT).sum()),
        joined_rows=len(frame) - len(joined),
        shared_codes=shared,
        ambiguous_codes=ambiguous,
    )


_GIVEN = (fields.STREET_CODE, fields.STREET_NAME, fields.COMMUNITY_CODE, fields.COMMUNITY_NAME)


def _column(frame: pd.DataFrame, name: str) -> np.ndarray:
    if name not in frame:
        return np.full(len(frame), "", dtype=object)
    return text(frame[name]).to_numpy(copy=True)


def _check_shape(frame: pd.DataFrame, column: str, digits: int) -> None:
    codes = frame[column]
    wrong = (codes != "") & ~is_digits(codes, digits)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise BadCode(
            details=f"{int(wrong.sum())} of {len(codes)} rows, the first is row {row + 1}",
            name=column,
            value=codes.iloc[row],
            digits=digits,
        )


def _street_part(frame: pd.DataFrame) -> pd.Series:
    """Street codes: twelve digits may end in 000; a community's code begins with its street's."""
    street = frame[fields.STREET_CODE]
    official = is_digits(street, COMMUNITY_DIGITS) & street.str.endswith("000")
    street = street.mask(official, street.str[:STREET_DIGITS])
    from_community = frame[fields.COMMUNITY_CODE].str[:STREET_DIGITS]
    return from_community.mask(from_community == "", street)


def _division_table(table: pd.DataFrame | None) -> pd.DataFrame:
    """Codes of 9 and 12 digits with comparable names; twelve digits ending in 000 are a street."""
    if table is None:
        return pd.DataFrame({"code": [], "key": []}, dtype=object)
    code, name = text(table["code"]), text(table["name"])
    street = is_digits(code, COMMUNITY_DIGITS) & code.str.endswith("000")
    code = code.mask(street, code.str[:STREET_DIGITS])
    key = street_key(name).where(code.str.len() == STREET_DIGITS, community_key(name))
    result = pd.DataFrame({"code": code, "key": key})
    known = is_digits(code, STREET_DIGITS) | is_digits(code, COMMUNITY_DIGITS)
    return result[known & (key != "")].drop_duplicates()


def _several_names(codes: pd.Series, names: pd.Series) -> list[tuple[str, list[str]]]:
    """Codes that stand beside more than one name, with those names."""
    pairs = pd.DataFrame({"code": codes, "name": names}).drop_duplicates()
    pairs = pairs[(pairs["code"] != "") & (pairs["name"] != "")]
    pairs = pairs[pairs["code"].duplicated(keep=False)]
    return [(str(code), sorted(some)) for code, some in pairs.groupby("code")["name"]]


def _ambiguous_here(frame: pd.DataFrame, table: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Codes that the table gives to several names, where a community without a code has one of them."""
    rows = table[table["code"].str.len() == COMMUNITY_DIGITS]
    missing = frame[frame[fields.COMMUNITY_CODE] == ""]
    asked = missing[fields.STREET_CODE] + community_key(missing[fields.COMMUNITY_NAME])
    wanted = rows.loc[(rows["code"].str[:STREET_DIGITS] + rows["key"]).isin(asked), "code"]
    rows = rows[rows["code"].isin(wanted)]
    return _several_names(rows["code"], rows["key"])


def street_key(names: pd.Series) -> pd.Series:
    """Names of streets as they are compared: without blanks, and without “办事处”."""
    return names.str.replace(r"\s", "", regex=True).str.replace(_OFFICE, "街道", regex=True)


def community_key(names: pd.Series) -> pd.Series:
    """Names of communities as they are compared: without blanks, and without what their committee is called."""
    return names.str.replace(r"\s", "", regex=True).str.replace(_COMMITTEE, "", regex=True)


def _looked_up(parent: pd.Series, key: pd.Series, table: pd.DataFrame, digits: int) -> pd.Series:
    """Official code for each (parent code, name); empty where unknown, or not unique on either side."""
    rows = table[table["code"].str.len() == digits]
    official = pd.DataFrame({"parent": rows["code"].str[:-3], "key": rows["key"], "code": rows["code"]})
    unclear = official.duplicated(["parent", "key"], keep=False) | official.duplicated("code", keep=False)
    official = official[~unclear]
    asked = pd.DataFrame({"parent": parent, "key": key})
    found = asked.merge(official, on=["parent", "key"], how="left")["code"].fillna("").to_numpy()
    ambiguous = asked.duplicated(keep=False).to_numpy()
    return pd.Series(np.where(ambiguous, "", found), index=parent.index, dtype=object)


def _complete_streets(frame: gpd.GeoDataFrame, district: str, table: pd.DataFrame, xy: np.ndarray) -> np.ndarray:
    """Fill StrCode in place, one code a street name; returns which rows got a provisional one."""
    missing = (frame[fields.STREET_CODE] == "").to_numpy(dtype=bool, copy=True)
    if not missing.any():
        return missing
    names = frame.loc[missing, fields.STREET_NAME]
    known = frame.loc[~missing].drop_duplicates(fields.STREET_NAME).set_index(fields.STREET_NAME)[fields.STREET_CODE]
    streets = pd.Series(names.unique(), dtype=object)
    code = streets.map(known[known.index != ""]).fillna("")
    official = _looked_up(pd.Series(district, index=streets.index), street_key(streets), table, STREET_DIGITS)
    code = code.mask(code == "", official)

    open_streets = (code == "").to_numpy()
    area = shapely.area(frame.geometry.values)
    group = pd.Categorical(frame[fields.STREET_NAME].where(missing), categories=streets).codes
    centre = np.array([np.average(xy[group == k], axis=0, weights=area[group == k]) for k in range(len(streets))])
    parent = pd.Series(district, index=streets.index)
    taken = pd.concat([frame[fields.STREET_CODE], code, table["code"]])
    code = _numbered(code, parent, centre, _row_height(area, len(streets)), taken, STREET_TEMPLATE, parent)
    frame.loc[missing, fields.STREET_CODE] = names.map(dict(zip(streets, code, strict=True)))
    return missing & np.isin(group, np.flatnonzero(open_streets))


def _complete_communities(frame: gpd.GeoDataFrame, table: pd.DataFrame, xy: np.ndarray) -> np.ndarray:
    """Fill CommCode in place; returns which rows got a provisional one."""
    missing = (frame[fields.COMMUNITY_CODE] == "").to_numpy(dtype=bool, copy=True)
    if not missing.any():
        return missing
    some = frame[missing]
    key = community_key(some[fields.COMMUNITY_NAME])
    code = _looked_up(some[fields.STREET_CODE], key, table, COMMUNITY_DIGITS)
    code = code.mask(code.isin(frame[fields.COMMUNITY_CODE]), "")
    height = _row_height(shapely.area(frame.geometry.values), len(frame))
    taken = pd.concat([frame[fields.COMMUNITY_CODE], code, table["code"]])
    street = some[fields.STREET_CODE]
    names = some[fields.STREET_NAME].mask(some[fields.STREET_NAME] == "", street)
    filled = _numbered(code, street, xy[missing], height, taken, COMMUNITY_TEMPLATE, names)
    frame.loc[missing, fields.COMMUNITY_CODE] = filled
    result = np.zeros(len(frame), dtype=bool)
    result[missing] = (code == "").to_numpy()
    return result


def _row_height(area: np.ndarray, count: int) -> float:
    """Height of a row when numbering divisions: the side of a square of their mean area."""
    return float(np.sqrt(max(area.sum(), 1.0) / max(count, 1)))


def _numbered(
    code: pd.Series,
    parent: pd.Series,
    xy: np.ndarray,
    row_height: float,
    taken: pd.Series,
    template: CodeTemplate,
    parent_name: pd.Series,
) -> pd.Series:
    """Fill empty codes with the free numbers of their parent, in reading order."""
    code, open_rows = code.copy(), np.flatnonzero(code == "")
    group, parents = pd.factorize(parent.iloc[open_rows])
    taken = taken[taken.str.len() == template.length]
    holder = parents.get_indexer(taken.str[: template.parent_digits])
    used = np.zeros((len(parents), template.capacity + 1), dtype=bool)
    used[holder[holder >= 0], taken[holder >= 0].str[template.parent_digits :].astype(int)] = True
    used[:, 0] = True
    needed = np.bincount(group, minlength=len(parents)) + used[:, 1:].sum(axis=1)
    crowded = np.flatnonzero(needed > template.capacity)
    if len(crowded):
        raise SequenceOverflow(
            name=parent_name.iloc[open_rows[group == crowded[0]][0]],
            count=int(needed[crowded[0]]),
            digits=template.sequence_digits,
            capacity=template.capacity,
            remedy="Split it, or give its parts official codes.",
        )
    free = used.argsort(axis=1, kind="stable")  # of each parent, the free numbers first, in ascending order
    place = numbers(xy[open_rows], row_height, group)
    code.iloc[open_rows] = template.format(parent.iloc[open_rows], free[group, place - 1])
    return code


def _one_row_each(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows of the same community joined into one multipolygon, sorted by code."""
    frame = frame.sort_values(fields.COMMUNITY_CODE, kind="stable", ignore_index=True)
    repeated = frame.duplicated(fields.COMMUNITY_CODE, keep=False)
    if not repeated.any():
        return frame
    joined = frame[repeated].dissolve(fields.COMMUNITY_CODE, as_index=False)
    both = pd.concat([frame[~repeated], joined], ignore_index=True)
    return both.sort_values(fields.COMMUNITY_CODE, kind="stable", ignore_index=True)
