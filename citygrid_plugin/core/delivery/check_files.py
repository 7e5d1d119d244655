"""What an acceptance check looks at in each file: parts, names, encodings, fields, and the counts of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import factorized
from citygrid_plugin.core.problems import Severity

from . import belts
from .dictionary import CASES, COMPONENTS, NUMBER, OTHER, TEXT, Dictionary, FieldRule
from .findings import Finding, Findings
from .names import class_of_file, is_safe

PARTS: Final = {
    ".shp": Severity.ERROR, ".shx": Severity.ERROR, ".dbf": Severity.ERROR, ".prj": Severity.ERROR,
    ".cpg": Severity.WARNING,
}  # fmt: skip
"""Files of a shapefile, and how bad it is where one is missing: without .cpg the language id may tell the encoding."""

_FREE_TEXT: Final = 20  # bytes; in narrower fields stand codes, which fill them
_NUMBERS: Final = "NF"
_GROWING: Final = frozenset({fields.CLASS_CODE, fields.OBJ_ID, fields.BGID})
"""Codes whose digits depend on the generation of the standard: a field that holds them all may be narrower."""


@dataclass(frozen=True)
class FoundField:
    """A field as the file has it, with its rule where the dictionary knows it."""

    name: str
    type: str
    width: int
    decimals: int
    rule: FieldRule | None

    @property
    def column(self) -> str:
        """Its name in the table: ours where it is known."""
        return self.rule.field if self.rule is not None else self.name


@dataclass(frozen=True)
class FoundFile:
    """A shapefile as it was found.

    ``file``: path in the delivery with .shp; ``parts``: its suffixes. ``frame``: text by our field names (None where
    null), with the geometry (None where there is none); None where it cannot be read, then ``why``. ``cpg``: what that
    file says, None without one; ``language``: the encoding that the language id names, empty for none; ``encoding``:
    what the bytes are. ``shapes``: in the .shp, ``deleted``: marked rows.
    """

    file: str
    parts: frozenset[str]
    kind: str = OTHER
    frame: gpd.GeoDataFrame | None = None
    found: tuple[FoundField, ...] = ()
    why: str = ""
    cpg: str | None = None
    cpg_agrees: bool = True
    language: str = ""
    language_agrees: bool = True
    encoding: str = ""
    shapes: int = 0
    rows: int = 0
    deleted: int = 0

    @property
    def stem(self) -> str:
        """The name without folder and suffix."""
        return PurePosixPath(self.file).stem


def check_file(file: FoundFile, dictionary: Dictionary) -> Findings:
    """What is wrong with one file, codes and places aside."""
    result = Findings()
    for part, severity in PARTS.items():
        if part not in file.parts:
            result.add("missing_part", severity, file.file, values=[{"part": part}])
    if not is_safe(file.stem):
        result.add("odd_name", Severity.WARNING, file.file)
    if file.why:
        result.add("unreadable", Severity.ERROR, file.file, values=[{"why": file.why}])
    if file.frame is None:
        return result
    if file.shapes != file.rows and {".shp", ".dbf"} <= file.parts:
        values = [{"shapes": file.shapes, "rows": file.rows}]
        result.add("shape_count", Severity.ERROR, file.file, values=values)
    if file.deleted:
        result.add("deleted_rows", Severity.WARNING, file.file, values=[{"count": file.deleted}])
    if not len(file.frame):
        result.add("empty_file", Severity.WARNING, file.file)
    result.extend(_encoding_findings(file))
    result.extend(_field_findings(file, dictionary))
    result.extend(_text_findings(file))
    result.extend(_name_findings(file))
    result.extend(_place_findings(file))
    return result


def _encoding_findings(file: FoundFile) -> Iterator[Finding]:
    stated = (
        ("cpg_disagrees", file.cpg or "", file.cpg_agrees),
        ("language_disagrees", file.language, file.language_agrees),
    )
    for kind, says, agrees in stated:
        if not agrees:
            values = [{"stated": says, "actual": file.encoding}]
            yield Finding(kind, Severity.ERROR, file.file, values=values)


def _field_findings(file: FoundFile, dictionary: Dictionary) -> Iterator[Finding]:
    present = {one.column for one in file.found}
    for rule in dictionary.of(file.kind):
        if rule.needed and rule.field not in present:
            values = [{"field": rule.field, "title": rule.title}]
            yield Finding("missing_field", Severity.ERROR, file.file, values=values, field=rule.field)
    for one in file.found:
        if one.rule is not None:
            yield from _against_rule(file, one, one.rule)
        elif file.kind != OTHER:
            yield Finding("unknown_field", Severity.NOTE, file.file, values=[{"field": one.name}], field=one.name)


def _against_rule(file: FoundFile, one: FoundField, rule: FieldRule) -> Iterator[Finding]:
    """Codes as numbers lose digits and zeros, so that is an error; a date kept as text only a warning."""
    kind = NUMBER if one.type in _NUMBERS else one.type
    if kind != rule.type:
        severity = Severity.ERROR if rule.type == TEXT else Severity.WARNING
        values = [{"field": one.name, "found": one.type, "expected": rule.type}]
        yield Finding("field_type", severity, file.file, values=values, field=one.name)
    elif kind == TEXT and one.width != rule.width and not (one.column in _GROWING and one.width < rule.width):
        severity = Severity.WARNING if one.width < rule.width else Severity.NOTE
        values = [{"field": one.name, "found": str(one.width), "expected": str(rule.width)}]
        yield Finding("field_width", severity, file.file, values=values, field=one.name)


def _text_findings(file: FoundFile) -> Iterator[Finding]:
    if file.frame is None:
        return
    for one in file.found:
        if one.type != TEXT:
            continue
        row, distinct = factorized(file.frame[one.column], nulls=False)
        texts = [str(value) for value in distinct.tolist()]
        broken = [n for n, text in enumerate(texts) if "\ufffd" in text]
        full = [n for n, text in enumerate(texts) if one.width > _FREE_TEXT and _fills(text, one.width, file.encoding)]
        for kind, severity, numbers in (("broken_text", Severity.ERROR, broken), ("maybe_cut", Severity.WARNING, full)):
            rows = np.flatnonzero(np.isin(row, numbers))
            values = [{"field": one.name, "value": texts[row[n]], "encoding": file.encoding} for n in rows.tolist()]
            if len(rows):
                yield Finding(kind, severity, file.file, rows.tolist(), values, one.name)


def _fills(text: str, width: int, encoding: str) -> bool:
    """Whether not one more character of the last one's size would have found room."""
    last = len(text[-1:].encode(encoding, "replace"))
    return len(text.encode(encoding, "replace")) + max(last, 1) > width


def _name_findings(file: FoundFile) -> Iterator[Finding]:
    named = class_of_file(file.stem)
    if not named or file.frame is None or file.kind != COMPONENTS or fields.CLASS_CODE not in file.frame:
        return
    codes = file.frame[fields.CLASS_CODE].fillna("").astype(str).str.strip()
    rows = np.flatnonzero(codes != named)
    if len(rows):
        values = [{"named": named, "code": code} for code in codes.iloc[rows]]
        yield Finding("class_of_name", Severity.ERROR, file.file, rows.tolist(), values, fields.CLASS_CODE)


def _place_findings(file: FoundFile) -> Iterator[Finding]:
    """Rows without a shape (no error in cases, which may have no place), and the belt that the file states."""
    if file.frame is None or ".shp" not in file.parts:
        return
    bare = np.flatnonzero(shapely.is_missing(file.frame.geometry.to_numpy()) | file.frame.geometry.is_empty)
    if len(bare):
        severity = Severity.NOTE if file.kind == CASES else Severity.ERROR
        yield Finding("no_shape", severity, file.file, bare.tolist())
    crs = file.frame.crs
    if crs is None:
        return
    belt = belts.belt_of(crs)
    if belt is None:
        yield Finding("no_belt", Severity.WARNING, file.file, values=[{"crs": crs.name}])
        return
    far = belts.beyond(belt, file.frame.geometry.to_numpy())
    if far:
        yield Finding("outside_belt", Severity.ERROR, file.file, values=[{"count": far, "crs": crs.name}])


def check_crs(files: Sequence[FoundFile]) -> Iterator[Finding]:
    """Files in another CRS than most of the delivery."""
    systems = {file.file: file.frame.crs for file in files if file.frame is not None and file.frame.crs is not None}
    names = Counter(crs.name for crs in systems.values())
    if not names:
        return
    usual = names.most_common(1)[0][0]
    for file, crs in systems.items():
        if crs.name != usual:
            yield Finding("crs_differs", Severity.ERROR, file, values=[{"crs": crs.name, "usual": usual}])


def check_counts(files: Sequence[FoundFile], stated: Mapping[str, int] | None, table: str) -> Iterator[Finding]:
    """Rows against the count table (name without suffix, in lower case -> rows); None where there is none."""
    if stated is None:
        yield Finding("no_count_table", Severity.NOTE, "")
        return
    for file in files:
        count = stated.get(file.stem.casefold())
        if count is None:
            yield Finding("not_listed", Severity.WARNING, file.file)
        elif file.frame is not None and count != len(file.frame):
            values = [{"stated": count, "found": len(file.frame)}]
            yield Finding("count_differs", Severity.ERROR, file.file, values=values)
    for name in sorted(set(stated) - {file.stem.casefold() for file in files}):
        yield Finding("listed_only", Severity.ERROR, table, values=[{"file": name}])
