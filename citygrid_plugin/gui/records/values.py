"""Dialog of a wizard: which of our values a value of a list means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QStandardItem, QStandardItemModel
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from citygrid_plugin.gui.texts import plain_label
from citygrid_plugin.gui.widgets import CompactBox, answers, fitting
from citygrid_plugin.i18n import tr

_SHOWN = 500
_SIZE = QSize(560, 480)
_VALUE = Qt.ItemDataRole.UserRole


class ValuesDialog(QDialog):
    """What the values of a column mean: first those that we do not know, the most frequent first."""

    def __init__(
        self,
        column: str,
        counts: Sequence[tuple[str, int, bool]],
        known: Sequence[tuple[str, str]],
        given: Mapping[str, str],
        parent: QWidget,
        understood: Mapping[str, str] | None = None,
    ) -> None:
        """``counts``: value, records, if known. ``known``: text and value of ours. ``given``: theirs, ours.

        ``understood``: what values mean where nobody says otherwise, if it is another word than theirs.
        """
        super().__init__(parent)
        self._given, self._understood = dict(given), understood or {}
        self._boxes: dict[str, QComboBox] = {}
        self.setWindowTitle(tr("Values of “{column}”").format(column=column))
        self.resize(fitting(parent, _SIZE))
        self._model = QStandardItemModel(self)
        for text, value in (("", ""), *known):
            item = QStandardItem(text)
            item.setData(value, _VALUE)
            self._model.appendRow(item)
        shown = counts[:_SHOWN]
        self.table = QTableWidget(len(shown), 3)
        self.table.setHorizontalHeaderLabels([tr("In the file"), tr("Records"), tr("Means")])
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        for row, (value, count, is_known) in enumerate(shown):
            self._add_row(row, value, count, is_known)
        self.table.resizeColumnToContents(0)
        column_of_all = QVBoxLayout(self)
        column_of_all.addWidget(self.table)
        if len(counts) > len(shown):
            text = tr("{shown} of {count} values are shown; the others keep what they mean now.")
            column_of_all.addWidget(plain_label(text.format(shown=f"{len(shown):,}", count=f"{len(counts):,}")))
        column_of_all.addWidget(answers(self, tr("OK")))

    def _add_row(self, row: int, value: str, count: int, is_known: bool) -> None:
        for column, text in enumerate((value, f"{count:,}")):
            item = QTableWidgetItem(text)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            if not is_known:
                item.setForeground(Qt.GlobalColor.red)
            self.table.setItem(row, column, item)
        box = CompactBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setModel(self._model)
        # Not the usual completion in the line, which makes another class of the beginning of its name.
        box.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        box.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        ours = self._given.get(value, "")
        at = box.findData(ours, _VALUE)
        if at >= 0:
            box.setCurrentIndex(at)
        else:
            box.setEditText(ours)
        usual = self._understood.get(value) or tr("as it is")
        box.lineEdit().setPlaceholderText(usual if is_known else tr("not known: what does it mean?"))
        self.table.setCellWidget(row, 2, box)
        self._boxes[value] = box

    def values(self) -> dict[str, str]:
        """Their value: ours, for those that mean another one; values that are not shown keep their meaning."""
        shown = {value: _meant(box) for value, box in self._boxes.items()}
        kept = {value: ours for value, ours in self._given.items() if value not in shown}
        return kept | {value: ours for value, ours in shown.items() if ours}


def _meant(box: QComboBox) -> str:
    """The value of an entry, else what was typed."""
    text = box.currentText().strip()
    at = box.findText(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
    return str(box.itemData(at, _VALUE)) if at >= 0 else text
