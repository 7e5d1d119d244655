"""What must hold for every input of the fuzzing: records that all are accounted for, or one sentence."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from fuzz_inputs import CANARY, ELSEWHERE, ESCAPED, SECRET, Case
from fuzz_seeds import CRS

from citygrid_plugin.core import fields
from citygrid_plugin.core.census.census import import_components
from citygrid_plugin.core.census.census_account import CensusResult, Delivery
from citygrid_plugin.core.census.component_mapping import TARGETS, NoClassColumn, component_mapping
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.records.mapping import parse_mapping
from citygrid_plugin.core.schemes import Scheme
from citygrid_plugin.storage.layers import write_file
from citygrid_plugin.storage.readers.deliveries import Deliveries, read_deliveries
from citygrid_plugin.storage.readers.records import Records
from citygrid_plugin.storage.report import Report
from citygrid_plugin.storage.scheme_files import SCHEMES, load_extension, load_scheme

_DISTRICT = "500103"
_LONGEST_SENTENCE = 3000  # characters
_MARKUP = ("<script", "<img", "<a href", "<h1>fuzz", "<b>")


class Wrong(Exception):
    """Something that must not happen: the kind of it, and what it was."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(kind, text)
        self.kind, self.text = kind, text


class Checker:
    """Feeds cases to the readers and the census in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / SECRET).write_text(
            f"ObjID,小类,名称,经度,纬度\n{CANARY},0118,{CANARY},106.5,29.5\n", encoding="utf-8"
        )
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        ELSEWHERE.folder, ELSEWHERE.port = str(folder), self._listener.getsockname()[1]

    def check(self, case: Case) -> str:
        """What became of the case: ``records``, ``nothing taken`` or ``refused``. Raises ``Wrong``."""
        inside = self._folder / "in"
        shutil.rmtree(inside, ignore_errors=True)
        inside.mkdir()
        path = lay_out(case, inside)
        before = _contents(inside)
        try:
            outcome = self._outcome(case, path)
        except CityGridError as error:
            _check_sentence(error)
            outcome = "refused"
        self._check_outside(inside, before)
        return outcome

    def _outcome(self, case: Case, path: Path) -> str:
        scheme = load_scheme(SCHEMES[0])
        if case.extension:
            scheme = scheme.with_extension(load_extension(path), path.name)
            path = self._folder / SECRET
        found = read_deliveries(path)
        for error in found.failed:
            _check_sentence(error)
        for records in found.records:
            _check_records(records)
        _check_rows(case, found)
        if not found.records:
            return "refused"
        taken = self._check_census(case, found.records, scheme)
        return "records" if taken else "nothing taken"

    def _check_census(self, case: Case, deliveries: Sequence[Records], scheme: Scheme) -> int:
        """Import everything, without a grid and with what was taken as existing components; how many were taken."""
        rules = parse_mapping(case.mapping, TARGETS)
        given = [_delivery(records, rules, scheme) for records in deliveries]
        total = sum(len(records.frame) for records in deliveries)
        first = import_components(given, scheme, _DISTRICT, grid=_grid())
        _check_result(first, total)
        self._check_written(first)
        _check_report(deliveries, first)
        if first.account.accepted:
            _check_again(first, import_components(given, scheme, _DISTRICT, grid=_grid(), existing=first.accepted))
        return first.account.accepted

    def _check_written(self, result: CensusResult) -> None:
        """All outputs can be written, and all rows arrive."""
        for frame in (result.accepted, result.rejected, result.problems()):
            path = self._folder / "out.gpkg"
            write_file(frame, path, "Unknown")
            count = pyogrio.read_info(path, force_feature_count=True)["features"]
            path.unlink()
            if count != len(frame):
                raise Wrong("lost", f"{count} of {len(frame)} rows were written")

    def _check_outside(self, inside: Path, before: dict[str, bytes]) -> None:
        """Nothing was written outside or into the delivery, and nobody was called."""
        escaped = Path(ESCAPED)
        if escaped.exists():
            escaped.unlink()
            raise Wrong("escaped", ESCAPED)
        strangers = {path.name for path in self._folder.iterdir()} - {SECRET, inside.name}
        if strangers:
            for name in strangers:
                shutil.rmtree(self._folder / name, ignore_errors=True)
                (self._folder / name).unlink(missing_ok=True)
            raise Wrong("escaped", ", ".join(sorted(strangers)))
        after = _contents(inside)
        if after != before:
            raise Wrong(
                "touched", ", ".join(sorted(name for name in before | after if before.get(name) != after.get(name)))
            )
        try:
            self._listener.accept()[0].close()
        except BlockingIOError:
            return
        raise Wrong("called", "a server was called")


def lay_out(case: Case, folder: Path) -> Path:
    """Write the files of a case; returns the one to read."""
    for name, data in case.files.items():
        path = folder / name
        if data or path.suffix not in ("", ".gdb") or len(case.files) == 1:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder / next(iter(case.files))


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _delivery(records: Records, rules: dict[str, object], scheme: Scheme) -> Delivery:
    try:
        complete, _ = component_mapping(records.frame, rules, scheme, records.name)
    except NoClassColumn:
        complete, _ = component_mapping(
            records.frame, {fields.CLASS_CODE: {"value": "0118"}, **rules}, scheme, records.name
        )
    return Delivery(records.frame, complete, records.name)


def _grid() -> gpd.GeoDataFrame:
    """Two cells, one of which holds the places of sound deliveries."""
    cells = [shapely.box(106.49, 29.49, 106.52, 29.52), shapely.box(106.52, 29.49, 106.55, 29.52)]
    codes = [f"{_DISTRICT}001001{number:03}" for number in (1, 2)]
    return gpd.GeoDataFrame({fields.BGID: codes}, geometry=cells, crs=CRS)


# What must hold


def _check_sentence(error: CityGridError) -> None:
    text = str(error)
    if not text or len(text) > _LONGEST_SENTENCE or "Traceback" in text:
        raise Wrong("sentence", f"{len(text)} characters: {text[:500]!r}")
    if CANARY in text:
        raise Wrong("leaked", text[:500])


def _check_records(records: Records) -> None:
    """Attributes are text or None, columns have different names, nothing comes from elsewhere."""
    frame = records.frame
    names = [str(name).casefold() for name in frame.columns]
    if len(set(names)) < len(names):
        raise Wrong("columns", ", ".join(names)[:500])
    attributes = frame.drop(columns=frame.geometry.name)
    for name in attributes:
        for value in pd.unique(attributes[name]):
            if value is not None and not isinstance(value, str):
                raise Wrong("untyped", f"{name}: {value!r}"[:500])
            if value and CANARY in value and records.name != SECRET:
                raise Wrong("leaked", f"{name}: {value!r}"[:500])


def _check_rows(case: Case, read: Deliveries) -> None:
    deliveries, failed = read.records, read.failed
    found = sum(len(records.frame) for records in deliveries)
    told = failed or read.remarks or any(records.remarks for records in deliveries)
    if case.rows is not None and found < case.rows and not told:
        raise Wrong("lost", f"{found} of {case.rows} records, and nothing says so")
    if not case.texts or failed:
        return
    every = {
        value
        for records in deliveries
        for name in records.frame
        for value in records.frame[name]
        if isinstance(value, str)
    }
    missing = [text for text in case.texts if text and text not in every]
    if missing:
        raise Wrong("altered", f"not as written: {missing[:3]!r}")


def _check_result(result: CensusResult, total: int) -> None:
    account = result.account
    if account.read != total or account.read != account.accepted + account.rejected + account.skipped:
        raise Wrong("lost", f"{total} records, {account}")
    if account.read != sum(file.account.read for file in result.files):
        raise Wrong("lost", f"{account}, but by file {result.files}")
    if (len(result.accepted), len(result.rejected)) != (account.accepted, account.rejected + account.skipped):
        raise Wrong("lost", f"{len(result.accepted)} and {len(result.rejected)} rows, {account}")
    ids = result.accepted[fields.OBJ_ID]
    wrong = ids[ids.duplicated() | ~ids.str.fullmatch(r"[0-9]{16}")]
    if len(wrong):
        raise Wrong("ids", ", ".join(wrong[:5]))
    shapes = result.accepted.geometry.to_numpy()
    if shapely.is_missing(shapes).any() or not np.isfinite(shapely.get_coordinates(shapes)).all():
        raise Wrong("places", "accepted without a place")
    if (result.rejected[fields.REASON] == "").any():
        raise Wrong("reasons", "not taken without a reason")


def _check_again(first: CensusResult, second: CensusResult) -> None:
    """The same delivery again adds nothing."""
    if second.account.accepted:
        raise Wrong("twice", f"{second.account.accepted} of {first.account.accepted} records were taken twice")


def _check_report(deliveries: Sequence[Records], result: CensusResult) -> None:
    """No text of a file becomes markup of a report."""
    report = Report("Census")
    for remark in (*result.remarks, *(remark for records in deliveries for remark in records.remarks)):
        report.warning(str(remark))
    report.table(result.classes.itertuples(index=False), list(map(str, result.classes.columns)))
    for _, rules in result.mappings:
        report.table(rules.items())
    report.table(result.summary.astype(str).itertuples(index=False), list(map(str, result.summary.columns)))
    attributes = result.rejected.drop(columns=result.rejected.geometry.name)
    report.table(attributes.head(50).astype(str).itertuples(index=False), list(map(str, attributes.columns)))
    page = report.html()
    for mark in _MARKUP:
        if mark in page:
            raise Wrong("markup", mark)
