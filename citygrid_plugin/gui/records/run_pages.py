"""What the last pages of a wizard share: the check before the run that writes, that run, and the account in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qgis.core import QgsProcessing, QgsProcessingUtils, QgsVectorLayer
from qgis.PyQt.QtCore import QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget, QWizard, QWizardPage

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.gui.texts import plain_label
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.project import title_of
from citygrid_plugin.storage.workspace import kind_of

from .findings import Findings

_COUNTS = ("READ_COUNT", "ACCEPTED_COUNT", "REJECTED_COUNT", "SKIPPED_COUNT")
_LAYER = "|layername="  # between file and layer in the source of a layer


@dataclass(frozen=True)
class Writing:
    """What a page of writing says: translated texts; ``lines``: what to say of the results."""

    title: str
    subtitle: str
    running: str
    cancelling: str
    late: str
    lines: Callable[[dict[str, Any]], list[str]]


class _RunPage(QWizardPage):
    """A page with a run that begins when the page is shown, and can be begun again; its report can be opened."""

    def __init__(self, parameters: Callable[[], dict[str, Any]], run: Run, again: str) -> None:
        super().__init__()
        self._parameters = parameters
        self._report = ""
        self.bar = QProgressBar()
        self.run = run
        self.run.setParent(self)
        self.run.progressed.connect(lambda share: self.bar.setValue(int(share)))
        self.run.ended.connect(self._show)
        self.told = plain_label()
        self.again = QPushButton(again)
        self.again.clicked.connect(lambda _checked=False: self._start())
        self.report = QPushButton(tr("Open report"))
        self.report.clicked.connect(lambda _checked=False: self._open_report())

    def initializePage(self) -> None:
        self._start()

    def forget(self) -> None:
        """End the run; what it has written so far is not seen."""
        self.run.forget()

    def _start(self) -> None:
        raise NotImplementedError

    def _show(self, successful: bool, results: dict[str, Any], message: str) -> None:
        raise NotImplementedError

    def _open_report(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._report))


class DryRunPage(_RunPage):
    """A run that writes nothing: the account, and each finding with its place. Errors block Next, warnings do not.

    A subclass says what is run (``_asked``), what comes of it (``_account``), lists the findings (``_list``), and lays
    itself out (``_lay_out``).
    """

    def __init__(self, parameters: Callable[[], dict[str, Any]], run: Run, running: str, tree: Findings) -> None:
        """``running``: what is said meanwhile."""
        super().__init__(parameters, run, tr("Check again"))
        self._running = running
        self._has_effect = False
        self.setTitle(tr("Check"))
        self.setSubTitle(tr("Nothing is written yet. Click a finding to see its place on the map."))
        self.setCommitPage(True)
        self.tree = tree

    def _lay_out(self, *choices: QWidget) -> None:
        """``choices``, then the run, then the findings."""
        line = QHBoxLayout()
        line.addWidget(self.bar, 1)
        line.addWidget(self.again)
        line.addWidget(self.report)
        line.addStretch(0)
        column = QVBoxLayout(self)
        for choice in choices:
            column.addWidget(choice)
        column.addLayout(line)
        column.addWidget(self.told)
        column.addWidget(self.tree, 1)

    def cleanupPage(self) -> None:
        self.forget()

    def isComplete(self) -> bool:
        return not self.run.is_running and self._has_effect

    def _asked(self) -> dict[str, Any]:
        """The parameters of the run, with temporary outputs. Raises ``CityGridError``."""
        raise NotImplementedError

    def _account(self, results: dict[str, Any]) -> tuple[bool, list[str]]:
        """Whether writing would have an effect, and what to say of the results beside the account."""
        raise NotImplementedError

    def _list(self, results: dict[str, Any]) -> None:
        """List the findings."""
        raise NotImplementedError

    def _layer(self, results: dict[str, Any], name: str) -> QgsVectorLayer | None:
        """A temporary layer of the run; None where there is none."""
        layer = QgsProcessingUtils.mapLayerFromString(str(results.get(name, "")), self.run.context)
        return layer if isinstance(layer, QgsVectorLayer) else None

    def _start(self) -> None:
        self._has_effect = False
        self.tree.clear()
        self.bar.setValue(0)
        self.bar.show()
        self.report.setEnabled(False)
        self.told.setText(self._running)
        try:
            values = self._asked()
        except CityGridError as error:
            self.run.forget()
            self._show(False, {}, sentence(error))
            return
        self.run.start(values)
        self.completeChanged.emit()

    def _show(self, successful: bool, results: dict[str, Any], message: str) -> None:
        self.bar.hide()
        if successful:
            self._has_effect, lines = self._account(results)
            self.told.setText("\n".join((account_text(results), *lines)))
            self._report = str(results.get("REPORT", ""))
            self.report.setEnabled(bool(self._report))
            self._list(results)
        else:
            self.told.setText(message or tr("Cancelled. Nothing was written."))
        self.completeChanged.emit()


class WritingPage(_RunPage):
    """The last page: the run that writes into the workspace; ``written`` once it has."""

    written = pyqtSignal()

    def __init__(self, parameters: Callable[[], dict[str, Any]], writing: Writing, run: Run) -> None:
        super().__init__(parameters, run, tr("Try again"))
        self._writing = writing
        self._ended = False
        self.setTitle(writing.title)
        self.setSubTitle(writing.subtitle)
        self.setFinalPage(True)
        line = QHBoxLayout()
        line.addWidget(self.again)
        line.addWidget(self.report)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self.bar)
        column.addWidget(self.told)
        column.addLayout(line)
        column.addStretch(1)

    def isComplete(self) -> bool:
        return self._ended

    def stop(self) -> bool:
        """Cancel the run if it goes on; what became of it is said when it has ended."""
        if not self.run.is_running:
            return False
        self.told.setText(self._writing.cancelling)
        self.wizard().button(QWizard.WizardButton.CancelButton).setEnabled(False)
        self.run.cancel()
        return True

    def _start(self) -> None:
        self._ended = False
        self.told.setText(self._writing.running)
        self.bar.setValue(0)
        self.bar.show()
        self.again.hide()
        self.report.hide()
        try:
            values = self._parameters()
        except CityGridError as error:
            self._show(False, {}, sentence(error))
            return
        self._offer_cancel(True)
        self.run.start(values | {"REPORT": QgsProcessing.TEMPORARY_OUTPUT})
        self.completeChanged.emit()

    def _offer_cancel(self, offered: bool) -> None:
        self.wizard().setOption(QWizard.WizardOption.NoCancelButtonOnLastPage, not offered)
        self.wizard().button(QWizard.WizardButton.CancelButton).setEnabled(offered)

    def _show(self, successful: bool, results: dict[str, Any], message: str) -> None:
        self._ended = True
        is_written = bool(results)  # a run that was cancelled when all was written has not been successful
        self._offer_cancel(False)
        self.bar.setVisible(is_written)
        self.bar.setValue(100)
        self.again.setVisible(not is_written)
        self._report = str(results.get("REPORT", ""))
        self.report.setVisible(bool(self._report))
        if is_written:
            late = [] if successful else [self._writing.late]
            self.told.setText("\n".join((*late, account_text(results), *self._writing.lines(results))))
            self.written.emit()
        else:
            self.told.setText(message or tr("Cancelled. Nothing was written."))
        self.completeChanged.emit()


def account_counts(results: dict[str, Any]) -> list[int]:
    """Read, accepted, rejected, skipped."""
    return [int(results[name]) for name in _COUNTS]


def account_text(results: dict[str, Any]) -> str:
    """The account in one sentence."""
    read, accepted, rejected, skipped = (f"{count:,}" for count in account_counts(results))
    return tr("{read} records read: {accepted} accepted, {rejected} rejected, {skipped} skipped.").format(
        read=read, accepted=accepted, rejected=rejected, skipped=skipped
    )


def rejected_title(results: dict[str, Any]) -> str:
    """What the layer of the workspace is called that holds what was not taken; empty where all was."""
    _, _, layer = str(results.get("REJECTED", "")).partition(_LAYER)
    _, _, rejected, skipped = account_counts(results)
    if not layer or not rejected + skipped:
        return ""
    kind = kind_of(layer)
    return layer if kind is None else title_of(kind, layer)
