"""Which encoding a file's text has: decided from the bytes; what the file says is only a hint."""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.records.account import Remark

UTF8: Final = "UTF-8"
GBK: Final = "GBK"
GB18030: Final = "GB18030"
BIG5: Final = "Big5"

_FIRST_HAN = "\u2e80"  # radicals, kana, Han and their punctuation begin here
_GB_FAMILY = frozenset({"gbk", "gb18030", "gb2312"})
_LAST_ASCII, _REPLACEMENT = 0x7F, 0xFFFD
_COMMON_BIG5 = (0xA1, 0xC6)  # lead bytes of punctuation and of the frequent characters
_TRUSTED: Final = 0.85  # ours: share of common characters from which a Chinese reading is believed
_ENOUGH: Final = 20_000  # ours: distinct values that are read to decide; the others only show whether they break
_BYTE_ORDER_MARKS: Final = ((b"\xef\xbb\xbf", UTF8), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_CODE_PAGE = re.compile(r"(?:ANSI|CP|MS|OEM|WINDOWS)?[ _-]?([0-9]{3,5})", re.IGNORECASE)
_LARGE: Final = 1 << 23  # bytes from which a file is first looked at in parts
_PARTS, _PART, _TELLING = 64, 1 << 15, 1000
_SAMPLES = 5
_EVERY_BYTE: Final = bytes(range(256))
_OFFERED: Final = (UTF8, GB18030, BIG5, "cp1252")


class UnknownEncoding(CityGridError):
    """A name of an encoding that nobody knows."""

    template = "“{encoding}” is no known encoding. Use UTF-8, GBK, GB18030, Big5 or another usual name."


@dataclass(frozen=True)
class Chosen:
    """The encoding, and how many values it cannot decode in full."""

    encoding: str
    broken: int

    def remarks(self) -> list[Remark]:
        """What to say where values are broken."""
        return [Remark("broken_text", {"count": self.broken, "encoding": self.encoding})] if self.broken else []


@dataclass(frozen=True)
class Candidate:
    """What a file's text would be in an encoding: values that break, and some that are not plain ASCII."""

    encoding: str
    broken: int
    samples: tuple[str, ...]


def known_encoding(stated: str) -> str:
    """The Python name of an encoding as a .cpg file or a user writes it; empty where it is none."""
    name = stated.strip().strip("\ufeff")
    if page := _CODE_PAGE.fullmatch(name):
        name = "utf-8" if page[1] == "65001" else f"cp{page[1]}"
    try:
        codec = codecs.lookup(name).name
        _EVERY_BYTE.decode(codec, "replace")
        codecs.getincrementaldecoder(codec)
    except (LookupError, ValueError):  # also of a codec that makes no text of bytes ("hex"), and of NUL in a name
        return ""
    return codec


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
    telling = list({value: None for value in values if not value.isascii()})
    if not telling:
        return Chosen(UTF8, 0)
    sample = telling[:: -(-len(telling) // _ENOUGH)]
    chosen = _chosen(sample, hints)
    if len(sample) == len(telling):
        return chosen
    name = _gb_name(telling) if chosen.encoding in {GBK, GB18030} else chosen.encoding
    return Chosen(name, _decoded(telling, name)[1])


def _chosen(telling: Sequence[bytes], hints: Sequence[str]) -> Chosen:
    utf8, utf8_broken = _decoded(telling, UTF8)
    if not utf8_broken and (max(utf8, default="") >= _FIRST_HAN or not _GB_FAMILY & set(hints)):
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


def checked_encoding(encoding: str | None) -> str | None:
    """The encoding that a user names, in Python's name; None for none. Raises ``UnknownEncoding``."""
    if not encoding:
        return None
    name = known_encoding(encoding)
    if not name:
        raise UnknownEncoding(encoding=encoding)
    return name


def text_of_file(data: bytes, encoding: str | None = None, hints: Sequence[str] = ()) -> tuple[str, Chosen]:
    """The text of a whole file, without a byte-order mark, and its encoding: that given, or as the bytes tell."""
    mark = next((name for start, name in _BYTE_ORDER_MARKS if data.startswith(start)), "")
    if encoding or mark:
        chosen = Chosen(encoding or mark, 0)
    elif data.isascii():
        chosen = Chosen(UTF8, 0)
    else:
        for name in _guessed(data, hints):
            with contextlib.suppress(UnicodeDecodeError):
                return data.decode(name), Chosen(name, 0)
        chosen = choose(data.splitlines(), hints)
    return data.decode(chosen.encoding, "replace").removeprefix("\ufeff"), chosen


def _guessed(data: bytes, hints: Sequence[str]) -> list[str]:
    """The encoding that parts of a large file tell; if it does not fit all, the whole file has to be looked at."""
    if len(data) < _LARGE:
        return []
    starts = range(0, len(data), len(data) // _PARTS)
    lines = [line for start in starts for line in data[start : start + _PART].splitlines()[1:-1]]
    telling = [line for line in lines if not line.isascii()]
    return [_chosen(telling, hints).encoding] if len(telling) >= _TELLING else []


def marked(data: bytes) -> bool:
    """Whether a file begins with a byte-order mark, which leaves no doubt."""
    return data.startswith(tuple(start for start, _ in _BYTE_ORDER_MARKS))


def telling_lines(text: str) -> list[str]:
    """The first few lines that are not plain ASCII."""
    return [line for line in text.splitlines() if not line.isascii()][:_SAMPLES]


def candidates(values: Sequence[bytes], hints: Sequence[str] = ()) -> list[Candidate]:
    """What values of a file would be in each encoding that may be meant; first the one that ``choose`` takes.

    The others follow by how many values they break, so that a user can compare the samples.
    """
    telling = list({value: None for value in values if not value.isascii()})
    chosen = choose(telling, hints).encoding
    names = {known_encoding(name): name for name in (*_OFFERED, *hints)}
    if chosen == GBK:
        names.pop(known_encoding(GB18030), None)
    names[known_encoding(chosen)] = chosen
    found = [
        Candidate(name, _decoded(telling, name)[1], tuple(decode(value, name).strip() for value in telling[:_SAMPLES]))
        for name in names.values()
    ]
    return sorted(found, key=lambda candidate: (candidate.encoding != chosen, candidate.broken))


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
