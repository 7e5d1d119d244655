"""Which encoding a file's text has: decided from the bytes; what the file says is only a hint."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

UTF8: Final = "UTF-8"
GBK: Final = "GBK"
GB18030: Final = "GB18030"
BIG5: Final = "Big5"

_FIRST_HAN = "\u2e80"  # radicals, kana, Han and their punctuation begin here
_GB_FAMILY = frozenset({"gbk", "gb18030", "gb2312"})
_LAST_ASCII, _REPLACEMENT = 0x7F, 0xFFFD
_COMMON_BIG5 = (0xA1, 0xC6)  # lead bytes of punctuation and of the frequent characters
_TRUSTED: Final = 0.85  # ours: share of common characters from which a Chinese reading is believed


@dataclass(frozen=True)
class Chosen:
    """The encoding, and how many values it cannot decode in full."""

    encoding: str
    broken: int


def known_encoding(stated: str) -> str:
    """The Python name of an encoding as a .cpg file or a user writes it; empty where it is none."""
    name = stated.strip().strip("\ufeff")
    if name.isdigit():
        name = "utf-8" if name == "65001" else f"cp{name}"
    try:
        return codecs.lookup(name.replace("ANSI ", "cp")).name
    except LookupError:
        return ""


def differ(one: str, other: str) -> bool:
    """Whether two encodings are not the same or one of a family (GBK is a part of GB18030)."""
    families = [known_encoding(name) for name in (one, other)]
    return len({"gb" if name in _GB_FAMILY else name for name in families}) > 1


def decode(value: bytes, encoding: str) -> str:
    """The text of a value; a character cut off at its end is dropped, as field widths cut them."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(value)


def choose(values: Sequence[bytes], hints: Sequence[str] = ()) -> Chosen:
    """The encoding of values of one file.

    UTF-8 that decodes is UTF-8, unless it shows no Han character and a hint says GBK. Otherwise GBK
    (GB18030) or Big5, whichever reads as common characters; then a hint that decodes; then what breaks
    the fewest values. Plain ASCII is called UTF-8.
    """
    telling = [value for value in values if not value.isascii()]
    if not telling:
        return Chosen(UTF8, 0)
    utf8, utf8_broken = _decoded(telling, UTF8)
    if not utf8_broken and (max(utf8) >= _FIRST_HAN or not _GB_FAMILY & set(hints)):
        return Chosen(UTF8, 0)
    gb, gb_broken = _decoded(telling, GB18030)
    big5, big5_broken = _decoded(telling, BIG5)
    sound = 1 / len(telling)
    scores = (
        (_share_of_han(utf8) * (1 - utf8_broken * sound), UTF8, utf8_broken),
        (_share_in_gb2312(gb) * (1 - gb_broken * sound), _gb_name(telling), gb_broken),
        (_share_common_in_big5(big5) * (1 - big5_broken * sound), BIG5, big5_broken),
    )
    score, encoding, broken = max(scores, key=lambda entry: entry[0])
    if score >= _TRUSTED:
        return Chosen(encoding, broken)
    for hint in hints:
        if not _decoded(telling, hint)[1]:
            return Chosen(hint, 0)
    return Chosen(encoding, broken)


def _decoded(values: Sequence[bytes], encoding: str) -> tuple[str, int]:
    """All values as one text, and how many of them are broken."""
    try:
        return b"\n".join(values).decode(encoding), 0
    except UnicodeDecodeError:
        texts = [decode(value, encoding) for value in values]
        return "\n".join(texts), sum("\ufffd" in text for text in texts)


def _gb_name(values: Sequence[bytes]) -> str:
    return GB18030 if _decoded(values, GBK)[1] else GBK


def _foreign(text: str) -> str:
    """The characters beyond ASCII, without the replacement character."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    return points[(points > _LAST_ASCII) & (points != _REPLACEMENT)].tobytes().decode("utf-32-le")


def _share_of_han(text: str) -> float:
    foreign = np.frombuffer(_foreign(text).encode("utf-32-le"), dtype=np.uint32)
    return float((foreign >= ord(_FIRST_HAN)).mean()) if len(foreign) else 0.0


def _share_in_gb2312(text: str) -> float:
    foreign = _foreign(text)
    return len(foreign.encode("gb2312", "ignore")) / 2 / len(foreign) if foreign else 0.0


def _share_common_in_big5(text: str) -> float:
    foreign = _foreign(text)
    lead = np.frombuffer(foreign.encode("big5", "ignore"), dtype=np.uint8)[::2]
    low, high = _COMMON_BIG5
    return float(((lead >= low) & (lead <= high)).sum() / len(foreign)) if foreign else 0.0
