"""Inputs of the fuzzing: sound deliveries with damaged bytes, and deliveries that are made to do harm."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
from fuzz_seeds import COUNT, Files, seeds

Rng = np.random.Generator
_T = TypeVar("_T")
_DAMAGED_SHARE = 0.6  # of all inputs; the others are made by hand
_SOUND_ROWS = {".shp", ".shx", ".prj", ".cpg"}  # parts of a shapefile that hold no records


@dataclass
class Case:
    """One input: its files (the first is read), and what is known of what must come out of it.

    ``rows``: the records that come out, unless the input is refused or a remark says that some are missing.
    ``texts``: cells that come out as they were written. ``mapping``: JSON of a mapping. ``extension``: it is a table
    of local classes.
    """

    kind: str
    files: Files
    rows: int | None = None
    texts: Sequence[str] = ()
    mapping: str = ""
    extension: bool = False


@dataclass
class Elsewhere:
    """What is outside a delivery: the folder that holds ``SECRET``, and a port that nobody may call."""

    folder: str = "/nowhere"
    port: int = 9


ELSEWHERE = Elsewhere()
SECRET, CANARY = "secret.csv", "canary-word"
"""A file beside the folder of the delivery, and a word in it that must never come out."""
ESCAPED = "/tmp/fuzz-escaped.csv"  # noqa: S108 - a name inside a zip; nothing may be written there

Maker = Callable[[Rng], Case]
MAKERS: list[Maker] = []
"""What makes inputs by hand; filled by the modules ``hostile_*``."""


def maker(function: Maker) -> Maker:
    """Add a function to ``MAKERS``."""
    MAKERS.append(function)
    return function


def pick(rng: Rng, items: Sequence[_T]) -> _T:
    """One of the items."""
    return items[int(rng.integers(len(items)))]


def chance(rng: Rng, share: float) -> bool:
    """True in this share of the calls."""
    return bool(rng.random() < share)


@cache
def sound() -> dict[str, Files]:
    """The sound deliveries."""
    return seeds()


def make_case(seed: int, number: int) -> Case:
    """Input ``number`` of those that ``seed`` makes."""
    rng = np.random.default_rng([seed, number])
    if chance(rng, _DAMAGED_SHARE):
        return _damaged_delivery(rng)
    return pick(rng, MAKERS)(rng)


# Damaged bytes


def _damaged_delivery(rng: Rng) -> Case:
    name = pick(rng, list(sound()))
    files = dict(sound()[name])
    part = pick(rng, [part for part, data in files.items() if data])
    files[part] = damaged(rng, files[part])
    suffix = "." + part.rpartition(".")[2]
    rows = COUNT if name.startswith("shp") and suffix in _SOUND_ROWS else None
    return Case(f"damaged/{name}{suffix}", files, rows)


def damaged(rng: Rng, data: bytes) -> bytes:
    """The bytes with one to four kinds of damage."""
    for _ in range(int(rng.integers(1, 5))):
        data = pick(rng, _DAMAGES)(rng, bytearray(data))
    return bytes(data)


def _span(rng: Rng, data: bytearray, longest: int = 200) -> slice:
    start = int(rng.integers(len(data) + 1))
    return slice(start, min(start + int(rng.integers(1, longest)), len(data)))


def _flip(rng: Rng, data: bytearray) -> bytes:
    for place in rng.integers(max(len(data), 1), size=int(rng.integers(1, 20))) if data else ():
        data[place] ^= 1 << int(rng.integers(8))
    return data


def _truncate(rng: Rng, data: bytearray) -> bytes:
    return data[: int(rng.integers(len(data) + 1))]


def _overwrite(rng: Rng, data: bytearray) -> bytes:
    span = _span(rng, data)
    data[span] = rng.bytes(span.stop - span.start)
    return data


def _erase(rng: Rng, data: bytearray) -> bytes:
    span = _span(rng, data)
    data[span] = pick(rng, [b"\0", b" ", b"\xff", b"*"]) * (span.stop - span.start)
    return data


def _drop(rng: Rng, data: bytearray) -> bytes:
    del data[_span(rng, data)]
    return data


def _repeat(rng: Rng, data: bytearray) -> bytes:
    span = _span(rng, data)
    data[span] = data[span] * int(rng.integers(2, 50))
    return data


def _insert(rng: Rng, data: bytearray) -> bytes:
    place = int(rng.integers(len(data) + 1))
    data[place:place] = pick(rng, _TOKENS)
    return data


def _extreme(rng: Rng, data: bytearray) -> bytes:
    place = int(rng.integers(min(len(data), pick(rng, [100, len(data) or 1])) + 1))
    value = pick(rng, _EXTREMES)
    data[place : place + len(value)] = value
    return data


def _mix(rng: Rng, data: bytearray) -> bytes:
    other = sound()[pick(rng, list(sound()))]
    content = pick(rng, list(other.values()))
    span = _span(rng, data, 2000)
    data[span] = content[span.start % (len(content) + 1) :][: span.stop - span.start]
    return data


_DAMAGES: tuple[Callable[[Rng, bytearray], bytes], ...] = (
    _flip, _truncate, _overwrite, _erase, _drop, _repeat, _insert, _extreme, _mix,
)  # fmt: skip
_TOKENS: tuple[bytes, ...] = (
    b"\0", b'"', b"'", b"\n", b"\r", b",", b"\t", b"\x1a", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\x80", b"<",
    b">",
    b"&", b"&#0;", b"]]>", b"{", b"[" * 500, b"}", b"null", b"NaN", b"Infinity", b"1e999", b"-" * 40, b"9" * 400,
    b"%s%n",
    "单元网格".encode("gbk"), "單元網格".encode("big5"), b"\xff" * 16, b"../" * 9,
)  # fmt: skip
_EXTREMES: tuple[bytes, ...] = (
    *(struct.pack(form, value) for form in ("<I", ">I") for value in (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
    0xFFFFFF)),
    *(struct.pack("<H", value) for value in (0, 1, 0x7FFF, 0xFFFF)),
    *(struct.pack(form, value) for form in ("<d", ">d") for value in (np.nan, np.inf, -np.inf, 1e308, -1e300, 5e-324)),
)  # fmt: skip
