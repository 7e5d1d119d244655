"""CAD drawings (DXF): each entity a record, its layer, block name and block attributes its columns."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.errors import UnreadableFile
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.storage.files import bytes_of, filling_temporary, temporary_folder
from citygrid_plugin.storage.gdal import opening, raising

from . import encodings

_BINARY: Final = b"AutoCAD Binary DXF"
_UNICODE_FROM: Final = b"AC1021"  # AutoCAD 2007: text is UTF-8, whatever the code page says
_ENTITY, _HANDLE, _EXTENDED = b"0", b"5", b"1000"  # group codes
_PARTS: Final = frozenset({b"ATTRIB", b"VERTEX", b"SEQEND"})  # belong to the entity before them
_OPTIONS: Final = {"DXF_INLINE_BLOCKS": "FALSE", "DXF_ENCODING": "UTF-8"}
_COLUMNS: Final = {
    "Layer": "Layer", "BlockName": "BlockName", "EntityHandle": "Handle", "Linetype": "Linetype", "BlockAngle": "Angle",
}  # fmt: skip
"""GDAL's fields that tell something about a component, and how the columns are called."""
_BLOCK_ATTRIBUTES: Final = "BlockAttributes"
_NAMES_SHOWN = 10


@dataclass(frozen=True)
class Drawing:
    """Entities with a place: attributes as text, geometries, the encoding of the text, and remarks."""

    attributes: pd.DataFrame
    geometry: NDArray[Any]
    encoding: str
    remarks: list[Remark]


@dataclass(frozen=True)
class _Entity:
    """What our own pass over the file tells of an entity: its kind, handle, and extended data (XDATA)."""

    kind: bytes
    handle: bytes
    extended: bytes


def read_drawing(path: Path, encoding: str | None = None) -> Drawing:
    """Read the entities of a DXF file; texts and entities without a place are skipped and counted in remarks.

    Columns: Layer, BlockName, Handle, Linetype, Angle, XData (the texts that surveying programs attach),
    and one a tag of block attributes; those without any value are left out. Raises ``UnreadableFile``.
    """
    data = _drawing_bytes(path)
    lines = data.splitlines()
    used = encoding or encodings.choose(*_telling(lines)).encoding
    entities = list(_entities(lines))
    del lines
    meta, wkb, columns = _read(path, data, used)
    fields = dict(zip(meta["fields"], columns, strict=True))
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    text = pd.notna(fields["Text"]) & pd.isna(fields["BlockName"])
    remarks = [*_text_remarks(fields["Layer"][text]), *_unread_remarks(entities, fields["EntityHandle"], len(geometry))]
    attributes = _attributes(fields, entities, used)[~text].reset_index(drop=True)
    attributes = attributes[[name for name in attributes if name == "Layer" or attributes[name].notna().any()]]
    return Drawing(attributes, geometry[~text], used, remarks)


def drawing_texts(path: Path) -> tuple[list[bytes], list[str]]:
    """The values of a drawing that are not plain ASCII, and as hints the encoding that its header names."""
    return _telling(_drawing_bytes(path).splitlines())


def _telling(lines: list[bytes]) -> tuple[list[bytes], list[str]]:
    stated = _stated(lines)
    return [line for line in lines if not line.isascii()], [stated] if stated else []


def _drawing_bytes(path: Path) -> bytes:
    data = bytes_of(path)
    if data.startswith(_BINARY):
        raise UnreadableFile(path=str(path), why="it is a binary DXF; save it as an ASCII DXF")
    return data


def _stated(lines: list[bytes]) -> str:
    """The encoding that the header variables name, empty where they name none."""
    header = {line.strip(): lines[at + 2].strip() for at, line in enumerate(lines[:2000]) if line.startswith(b"$")
              and at + 2 < len(lines)}  # fmt: skip
    if header.get(b"$ACADVER", b"") >= _UNICODE_FROM:
        return "utf-8"
    page = re.fullmatch(rb"(?:ANSI_|DOS)?(\d+)", header.get(b"$DWGCODEPAGE", b"").upper())
    return encodings.known_encoding(page[1].decode()) if page else ""


def _entities(lines: list[bytes]) -> Iterator[_Entity]:
    """The entities of the section ENTITIES, in order."""
    codes, values = [line.strip() for line in lines[0::2]], lines[1::2]
    starts = [at for at, code in enumerate(codes) if code == _ENTITY and at < len(values)]
    inside = False
    for start, end in zip(starts, [*starts, len(values)][1:], strict=True):
        kind = values[start].strip()
        if kind == b"SECTION":
            inside = end > start + 1 and values[start + 1].strip() == b"ENTITIES"
        elif kind == b"ENDSEC":
            inside = False
        elif inside and kind not in _PARTS:
            handle = next((values[at].strip() for at in range(start, end) if codes[at] == _HANDLE), b"")
            extended = b" ".join(values[at].strip() for at in range(start, end) if codes[at] == _EXTENDED)
            yield _Entity(kind, handle, extended)


def _read(path: Path, data: bytes, encoding: str) -> tuple[dict[str, Any], Any, Any]:
    """Entities by GDAL. It leaves block names as they are, so it is given UTF-8, which it understands throughout."""
    with contextlib.ExitStack() as opened:
        source = path
        if not data.isascii() and encodings.differ(encoding, encodings.UTF8):
            source = opened.enter_context(temporary_folder()) / "drawing.dxf"
            with filling_temporary():
                source.write_bytes(data.decode(encoding, "replace").encode("utf-8"))
        with opening(source, path, **_OPTIONS):
            meta, _, wkb, columns = pyogrio.raw.read(source, layer="entities")
            if _BLOCK_ATTRIBUTES not in meta["fields"]:  # pyogrio before 0.12 leaves lists out
                meta["fields"] = np.append(meta["fields"], _BLOCK_ATTRIBUTES)
                columns = [*columns, _lists(source, _BLOCK_ATTRIBUTES)]
    return meta, wkb, columns


def _lists(path: Path, name: str) -> list[list[str] | None]:
    """A field of lists of text, an entity each, by GDAL's own bindings; None where it is not set."""
    from osgeo import gdal  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    with raising(), gdal.config_options(_OPTIONS):
        dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR, allowed_drivers=["DXF"])
        layer = dataset.GetLayerByName("entities")
        at = layer.GetLayerDefn().GetFieldIndex(name)
        if at < 0:
            return [None] * layer.GetFeatureCount()
        return [feature.GetFieldAsStringList(at) if feature.IsFieldSetAndNotNull(at) else None for feature in layer]


def _attributes(fields: dict[str, Any], entities: list[_Entity], encoding: str) -> pd.DataFrame:
    columns = {ours: [_plain(value) for value in fields[theirs]] for theirs, ours in _COLUMNS.items()}
    extended = {entity.handle.decode("ascii", "replace"): entity.extended for entity in entities if entity.extended}
    found = (extended.get(handle or "", b"") for handle in columns["Handle"])
    columns["XData"] = [encodings.decode(value, encoding) or None for value in found]
    frame = pd.DataFrame(columns, dtype=object)
    tags: dict[str, dict[int, str]] = {}
    for row, attributes in enumerate(fields[_BLOCK_ATTRIBUTES]):
        for attribute in attributes if attributes is not None else ():
            tag, _, value = str(attribute).partition(" ")
            if value:
                tags.setdefault(tag, {})[row] = value
    named = {tag: pd.Series(values, dtype=object).reindex(frame.index) for tag, values in tags.items()}
    names = {tag: tag if tag not in frame else f"{tag}_attribute" for tag in named}
    added = pd.DataFrame(
        {names[tag]: values.where(values.notna(), None) for tag, values in named.items()}, dtype=object
    )
    return pd.concat([frame, added], axis=1) if named else frame


def _plain(value: object) -> str | None:
    if value is None or value == "" or (isinstance(value, float) and not np.isfinite(value)):
        return None
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _text_remarks(layers: NDArray[Any]) -> list[Remark]:
    if not len(layers):
        return []
    names = list(Counter(map(str, layers)))
    return [Remark("texts_skipped", {"count": len(layers), "names": ", ".join(names[:_NAMES_SHOWN])})]


def _unread_remarks(entities: list[_Entity], handles: NDArray[Any], count: int) -> list[Remark]:
    """Entities of the file that GDAL gave no geometry for; without handles only their number is known."""
    known = {handle for handle in handles if handle}
    if known and all(entity.handle for entity in entities):
        missing = Counter(entity.kind for entity in entities if entity.handle.decode("ascii", "replace") not in known)
    else:
        missing = Counter(entity.kind for entity in entities) if len(entities) > count else Counter()
    if not missing:
        return []
    number = sum(missing.values()) if known else len(entities) - count
    kinds = ", ".join(kind.decode("ascii", "replace") for kind in list(missing)[:_NAMES_SHOWN])
    return [Remark("entities_unread", {"count": number, "kinds": kinds})]
