"""Code schemes: the classes of components and events, their names, aliases, extensions and departments.

The numbers of the three generations of standards mean different things, so a scheme is always an
explicit choice. A scheme never holds an invented code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import pandas as pd

from .errors import CityGridError

COMPONENT: Final = "component"
EVENT: Final = "event"
KINDS: Final = (COMPONENT, EVENT)

_PUNCTUATION = re.compile(r"[\s()\[\]<>{}《》【】、，,;；:：/／·.。\-—_'\"“”’]+")
_LOST_ZERO_LENGTH = 1  # digits that a spreadsheet takes from 0118


class WrongClassCode(CityGridError):
    """A class code of the wrong shape in an extension table."""

    template = "Row {row} of “{path}” has the code “{code}”; a class code of this scheme has {digits} digits."


class WrongExtensionMajor(CityGridError):
    """An extension class outside the numbers that the scheme leaves to cities."""

    template = (
        "Row {row} of “{path}” has the code {code}; the local classes of this scheme begin with {major}. "
        "Is the table made for another generation of the standards?"
    )


class RepeatedClass(CityGridError):
    """A code that an extension table gives twice, or that the scheme has already."""

    template = "Row {row} of “{path}” gives the code {code} to “{name}”, but it is “{other}” already."


class UnnamedClass(CityGridError):
    """A class without a name in an extension table."""

    template = "Row {row} of “{path}” gives no name to the class {code}."


def name_key(name: str) -> str:
    """What of a name is compared: no case, spaces, brackets or punctuation, full-width forms plain."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", name).casefold())


@dataclass(frozen=True, eq=False)
class Scheme:
    """One code scheme.

    ``classes``: columns kind, code, major_code, major_name, name, geometry, status (how well the row is
    known). ``candidates``: kind, name, status of local classes whose code is not published.
    ``aliases``: kind, alias, code. ``departments``: department, kind, class_code (several with |; ``01*``
    is the rest of a major); they hold in districts whose code begins with ``departments_prefix``.
    ``remark`` tells where the table comes from.
    """

    id: str
    title: str
    remark: str
    digits: int
    extension_major: str
    classes: pd.DataFrame
    candidates: pd.DataFrame
    aliases: pd.DataFrame
    departments: pd.DataFrame
    departments_prefix: str

    def names(self, kind: str) -> Mapping[str, str]:
        """Names by code."""
        return self._names[kind]

    def statuses(self, kind: str) -> Mapping[str, str]:
        """How well each code is known, by code."""
        rows = self.classes[self.classes["kind"] == kind]
        return dict(zip(rows["code"], rows["status"], strict=True))

    def code_of_name(self, kind: str, name: str) -> str:
        """The code of a class by its name or an alias; empty where it is unknown or not unique."""
        return self._codes[kind].get(name_key(name), "")

    def is_candidate(self, kind: str, name: str) -> bool:
        """Whether a name is of a local class whose code is not published."""
        return name_key(name) in self._candidates[kind]

    def is_extension(self, code: str) -> bool:
        """Whether a code lies in the numbers that the scheme leaves to cities."""
        return len(code) == self.digits and code.isdigit() and code.startswith(self.extension_major)

    def owners(self, kind: str, district: str) -> Mapping[str, list[str]]:
        """Departments that answer for each class; none outside the place whose departments they are."""
        return self._owners[kind] if district.startswith(self.departments_prefix) else {}

    def normal_code(self, text: str) -> str:
        """A code as written, in plain digits and with the leading zero that a spreadsheet took."""
        code = unicodedata.normalize("NFKC", text).strip().lstrip("'").strip()
        code = re.sub(r"\.0+$", "", code)
        if code.isascii() and code.isdigit() and len(code) == self.digits - _LOST_ZERO_LENGTH:
            return code.zfill(self.digits)
        return code

    def with_extension(self, table: pd.DataFrame, path: str) -> Scheme:
        """The scheme with a city's own classes.

        ``table``: text columns code, name; kind (``component`` where missing), geometry, major_name.
        ``path`` names the table in errors: ``WrongClassCode``, ``WrongExtensionMajor``,
        ``RepeatedClass``, ``UnnamedClass``.
        """
        table = table.reset_index(drop=True).fillna("")
        for column, default in {"kind": COMPONENT, "geometry": "", "major_name": ""}.items():
            if column not in table:
                table[column] = default
        table["kind"] = table["kind"].where(table["kind"] == EVENT, COMPONENT)
        table["code"] = table["code"].map(self.normal_code)
        table["major_code"], table["status"] = self.extension_major, path
        known = {kind: dict(self.names(kind)) for kind in KINDS}
        for row, (kind, code, name) in enumerate(zip(table["kind"], table["code"], table["name"], strict=True), 1):
            self._check(row, code, name, known[kind], path)
            known[kind][code] = name
        return replace(self, classes=pd.concat([self.classes, table[self.classes.columns]], ignore_index=True))

    def _check(self, row: int, code: str, name: str, known: Mapping[str, str], path: str) -> None:
        if not (code.isascii() and code.isdigit() and len(code) == self.digits):
            raise WrongClassCode(row=row, path=path, code=code, digits=self.digits)
        if code in known:
            raise RepeatedClass(row=row, path=path, code=code, name=name, other=known[code])
        if not code.startswith(self.extension_major):
            raise WrongExtensionMajor(row=row, path=path, code=code, major=self.extension_major)
        if not name.strip():
            raise UnnamedClass(row=row, path=path, code=code)

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        return {
            kind: dict(zip(rows["code"], rows["name"], strict=True))
            for kind in KINDS
            for rows in (self.classes[self.classes["kind"] == kind],)
        }

    @cached_property
    def _codes(self) -> dict[str, dict[str, str]]:
        """Code by key of each name; aliases give way to names, and a name of two classes to none."""
        result = {}
        for kind in KINDS:
            rows = self.aliases[self.aliases["kind"] == kind]
            codes = {name_key(alias): code for alias, code in zip(rows["alias"], rows["code"], strict=True)}
            named = pd.Series({code: name_key(name) for code, name in self.names(kind).items()}, dtype=object)
            twice = named.duplicated(keep=False)
            codes |= {key: code for code, key in named[~twice].items()}
            result[kind] = codes | dict.fromkeys(named[twice], "")
        return result

    @cached_property
    def _candidates(self) -> dict[str, set[str]]:
        return {kind: set(self.candidates.loc[self.candidates["kind"] == kind, "name"].map(name_key)) for kind in KINDS}

    @cached_property
    def _owners(self) -> dict[str, dict[str, list[str]]]:
        result: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}
        rest: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}
        for row in self.departments.itertuples():
            for code in row.class_code.split("|"):
                if code.endswith("*"):
                    rest[row.kind].setdefault(code[:-1], []).append(row.department)
                elif len(code) == self.digits:  # a bare major says that the code is not published
                    result[row.kind].setdefault(code, []).append(row.department)
        for kind in KINDS:
            for code in self.names(kind):
                if code not in result[kind] and code[:2] in rest[kind]:
                    result[kind][code] = rest[kind][code[:2]]
        return result
