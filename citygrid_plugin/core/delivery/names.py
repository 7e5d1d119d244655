"""Names in a delivery: of files, and of fields in the ten bytes that a .dbf has for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

NAME_BYTES: Final = 10  # of a field of a .dbf
_COMPONENT_FILE = re.compile(r"BJ([0-9]{4,5})(?:_[0-9a-z]+)*", re.IGNORECASE)
_REFUSED = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)  # names of Windows' devices
_LONGEST: Final = 80  # characters of a file's name; ours: paths of Windows end at 260


def component_file(code: str) -> str:
    """The name of the file of a class of components: BJ0101 (seen in deliveries; domain facts)."""
    return f"BJ{code}" if code else "BJ_without_class"


def class_of_file(stem: str) -> str:
    """The class code in such a name, also of a part of it (BJ0101_2); empty for any other name."""
    found = _COMPONENT_FILE.fullmatch(stem)
    return found[1] if found else ""


def safe_name(name: str) -> str:
    """A file name without what file systems refuse."""
    plain = _REFUSED.sub("_", name).strip(" .")[:_LONGEST].strip(" .") or "layer"
    return f"{plain}_" if _RESERVED.fullmatch(plain) else plain


def is_safe(name: str) -> bool:
    """Whether every file system takes the name as it is."""
    return safe_name(name) == name


def short_names(names: Iterable[str], encoding: str) -> dict[str, str]:
    """Field names of at most ten bytes without clashes (a .dbf does not tell upper from lower case).

    A name is cut between characters; where two become one, the later ends in _1, _2 and so on.
    """
    result: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        short, number = cut(name, encoding, NAME_BYTES).strip() or "field", 0
        while short.upper() in taken:
            number += 1
            short = cut(name, encoding, NAME_BYTES - len(str(number)) - 1) + f"_{number}"
        taken.add(short.upper())
        result[name] = short
    return result


def cut(text: str, encoding: str, size: int) -> str:
    """The beginning of a text that has no more than ``size`` bytes in an encoding, in whole characters."""
    return text.replace("\0", "?").encode(encoding, "replace")[:size].decode(encoding, "ignore")
