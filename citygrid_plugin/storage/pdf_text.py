"""Which characters the texts of a PDF stand for: corrected in the file that Qt has written, so that they are found."""

from __future__ import annotations

import mmap
import re
from collections.abc import Mapping
from pathlib import Path

# A table from the shapes of a font to characters, as Qt writes it: not compressed, four hexadecimal digits each.
_TABLE = re.compile(rb"beginbfrange\s.*?endbfrange", re.DOTALL)
_LIST = re.compile(rb"\[[^\]]*\]")
_CHARACTER = re.compile(rb"<([0-9A-Fa-f]{4})>")


def correct_characters(path: Path, right: Mapping[int, int]) -> int:
    """Let the texts of a PDF stand for other characters: ``right`` by ``wrong``, code points below 65,536.

    One shape can stand for several characters, and Qt names the first: for 网 the radical ⽹, for a blank a tabulator.
    Such a text is shown as it should be, but not found. The length of the file stays. Returns how many were corrected;
    0 for a file whose tables are written in another way.
    """

    def corrected(match: re.Match[bytes]) -> bytes:
        code = int(match[1], 16)
        return b"<%04X>" % right.get(code, code)

    count = 0
    with path.open("r+b") as stream, mmap.mmap(stream.fileno(), 0) as content:
        spans = [match.span() for match in _TABLE.finditer(content)]
        for start, end in spans:
            table = content[start:end]
            new = _LIST.sub(lambda match: _CHARACTER.sub(corrected, match[0]), table)
            count += sum(
                old != now for old, now in zip(_CHARACTER.findall(table), _CHARACTER.findall(new), strict=True)
            )
            content[start:end] = new
    return count
