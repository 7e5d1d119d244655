"""The spatial index of a new GeoPackage layer, packed at once.

Before 3.7 GDAL adds the rows to the index one by one, which takes longer than writing the layer itself. Here the
nodes of SQLite's R*Tree are laid out in arrays and stored as they are; everything else of the index
(its tables, triggers and the entry of the extension) is what GDAL itself makes for an empty layer.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FAN = 51  # entries of a node, at most: what SQLite takes (sqlite.org/rtree.html, and RTREE_MAXCELLS in its source)
_HEAD = np.dtype([("depth", ">u2"), ("count", ">u2")])
_ENTRY = np.dtype([("id", ">i8"), ("box", ">f4", 4)])  # of a row or, above the leaves, of a node
_ROOT = 1
_PIECE = 100_000

Boxes = NDArray[np.float32]
Numbers = NDArray[np.int64]


def pack_index(path: Path, like: Path, layer: str, column: str, bounds: NDArray[np.float64]) -> None:
    """Give a layer of a GeoPackage, written without an index, that of the empty layer of ``like``.

    ``bounds`` (n, 4): west, south, east, north of the rows, in their order, whose numbers count from 1; not finite
    where a row has no geometry. Raises ``sqlite3.Error`` where the file cannot be written.
    """
    index = f"rtree_{layer}_{column}"
    rows = np.flatnonzero(np.isfinite(bounds).all(axis=1))
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        base.execute("ATTACH ? AS empty", (str(like),))
        base.execute("BEGIN")
        _copy_schema(base)
        nodes, parents, leaves = _packed(rows + 1, _outward(bounds[rows]))
        base.execute(_about(base, 'DELETE FROM "%w"', f"{index}_node"))
        for kind, content in (("node", nodes), ("parent", parents), ("rowid", leaves)):
            base.executemany(_about(base, 'INSERT INTO "%w" VALUES (?, ?)', f"{index}_{kind}"), content)


def _about(base: sqlite3.Connection, statement: str, table: str) -> str:
    """A statement with the name of a table, which cannot be bound; SQLite itself quotes it (%w)."""
    return str(base.execute("SELECT printf(?, ?)", (statement, table)).fetchone()[0])


def _copy_schema(base: sqlite3.Connection) -> None:
    """Make what the attached database ``empty`` has and this one has not, and enter its extensions."""
    for name, sql in base.execute("SELECT name, sql FROM empty.sqlite_master WHERE sql IS NOT NULL").fetchall():
        # Asked one by one: the index brings tables of its own.
        if not base.execute("SELECT 1 FROM main.sqlite_master WHERE name = ?", (name,)).fetchone():
            base.execute(sql)
    base.execute("INSERT INTO main.gpkg_extensions SELECT * FROM empty.gpkg_extensions")


def _outward(bounds: NDArray[np.float64]) -> Boxes:
    """West, east, south, north in single precision, never smaller than the bounds."""
    exact = bounds[:, [0, 2, 1, 3]]
    near = exact.astype(np.float32)
    outside = np.array([-np.inf, np.inf, -np.inf, np.inf], dtype=np.float32)
    inside = np.where(outside < 0, near > exact, near < exact)
    return np.where(inside, np.nextafter(near, outside), near)


def _packed(
    ids: Numbers, boxes: Boxes
) -> tuple[list[tuple[int, bytes]], Iterator[tuple[int, int]], Iterator[tuple[int, int]]]:
    """The tables of the index: (node, content), (node, parent node), (row, leaf)."""
    nodes: list[tuple[int, bytes]] = []
    links: list[tuple[Numbers, Numbers]] = []
    size, depth, following = len(ids), 0, _ROOT + 1
    while True:
        count = -(-size // _FAN)
        numbers = np.arange(following, following + count) if count > 1 else np.array([_ROOT])
        order, node = _tiles(boxes, max(count, 1))
        first = np.flatnonzero(np.r_[True, node[1:] != node[:-1]]) if size else np.array([0])
        nodes += zip(numbers.tolist(), _contents(ids[order], boxes[order], first, depth), strict=True)
        links.append((ids[order], numbers[node]))
        if count <= 1:
            return nodes, _pairs(links[1:]), _pairs(links[:1])
        low, high = (f.reduceat(boxes[order], first) for f in (np.minimum, np.maximum))
        boxes = np.where([True, False, True, False], low, high)
        ids, size, depth, following = numbers, count, depth + 1, following + count


def _pairs(levels: Sequence[tuple[Numbers, Numbers]]) -> Iterator[tuple[int, int]]:
    """Pairs of numbers for SQLite, a piece at a time: as objects of Python they need ten times the memory."""
    for ids, nodes in levels:
        for start in range(0, len(ids), _PIECE):
            piece = slice(start, start + _PIECE)
            yield from zip(ids[piece].tolist(), nodes[piece].tolist(), strict=True)


def _tiles(boxes: Boxes, count: int) -> tuple[Numbers, Numbers]:
    """Order of the boxes that brings neighbours together (strips, then tiles), and the node of each, of ``count``."""
    x, y = boxes[:, 0] + boxes[:, 1], boxes[:, 2] + boxes[:, 3]
    strips = int(np.ceil(np.sqrt(count)))
    place = np.arange(len(boxes))
    strip = np.empty(len(boxes), dtype=np.int64)
    # A strip holds whole nodes, so that none reaches into the next.
    strip[np.argsort(x, kind="stable")] = (place * count // max(len(boxes), 1)) * strips // count
    return np.lexsort((y, strip)), place * count // max(len(boxes), 1)


def _contents(ids: Numbers, boxes: Boxes, first: Numbers, depth: int) -> list[bytes]:
    """The nodes as SQLite stores them; ``first``: where the entries of each begin."""
    size = np.diff(np.r_[first, len(ids)])
    content = np.zeros(len(first), dtype=[("head", _HEAD), ("entry", _ENTRY, _FAN)])
    content["head"]["count"] = size
    content["head"]["depth"] = depth if len(first) == 1 else 0  # only the root says it
    node = np.repeat(np.arange(len(first)), size)
    slot = np.arange(len(ids)) - np.repeat(first, size)
    content["entry"]["id"][node, slot] = ids
    content["entry"]["box"][node, slot] = boxes
    return [row.tobytes() for row in content]
