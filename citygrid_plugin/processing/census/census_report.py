"""The report of an import of components: counts by file, class and rule, with samples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.accounts import account_rows, mapping_rows, rule_texts, said

if TYPE_CHECKING:
    import pandas as pd

    from citygrid_plugin.core.census.census_account import CensusResult
    from citygrid_plugin.core.errors import CityGridError
    from citygrid_plugin.core.records.account import Remark
    from citygrid_plugin.core.schemes import Scheme
    from citygrid_plugin.storage.readers.records import Records
    from citygrid_plugin.storage.report import Report

LEVELS = {"reject": "rejected", "skip": "skipped", "warn": "warning"}
"""Levels of rules as the report names them."""
_SHOWN = 5  # samples of a rule


def census_report(
    result: CensusResult,
    records: Sequence[Records],
    failed: Sequence[CityGridError],
    remarks: Sequence[Remark],
    scheme: Scheme,
) -> Report:
    """The whole report."""
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Component census"))
    for error in failed:
        report.warning(sentence(error))
    for remark in remarks:
        report.warning(said(remark))
    report.table(
        [
            (tr("Source"), ", ".join(dict.fromkeys(some.name for some in records))),
            (tr("Encoding"), ", ".join(dict.fromkeys(some.encoding for some in records if some.encoding)) or "–"),
            (tr("Code scheme"), scheme.title),
            (tr("Coordinate reference system"), result.accepted.crs.name),
            *account_rows(result.account),
        ]
    )
    if len(result.files) > 1:
        _files(report, result)
    _renewal(report, result)
    _rules(report, result)
    _classes(report, result, scheme)
    _mappings(report, result)
    return report


def _files(report: Report, result: CensusResult) -> None:
    report.heading(tr("Files"))
    rows = [
        (file.name, file.account.read, file.account.accepted, file.account.rejected, file.account.skipped)
        for file in result.files
    ]
    report.table(rows, (tr("File"), tr("Records read"), tr("Accepted"), tr("Rejected"), tr("Skipped")))


def _renewal(report: Report, result: CensusResult) -> None:
    """What became of the components imported before, by class."""
    from citygrid_plugin.core.census.census_changes import KINDS, TEXTS  # noqa: PLC0415

    if result.renewal is None:
        return
    report.heading(tr("Changes of the components imported before"))
    header = (tr("Code"), tr("Class"), *(tr(TEXTS[kind]) for kind in KINDS))
    report.table(result.renewal.counts.itertuples(index=False), header)


def _rules(report: Report, result: CensusResult) -> None:
    """What the rules found, and the same by file where there are several."""
    found = result.summary[result.summary["Level"] != ""]
    if not len(found):
        return
    report.heading(tr("Findings"))
    header = (tr("Finding"), tr("Rule"), tr("Level"), tr("Records"), tr("Samples"))
    texts = rule_texts()
    report.table([_finding(key, texts[key], rows) for key, rows in found.groupby("Rule", sort=False)], header)
    if len(result.files) > 1:
        report.heading(tr("Findings by file"))
        groups = found.groupby(["File", "Rule"], sort=False)
        report.table(((file, *_finding(key, texts[key], rows)) for (file, key), rows in groups), (tr("File"), *header))


def _finding(key: str, text: str, rows: pd.DataFrame) -> tuple[str, str, str, int, str]:
    """A rule, its sentence, level, count and up to five different samples."""
    samples = dict.fromkeys(text for several in rows["Samples"] if several for text in several.split("; "))
    level = tr(LEVELS[rows["Level"].iloc[0]])
    return text.format(value="…"), key, level, int(rows["Count"].sum()), "; ".join(list(samples)[:_SHOWN])


def _classes(report: Report, result: CensusResult, scheme: Scheme) -> None:
    from citygrid_plugin.core.schemes import COMPONENT  # noqa: PLC0415

    report.heading(tr("Classes"))
    report.paragraph(tr(scheme.remark))
    columns = (tr("Code"), tr("Class"), tr("Status of the code"), tr("Accepted"), tr("Rejected"), tr("Skipped"))
    report.table(result.classes.itertuples(index=False), columns)
    candidates = scheme.candidates[scheme.candidates["kind"] == COMPONENT]
    if len(candidates):
        report.heading(tr("Local classes whose code is not assigned"))
        rows = candidates[["name", "status"]].itertuples(index=False)
        report.table(rows, (tr("Class"), tr("Status of the code")))


def _mappings(report: Report, result: CensusResult) -> None:
    """The mapping of each file; files with the same one together."""
    report.heading(tr("Mapping"))
    header = (tr("Field"), tr("Filled from"))
    files: dict[str, list[str]] = {}
    for name, rules in result.mappings:
        files.setdefault(json.dumps(dict(rules), ensure_ascii=False, sort_keys=True), []).append(name)
    order = (*fields.COMPONENT, "MajorCode")
    for text, names in files.items():
        if len(result.mappings) > 1:
            report.paragraph(", ".join(names))
        rules = json.loads(text)
        report.table(mapping_rows({name: rules[name] for name in order if name in rules}), header)
