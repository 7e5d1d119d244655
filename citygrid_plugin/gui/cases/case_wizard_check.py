"""Last pages of the wizard that loads cases: what would become of the rows, and the loading itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import NULL, QgsFeature, QgsProcessing, QgsVectorLayer

from citygrid_plugin.core import fields
from citygrid_plugin.gui.records.findings import Findings, values_of
from citygrid_plugin.gui.records.run_pages import DryRunPage, Writing, WritingPage, rejected_title
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import worded
from citygrid_plugin.processing.cases.load_cases import LoadCases

from .case_run import LOAD_CASES, CaseRun

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

_COUNTS = ("OPEN_COUNT", "DUE_SOON_COUNT", "OVERDUE_COUNT", "SUSPENDED_COUNT", "CLOSED_COUNT", "VOID_COUNT")
_ADDED = {"fid", fields.ROW, fields.REASON, fields.DETAIL}  # to the columns of the list
_SHOWN, _LETTERS = 6, 30  # values of a row that tell which it is, and letters of one
_TEMPORARY = ("OUTPUT", "REJECTED", "PROBLEMS", "REPORT")


class CaseCheckPage(DryRunPage):
    """A dry run: the account, how many cases have which status, and each finding with its place."""

    def __init__(self, parameters: Callable[[], dict[str, Any]], canvas: QgsMapCanvas) -> None:
        run = Run(LOAD_CASES, tr("The cases could not be checked."))
        tree = Findings([tr("Finding"), tr("Records"), tr("Case or row")], 1, canvas)
        super().__init__(parameters, run, tr("The cases are being checked…"), tree)
        self._lay_out()

    def _asked(self) -> dict[str, Any]:
        return self._parameters() | dict.fromkeys(_TEMPORARY, QgsProcessing.TEMPORARY_OUTPUT)

    def _account(self, results: dict[str, Any]) -> tuple[bool, list[str]]:
        return bool(int(results["ACCEPTED_COUNT"])), _effects(results)

    def _list(self, results: dict[str, Any]) -> None:
        """What was not taken, then what does not fit about the cases."""
        from citygrid_plugin.core.cases.case_problems import PROBLEM_TITLES  # noqa: PLC0415

        rejected, problems = (self._layer(results, name) for name in ("REJECTED", "PROBLEMS"))
        if rejected is not None:
            titles = {key: tr("Not taken: {reason}").format(reason=worded(key)) for key in _kinds(rejected)}
            self.tree.add(rejected, fields.REASON, titles, _rejected_row)
        if problems is not None:
            titles = {kind: tr(text) for kind, text in PROBLEM_TITLES.items()}
            self.tree.add(problems, fields.PROBLEM_KIND, titles, _problem_row)
        self.tree.resizeColumnToContents(1)


def _kinds(layer: QgsVectorLayer) -> set[str]:
    return set(values_of(layer, fields.REASON))


def _rejected_row(feature: QgsFeature) -> tuple[str, str]:
    """The beginning of a row, by which it is known again, and its number."""
    own = (
        str(value)
        for name, value in zip(feature.fields().names(), feature.attributes(), strict=True)
        if name not in _ADDED and value not in (None, NULL, "")
    )
    shown = " · ".join(text[:_LETTERS] for text in itertools.islice(own, _SHOWN))
    return shown, tr("row {row}").format(row=feature[fields.ROW])


def _problem_row(feature: QgsFeature) -> tuple[str, str]:
    return str(feature[fields.TEXT]), str(feature[fields.CASE_ID])


def _effects(results: dict[str, Any]) -> list[str]:
    """How many cases have which status, and what stands out."""
    titles = [tr(title) for title in LoadCases.STATUS_TITLES.values()]
    counts = [f"{title} {int(results[key]):,}" for key, title in zip(_COUNTS, titles, strict=True)]
    told = [tr("Status now: {counts}.").format(counts=", ".join(counts))]
    if int(results["REPEAT_COUNT"]):
        told.append(tr("Repeated reports: {count}.").format(count=f"{int(results['REPEAT_COUNT']):,}"))
    if not int(results["ACCEPTED_COUNT"]):
        told.append(tr("No case would be taken: go back and look at the mapping and the coordinates."))
    return told


def loading_page(
    parameters: Callable[[], dict[str, Any]], loaded: Callable[[str], list[str]], workspace: Path
) -> WritingPage:
    """The loading itself; ``loaded`` gets the fingerprint of the source, and returns what is to be said."""
    run = CaseRun()

    def lines(results: dict[str, Any]) -> list[str]:
        layer = rejected_title(results)
        text = tr("What was not taken is in the layer “{layer}” of the workspace, each row with the reason.")
        return [*_effects(results), *([text.format(layer=layer)] if layer else []), *loaded(run.fingerprint)]

    writing = Writing(
        title=tr("Load"),
        subtitle=tr("Into the workspace {name}").format(name=workspace.name),
        running=tr("The cases are being loaded…"),
        cancelling=tr("Loading is being cancelled…"),
        late=tr("All was written before loading could be cancelled."),
        lines=lines,
    )
    return WritingPage(parameters, writing, run)
