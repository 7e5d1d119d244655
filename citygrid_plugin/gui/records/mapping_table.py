"""The table of a wizard's mapping: our fields, each filled from a column, a constant, or a rule of a saved mapping."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import tr

NOTHING, CONSTANT, OTHER = "", "=", "{}"  # data of entries that are no columns


class MappingTable(QTableWidget):
    """Shows rules and tells what is chosen; what follows from it is the page's business.

    ``changed`` names the field of which something else was chosen or entered (``rule`` says what), ``values_wanted``
    the one whose values are to be explained.
    """

    changed = pyqtSignal(str)
    values_wanted = pyqtSignal(str)

    def __init__(self, texts: Mapping[str, str], with_values: Collection[str]) -> None:
        """``texts``: our fields, each with its title; ``with_values``: those that have values of ours."""
        super().__init__(len(texts), 4)
        self._targets = list(texts)
        self.boxes: dict[str, CompactBox] = {}
        self.lines: dict[str, QLineEdit] = {}
        self.buttons: dict[str, QPushButton] = {}
        self._shown: dict[str, str] = {}
        self.setHorizontalHeaderLabels([tr("Field"), tr("Filled from"), tr("Constant or rule"), tr("Samples")])
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        for row, (target, text) in enumerate(texts.items()):
            self._add_row(row, target, text, target in with_values)

    def _add_row(self, row: int, target: str, text: str, has_values: bool) -> None:
        label = QTableWidgetItem(text)
        label.setFlags(Qt.ItemFlag.ItemIsEnabled)
        label.setToolTip(target)
        self.setItem(row, 0, label)
        box, line = CompactBox(), QLineEdit()
        box.activated.connect(lambda _index: self.changed.emit(target))
        line.editingFinished.connect(lambda: self._edit(target))
        self.boxes[target], self.lines[target] = box, line
        cell = QWidget()
        inner = QHBoxLayout(cell)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(box, 1)
        if has_values:
            values = QPushButton(tr("Values…"))
            values.clicked.connect(lambda _checked=False: self.values_wanted.emit(target))
            inner.addWidget(values)
            self.buttons[target] = values
        self.setCellWidget(row, 1, cell)
        self.setCellWidget(row, 2, line)
        samples = QTableWidgetItem()
        samples.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.setItem(row, 3, samples)

    def _edit(self, target: str) -> None:
        """After a line was left: only what was changed counts."""
        line = self.lines[target]
        if line.isEnabled() and line.text() != self._shown.get(target, ""):
            self.changed.emit(target)

    def show_rule(
        self, target: str, rule: Mapping[str, Any], columns: Sequence[str], samples: str, *, is_asked: bool = False
    ) -> None:
        """Show a rule in its long form, and what it gives; ``is_asked``: something must be chosen here."""
        box, line, row = self.boxes[target], self.lines[target], self._targets.index(target)
        box.clear()
        box.addItem(tr("– nothing –"), NOTHING)
        box.addItem(tr("– a constant –"), CONSTANT)
        for name in columns:
            box.addItem(name, name)
        line.clear()
        if rule.keys() <= {"field", "values", "default"} and "field" in rule:
            box.setCurrentIndex(max(box.findData(rule["field"]), 0))
        elif "value" in rule:
            box.setCurrentIndex(1)
            line.setText(rule["value"])
        elif rule and rule != {"skip": True}:
            box.addItem(tr("– a rule –"), OTHER)
            box.setCurrentIndex(box.count() - 1)
            line.setText(json.dumps(rule, ensure_ascii=False))
        self._shown[target] = line.text()
        line.setEnabled(box.currentData() in (CONSTANT, OTHER))
        if target in self.buttons:
            self.buttons[target].setEnabled("field" in rule or "expression" in rule)
        self.item(row, 0).setForeground(Qt.GlobalColor.red if is_asked else self.palette().text())
        self.item(row, 3).setText(samples)

    def is_empty_constant(self, target: str) -> bool:
        """Whether a constant was chosen, and is still to be entered."""
        return self.boxes[target].currentData() == CONSTANT and not self.lines[target].text().strip()

    def rule(self, target: str, before: Mapping[str, Any]) -> dict[str, Any]:
        """The rule that is chosen now, in its long form; the same column keeps the words of the rule ``before``.

        Raises ``BadMapping``, ``BadExpression``.
        """
        from citygrid_plugin.core.records.mapping import checked_rules, json_of, long_form  # noqa: PLC0415

        kind, text = self.boxes[target].currentData(), self.lines[target].text().strip()
        if kind == CONSTANT:
            return {"value": text}
        if kind == OTHER:
            checked = checked_rules({target: json_of(text)}, [target])[target]
            return long_form(checked) or {"skip": True}
        if kind == NOTHING:
            return {"skip": True}
        return dict(before) if before.get("field") == kind else {"field": kind}
