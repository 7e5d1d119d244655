"""Code schemes: the classes of components and events, their names, aliases, extensions and departments.

The numbers of the three generations of standards mean different things, so a scheme is always an
explicit choice, and a class is a kind with a code: component and event codes overlap. A scheme never
holds an invented code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import pandas as pd

from .errors import CityGridError

COMPONENT: Final = "component"
EVENT: Final = "event"
KINDS: Final = (COMPONENT, EVENT)
SAME: Final = "same"
"""Relation of a name to a class: another word, spelling or usual misspelling of the same thing."""
NEAR: Final = "near"
"""Relation of a name to a class: a narrower, wider or similar thing."""
GEOMETRIES: Final = ("point", "line", "polygon")
ELSEWHERE: Final = "local class of one city"
"""Status of local classes that came with a scheme as an example; a city's own table takes their place."""

_PUNCTUATION = re.compile(r"[\s()\[\]<>{}《》【】、，,;；:：/／·.。\-—_'\"“”’]+")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_SHOWN = 40  # characters of a wrong code that a message shows
_LOST_ZERO_LENGTH = 1  # digits that a spreadsheet takes from 0118
_CODE_LENGTHS = (4, 5)  # of class codes in all generations
_MAJOR: Final = 2  # digits of a major class in all generations
_EXTENSION_MAJORS: Final = {COMPONENT: "扩展部件", EVENT: "扩展事件"}
_LISTED: Final = ("kind", "code", "major_code", "major_name", "name", "name_en", "status", "geometry")


class WrongClassCode(CityGridError):
    """A class code of the wrong shape in an extension table."""

    template = (
        "Row {row} of “{path}” has the code “{code}”; a class code of this scheme has {digits} digits, zeros at the "
        "beginning included."
    )


class WrongExtensionMajor(CityGridError):
    """An extension class outside the numbers that the scheme leaves to cities."""

    template = (
        "Row {row} of “{path}” has the code {code}, but the local classes of this scheme are {numbers}. "
        "Is the table made for another generation of the standards?"
    )


class RepeatedClass(CityGridError):
    """A code that an extension table gives twice, or that the scheme has already."""

    template = "Row {row} of “{path}” gives the code {code} to “{name}”, but it is “{other}” already."


class RepeatedClassName(CityGridError):
    """A name that an extension table gives to two codes, or that a class of the scheme has already."""

    template = "Row {row} of “{path}” gives the name “{name}” to {code}, but {other} has that name already."


class UnnamedClass(CityGridError):
    """A class without a name in an extension table."""

    template = "Row {row} of “{path}” gives no name to the class {code}."


class WrongExtensionValue(CityGridError):
    """A kind or geometry of a local class that is none."""

    template = "Row {row} of “{path}” has “{value}” as {column}; it must be {allowed}, or empty."


def name_key(name: str) -> str:
    """What of a name is compared: no case, spaces, brackets or punctuation, full-width forms plain."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", name).casefold())


def _plain(code: str) -> str:
    """A code without what spreadsheets put around it."""
    code = unicodedata.normalize("NFKC", code).strip().lstrip("'").strip()
    return re.sub(r"\.0+$", "", code)


@dataclass(frozen=True)
class LocalNumbers:
    """The numbers that a scheme leaves to cities: the minors ``first`` to ``last`` of each of ``majors``.

    Without ``majors`` those of every major of the scheme.
    """

    first: int
    last: int
    majors: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Scheme:
    """One code scheme.

    ``remark`` tells where the classes come from. ``classes``: columns kind, code, major_code, major_name, name,
    name_en (our translation), geometry, geometry_status, status (how well the row is known). ``candidates``:
    kind, major_code, name, name_en, status of local classes whose code is not published. ``synonyms``: kind,
    name, alias, relation; a group of names around one, of which the scheme may have any (``aliases``).
    ``departments``: department, kind, item_as_named, class_code (``01*`` is the rest of a major; what is no
    class of the scheme is looked up by name); they hold in districts whose code begins with
    ``departments_prefix``. ``major_names``: English by Chinese name.
    """

    id: str
    title: str
    remark: str
    digits: int
    local: LocalNumbers
    classes: pd.DataFrame
    candidates: pd.DataFrame
    synonyms: pd.DataFrame
    departments: pd.DataFrame
    departments_prefix: str
    major_names: Mapping[str, str]

    # Classes

    def names(self, kind: str) -> Mapping[str, str]:
        """Names by code."""
        return self._names[kind]

    def statuses(self, kind: str) -> Mapping[str, str]:
        """How well each code is known, by code."""
        rows = self.classes[self.classes["kind"] == kind]
        return dict(zip(rows["code"], rows["status"], strict=True))

    def code_of_name(self, kind: str, name: str) -> str:
        """The code of a class by its name or an alias; empty where it is unknown or not unique."""
        found = self.codes_of_name(kind, name)
        return next(iter(found)) if len(found) == 1 else ""

    def codes_of_name(self, kind: str, name: str) -> Mapping[str, str]:
        """All classes that a name may mean, with its relation to each (``SAME`` or ``NEAR``)."""
        return self._found[kind].get(name_key(name), {})

    def is_candidate(self, kind: str, name: str) -> bool:
        """Whether a name is of a local class whose code is not published."""
        return name_key(name) in self._candidates[kind]

    def is_extension(self, code: str, kind: str = COMPONENT) -> bool:
        """Whether a code lies in the numbers that the scheme leaves to cities."""
        if len(code) != self.digits or not (code.isascii() and code.isdigit()):
            return False
        return code[:_MAJOR] in self._local_majors(kind) and self.local.first <= int(code[_MAJOR:]) <= self.local.last

    def local_numbers(self, kind: str) -> str:
        """The numbers that the scheme leaves to cities, to be read: ``01080–01999, 02080–02999``."""
        width = self.digits - _MAJOR
        return ", ".join(
            f"{major}{self.local.first:0{width}}–{major}{self.local.last:0{width}}"
            for major in self._local_majors(kind)
        )

    def normal_code(self, text: str) -> str:
        """A code as written, in plain digits and with the leading zero that a spreadsheet took.

        0118 has kept its zero, so among five digits it is no code that lost one, but one of another generation.
        """
        code = _plain(text)
        lost = len(code) == self.digits - _LOST_ZERO_LENGTH and code.isascii() and code.isdigit() and code[0] != "0"
        return code.zfill(self.digits) if lost else code

    def _local_majors(self, kind: str) -> tuple[str, ...]:
        return self.local.majors or tuple(self._majors[kind])

    @cached_property
    def _majors(self) -> dict[str, dict[str, str]]:
        """Names of the majors by code."""
        return {
            kind: dict(zip(rows["major_code"], rows["major_name"], strict=True))
            for kind in KINDS
            for rows in (self.classes[self.classes["kind"] == kind].drop_duplicates("major_code"),)
        }

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        return {
            kind: dict(zip(rows["code"], rows["name"], strict=True))
            for kind in KINDS
            for rows in (self.classes[self.classes["kind"] == kind],)
        }

    @cached_property
    def _candidates(self) -> dict[str, set[str]]:
        return {kind: set(self.candidates.loc[self.candidates["kind"] == kind, "name"].map(name_key)) for kind in KINDS}

    # Names

    @cached_property
    def aliases(self) -> pd.DataFrame:
        """Other names of the classes: columns kind, alias, code, relation. An alias may mean several classes.

        Of a group of synonyms, the one that names a class of this scheme is the class, and all others lead to
        it. Where the scheme divides finer and has several of them, the group's head may mean each. A name with
        brackets is known without them as well.
        """
        rows: list[tuple[str, str, str, str]] = []
        for (kind, head), group in self.synonyms.groupby(["kind", "name"], sort=False):
            members = {head: SAME, **dict(zip(group["alias"], group["relation"], strict=True))}
            rows += [(kind, *row) for row in self._of_group(kind, head, members)]
        for kind, names in self._names.items():
            rows += [
                (kind, _BRACKETS.sub("", name), code, SAME) for code, name in names.items() if _BRACKETS.search(name)
            ]
        found = pd.DataFrame(rows, columns=["kind", "alias", "code", "relation"], dtype=object)
        is_name = [name_key(row.alias) in self._by_name[row.kind] for row in found.itertuples()]
        return found[~pd.Series(is_name, dtype=bool)].drop_duplicates(["kind", "alias", "code"]).reset_index(drop=True)

    def _of_group(self, kind: str, head: str, members: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        """The aliases that a group of synonyms gives: alias, code, relation."""
        codes = {name: codes[0] for name in members if (codes := self._by_name[kind].get(name_key(name), ()))}
        if len(codes) > 1 and head not in codes:
            yield from ((head, code, NEAR) for code in codes.values())
        elif codes:
            name = head if head in codes else next(iter(codes))
            for alias in (member for member in members if member not in codes):
                near = NEAR in (members[name], members[alias])
                yield alias, codes[name], NEAR if near else SAME

    @cached_property
    def _by_name(self) -> dict[str, dict[str, list[str]]]:
        """Codes by key of each name."""
        result: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}
        for kind in KINDS:
            for code, name in self.names(kind).items():
                result[kind].setdefault(name_key(name), []).append(code)
        return result

    @cached_property
    def _found(self) -> dict[str, dict[str, dict[str, str]]]:
        """Codes with relation by key of each name and alias; aliases give way to names."""
        result = {
            kind: {key: dict.fromkeys(codes, SAME) for key, codes in names.items()}
            for kind, names in self._by_name.items()
        }
        for row in self.aliases.itertuples():
            result[row.kind].setdefault(name_key(row.alias), {}).setdefault(row.code, row.relation)
        return result

    # Search

    @cached_property
    def listed(self) -> pd.DataFrame:
        """What a list of the scheme shows: classes in order of their codes, then candidates without a code."""
        open_ones = [name_key(row.name) not in self._by_name[row.kind] for row in self.candidates.itertuples()]
        extra = self.candidates[pd.Series(open_ones, dtype=bool)]  # a city's table may have given the others a code
        extra = extra.assign(code="", major_name=extra["kind"].map(_EXTENSION_MAJORS))
        rows = pd.concat([self.classes.sort_values(["kind", "code"]), extra], ignore_index=True)
        return rows.reindex(columns=list(_LISTED)).fillna("")

    def find(self, text: str, kind: str = "") -> pd.DataFrame:
        """Rows of ``listed`` that fit what somebody typed; of both kinds where ``kind`` is empty.

        Digits begin the code; each other word stands in the name, an alias or the English name.
        """
        rows = self.listed if not kind else self.listed[self.listed["kind"] == kind]
        for word in text.split():
            key = name_key(word)
            if key.isdecimal():
                rows = rows[rows["code"].str.startswith(key)]
            else:
                rows = rows[self._texts[rows.index].str.contains(key, regex=False)]
        return rows

    @cached_property
    def _texts(self) -> pd.Series:
        """What ``find`` looks through, by row of ``listed``."""
        others = self.aliases.groupby(["kind", "code"])["alias"].agg("\n".join)
        keys = pd.MultiIndex.from_frame(self.listed[["kind", "code"]])
        texts = self.listed["name"] + "\n" + self.listed["name_en"] + "\n" + others.reindex(keys).fillna("").to_numpy()
        return texts.map(lambda text: "\n".join(map(name_key, text.split("\n"))))

    # Departments

    def owners(self, kind: str, district: str) -> Mapping[str, list[str]]:
        """Departments that answer for each class; none outside the place whose departments they are.

        Two departments of one class are both given: which of them it is, only people know.
        """
        return self._owners[kind] if district.startswith(self.departments_prefix) else {}

    @cached_property
    def _owners(self) -> dict[str, dict[str, list[str]]]:
        result: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}
        rest: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}
        for row in self.departments.itertuples():
            if row.class_code.endswith("*"):
                rest[row.kind].setdefault(row.class_code[:-1], []).append(row.department)
            elif code := self._code_of_item(row.kind, row.class_code, row.item_as_named):
                result[row.kind].setdefault(code, []).append(row.department)
        for kind in KINDS:
            for code in self.names(kind):
                if code not in result[kind] and code[:_MAJOR] in rest[kind]:
                    result[kind][code] = rest[kind][code[:_MAJOR]]
        return result

    def _code_of_item(self, kind: str, code: str, name: str) -> str:
        """The class that a department answers for: by its code, else by its name or another word for the same."""
        if code in self.names(kind):
            return code
        found = self.codes_of_name(kind, name)
        return next(iter(found)) if list(found.values()) == [SAME] else ""

    # Extension

    def with_extension(self, table: pd.DataFrame, path: str) -> Scheme:
        """The scheme with a city's own classes, in place of such that came with it as an example.

        ``table``: text columns code, name; kind (``component`` where missing), geometry, major_name, aliases
        (several with |), source (which becomes the status, in place of ``path``). Its index is the number of the
        row, from 0. ``path`` names the table in errors; the first one is raised with all others as its details:
        ``WrongClassCode``, ``WrongExtensionMajor``, ``RepeatedClass``, ``RepeatedClassName``, ``UnnamedClass``,
        ``WrongExtensionValue``. Rows that repeat a class of the scheme word for word are left out.
        """
        table = self._normal(table)
        if table.empty:
            return self
        base = replace(self, classes=self.classes[self.classes["status"] != ELSEWHERE])
        problems = list(base._problems(table, path))  # noqa: SLF001 - of the same class
        if problems:
            first, *others = problems
            raise type(first)("\n".join(map(str, others)), **first.values)
        own = [base.names(kind).get(code) is None for kind, code in zip(table["kind"], table["code"], strict=True)]
        table = table[own].assign(status=table.get("source", path))
        rows = table.reindex(columns=base.classes.columns).fillna("")
        return replace(
            base,
            classes=pd.concat([base.classes, rows], ignore_index=True),
            synonyms=pd.concat([base.synonyms, _stated_aliases(table)], ignore_index=True),
        )

    def _normal(self, table: pd.DataFrame) -> pd.DataFrame:
        """A city's table with all columns, and codes in their normal form."""
        missing = {name: "" for name in ("kind", "geometry", "major_name", "aliases") if name not in table}
        table = table.assign(**missing).fillna("")
        table["kind"] = table["kind"].where(table["kind"] != "", COMPONENT)
        # 2101 may be 02101 without its zero, or a local class of 2007: no zero is restored where that is the question.
        is_clear = self.digits - _LOST_ZERO_LENGTH not in _CODE_LENGTHS
        table["code"] = table["code"].map(self.normal_code if is_clear else _plain)
        table["name"] = table["name"].str.strip()
        table["major_code"] = table["code"].str[:_MAJOR]
        known = [
            self._majors.get(kind, {}).get(major, _EXTENSION_MAJORS.get(kind, ""))
            for kind, major in zip(table["kind"], table["major_code"], strict=True)
        ]
        table["major_name"] = table["major_name"].where(table["major_name"] != "", pd.Series(known, index=table.index))
        return table

    def _problems(self, table: pd.DataFrame, path: str) -> Iterator[CityGridError]:
        """What is wrong with a city's table, at most one thing a row."""
        names = {kind: dict(self.names(kind)) for kind in KINDS}
        codes = {kind: {key: found[0] for key, found in self._by_name[kind].items()} for kind in KINDS}
        for line in table.itertuples():
            row, kind, code, name = line.Index + 1, line.kind, line.code, line.name
            if kind not in KINDS:
                yield WrongExtensionValue(row=row, path=path, column="kind", value=kind, allowed=", ".join(KINDS))
                continue
            there = names[kind].get(code)
            if not (code.isascii() and code.isdigit() and len(code) == self.digits):
                yield WrongClassCode(row=row, path=path, code=code[:_SHOWN], digits=self.digits)
            elif there is not None and (code not in self.names(kind) or name_key(there) != name_key(name)):
                yield RepeatedClass(row=row, path=path, code=code, name=name, other=there)
            elif there is not None:
                continue
            elif not self.is_extension(code, kind):
                yield WrongExtensionMajor(row=row, path=path, code=code, numbers=self.local_numbers(kind))
            elif not name_key(name):
                yield UnnamedClass(row=row, path=path, code=code)
            elif name_key(name) in codes[kind]:
                yield RepeatedClassName(row=row, path=path, code=code, name=name, other=codes[kind][name_key(name)])
            elif line.geometry and line.geometry not in GEOMETRIES:
                allowed = ", ".join(GEOMETRIES)
                yield WrongExtensionValue(row=row, path=path, column="geometry", value=line.geometry, allowed=allowed)
            names[kind].setdefault(code, name)
            codes[kind].setdefault(name_key(name), code)


def _stated_aliases(table: pd.DataFrame) -> pd.DataFrame:
    """The aliases of a city's own table, as synonyms."""
    rows = table[["kind", "name"]].assign(alias=table["aliases"].str.split("|"), relation=SAME).explode("alias")
    rows["alias"] = rows["alias"].str.strip()
    return rows[rows["alias"] != ""]
