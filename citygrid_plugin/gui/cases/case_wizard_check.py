"""Last pages of the wizard that loads cases: what would become of the rows, and the loading itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import NULL, QgsFeature, QgsProcessing, QgsProcessingUtils, QgsVectorLayer
from qgis.PyQt.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWizardPage

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.records.findings import Findings, values_of
from citygrid_plugin.gui.records.run_pages import (
    Writing,
    WritingPage,
    account_text,
    rejected_title,
    report_button,
)
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.gui.texts import plain_label
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.accounts import worded
from citygrid_plugin.processing.cases.load_cases import LoadCases

from .case_run import LOAD_CASES, CaseRun

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

_COUNTS = ("OPEN_COUNT", "DUE_SOON_COUNT", "OVERDUE_COUNT", "SUSPENDED_COUNT", "CLOSED_COUNT", "VOID_COUNT")
_ADDED = {"fid", fields.ROW, fields.REASON, fields.DETAIL}  # to the columns of the list
_SHOWN, _LETTERS = 6, 30  # values of a row that tell which it is, and letters of one
_TEMPORARY = ("OUTPUT", "REJECTED", "PROBLEMS", "REPORT")


class CaseCheckPage(QWizardPage):
    """A dry run: the account, how many cases have which status, and each finding with its place."""

    def __init__(self, parameters: Callable[[], dict[str, Any]], canvas: QgsMapCanvas) -> None:
        super().__init__()
        self._parameters = parameters
        self._has_effect = False
        self._report = ""
        self.bar = QProgressBar()
        self.run = Run(LOAD_CASES, tr("The cases could not be checked."), self)
        self.run.progressed.connect(lambda share: self.bar.setValue(int(share)))
        self.run.ended.connect(self._show)
        self.setTitle(tr("Check"))
        self.setSubTitle(tr("Nothing is written yet. Click a finding to see its place on the map."))
        self.setCommitPage(True)
        self.again = QPushButton(tr("Check again"))
        self.again.clicked.connect(lambda _checked=False: self._start())
        self.report = report_button(lambda: self._report)
        self.told = plain_label()
        self.tree = Findings([tr("Finding"), tr("Records"), tr("Case or row")], 1, canvas)
        line = QHBoxLayout()
        line.addWidget(self.bar, 1)
        line.addWidget(self.again)
        line.addWidget(self.report)
        line.addStretch(0)
        column = QVBoxLayout(self)
        column.addLayout(line)
        column.addWidget(self.told)
        column.addWidget(self.tree, 1)

    def initializePage(self) -> None:
        self._start()

    def cleanupPage(self) -> None:
        self.forget()

    def isComplete(self) -> bool:
        return not self.run.is_running and self._has_effect

    def forget(self) -> None:
        """End the run."""
        self.run.forget()

    def _start(self) -> None:
        self._has_effect = False
        self.tree.clear()
        self.bar.setValue(0)
        self.bar.show()
        self.report.setEnabled(False)
        self.told.setText(tr("The cases are being checked…"))
        try:
            values = self._parameters() | dict.fromkeys(_TEMPORARY, QgsProcessing.TEMPORARY_OUTPUT)
        except CityGridError as error:
            self.run.forget()
            self._show(False, {}, sentence(error))
            return
        self.run.start(values)
        self.completeChanged.emit()

    def _show(self, successful: bool, results: dict[str, Any], message: str) -> None:
        self.bar.hide()
        if successful:
            self._has_effect = bool(int(results["ACCEPTED_COUNT"]))
            self.told.setText("\n".join((account_text(results), *_effects(results))))
            self._report = str(results.get("REPORT", ""))
            self.report.setEnabled(bool(self._report))
            self._list(results)
        else:
            self.told.setText(message or tr("Cancelled. Nothing was written."))
        self.completeChanged.emit()

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

    def _layer(self, results: dict[str, Any], name: str) -> QgsVectorLayer | None:
        layer = QgsProcessingUtils.mapLayerFromString(str(results.get(name, "")), self.run.context)
        return layer if isinstance(layer, QgsVectorLayer) else None


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
    page: WritingPage

    def lines(results: dict[str, Any]) -> list[str]:
        layer = rejected_title(results)
        text = tr("What was not taken is in the layer “{layer}” of the workspace, each row with the reason.")
        return [*_effects(results), *([text.format(layer=layer)] if layer else []), *loaded(page.run.fingerprint)]

    writing = Writing(
        title=tr("Load"),
        subtitle=tr("Into the workspace {name}").format(name=workspace.name),
        running=tr("The cases are being loaded…"),
        cancelling=tr("Loading is being cancelled…"),
        late=tr("All was written before loading could be cancelled."),
        lines=lines,
    )
    page = WritingPage(parameters, writing, CaseRun())
    return page
