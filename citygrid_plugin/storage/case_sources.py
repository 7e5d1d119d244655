"""Where the cases of a workspace come from: the parameters of each source, kept in the table ``case_sources``.

A source is read again with the parameters that it was read with. Nothing secret is among them: services and
databases are reached by the id of one of QGIS's authentication configurations.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from citygrid_plugin.core.errors import CityGridError, UnwritableTarget

from .files import connected, recover

CASE_SOURCES: Final = "case_sources"
"""The table of a workspace: Name, Parameters (JSON), Fingerprint, Loaded."""

_COLUMNS: Final = ("Name", "Parameters", "Fingerprint", "Loaded")
_LONGEST: Final = 80  # characters of a name
_SECRET: Final = re.compile(
    r"\b(?:password|passwd|pwd)\s*=\s*['\"]?[^\s'\"]"  # of a data source
    r"|[?&](?:api_?key|key|token|access_token|password|secret)=[^&\s]"  # of a query
    r"|://[^/\s@:]+:[^/\s@]+@",  # user:password@host
    re.IGNORECASE,
)


class SecretInSource(CityGridError):
    """A source whose parameters hold a password or a key."""

    template = (
        "The source “{name}” holds a password or a key in {parameter}. Keep it in an authentication configuration of "
        "QGIS, choose that one, and leave it out there."
    )


class BadSourceName(CityGridError):
    """No name, or one too long."""

    template = "A source of cases needs a name of 1 to {longest} characters."


@dataclass(frozen=True)
class CaseSource:
    """A source of cases: its parameters for ``citygrid:loadcases`` (JSON values), and when they were last used.

    ``fingerprint``: what the source looked like then (``processing.cases.fingerprints``); ``loaded``: local time in
    ISO 8601. Both are empty where it was never loaded, or where nothing cheap tells.
    """

    name: str
    parameters: dict[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
    loaded: str = ""


def case_sources(workspace: Path) -> list[CaseSource]:
    """The sources of a workspace by name; none where the file or the table is missing.

    Rows that somebody has spoilt are left out: they can be made anew.
    """
    if not workspace.is_file():
        return []
    recover(workspace)
    rows: list[tuple[Any, ...]] = []
    with suppress(sqlite3.Error), connected(workspace) as base:
        question = "SELECT Name, Parameters, Fingerprint, Loaded FROM case_sources ORDER BY Name, rowid"
        rows = base.execute(question).fetchall()
    return list(_read(rows))


def save_case_source(workspace: Path, source: CaseSource) -> None:
    """Keep a source in place of the one of its name, in one transaction; the workspace is made where it is missing.

    Raises ``BadSourceName``, ``SecretInSource``, ``UnwritableTarget``.
    """
    if not 1 <= len(source.name.strip()) <= _LONGEST:
        raise BadSourceName(longest=_LONGEST)
    _check_secrets(source)
    row = (
        source.name.strip(),
        json.dumps(source.parameters, ensure_ascii=False, sort_keys=True),
        source.fingerprint,
        source.loaded,
    )

    def write(base: sqlite3.Connection) -> None:
        base.execute("DELETE FROM case_sources WHERE Name = ?", row[:1])
        base.execute("INSERT INTO case_sources (Name, Parameters, Fingerprint, Loaded) VALUES (?, ?, ?, ?)", row)

    _change(workspace, write)


def forget_case_source(workspace: Path, name: str) -> None:
    """Forget a source; the cases that came from it stay. Raises ``UnwritableTarget``."""
    if any(source.name == name for source in case_sources(workspace)):
        _change(workspace, lambda base: base.execute("DELETE FROM case_sources WHERE Name = ?", (name,)))


def _read(rows: list[tuple[Any, ...]]) -> Iterator[CaseSource]:
    for name, text, fingerprint, loaded in rows:
        with suppress(ValueError, TypeError, RecursionError):
            parameters = json.loads(text)
            if name and isinstance(parameters, dict):
                yield CaseSource(str(name), parameters, str(fingerprint or ""), str(loaded or ""))


def _check_secrets(source: CaseSource) -> None:
    for parameter, text in _texts(source.parameters):
        if _SECRET.search(text):
            raise SecretInSource(name=source.name, parameter=parameter)


def _texts(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of the parameters, with the parameter that it stands in."""
    for parameter, given in value.items():
        yield parameter, given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def _change(workspace: Path, write: Callable[[sqlite3.Connection], object]) -> None:
    # These load pandas, which the dock must not do at the start of QGIS, when it reads the sources.
    import pandas as pd  # noqa: PLC0415

    from .layers import NewLayer, write_layers  # noqa: PLC0415

    recover(workspace)
    try:
        if not _has_table(workspace):
            empty = pd.DataFrame({name: pd.Series(dtype=object) for name in _COLUMNS})
            write_layers([NewLayer(CASE_SOURCES, empty, "NoGeometry")], workspace)
        with connected(workspace, "rw") as base, base:
            write(base)
    except sqlite3.Error as error:
        raise UnwritableTarget(path=str(workspace), why=str(error)) from error


def _has_table(workspace: Path) -> bool:
    if not workspace.is_file():
        return False
    with connected(workspace) as base:
        names = base.execute("SELECT count(*) FROM pragma_table_info(?)", (CASE_SOURCES,))
        return bool(names.fetchone()[0])
