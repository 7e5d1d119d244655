"""Third page of the census wizard: which column fills which field, and which value means which of ours."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.i18n import sentence, tr

from .census_sources import Source, Sources
from .texts import plain_label

if TYPE_CHECKING:
    import pandas as pd

    from citygrid_plugin.core.mapping import Rules
    from citygrid_plugin.core.schemes import Scheme
    from citygrid_plugin.storage.records import Records

TEXTS = {
    "MajorCode": "Code of the major class",
    fields.CLASS_CODE: "Class code",
    fields.CLASS_NAME: "Class name",
    fields.OBJ_ID: "Component id",
    fields.OBJ_NAME: "Name",
    fields.OBJ_STATE: "State",
    fields.INITIAL_DATE: "Initial date",
    fields.END_DATE: "End date",
    fields.DATA_SOURCE: "Source of the data",
    "DeptCode1": "Competent department, code",
    "DeptName1": "Competent department",
    "DeptCode2": "Owner, code",
    "DeptName2": "Owner",
    "DeptCode3": "Maintenance, code",
    "DeptName3": "Maintenance",
    fields.NOTE: "Note",
}
"""Fields that a user may fill, in the order of the table."""

_WITH_VALUES = (fields.CLASS_CODE, fields.CLASS_NAME, fields.OBJ_STATE, fields.DATA_SOURCE)
_NOTHING, _CONSTANT, _OTHER = "", "=", "{}"  # data of entries that are no columns
_SAMPLES = 4
_UNMATCHED = 8  # values that the page names
_VALUES_SHOWN = 500
_FILTER = "JSON (*.json)"


@dataclass
class _Group:
    """Tables with the same columns: they are mapped alike."""

    tables: list[tuple[Source, Records]]
    rules: dict[str, Any] = field(default_factory=dict)
    message: str = ""

    @property
    def frame(self) -> pd.DataFrame:
        return self.tables[0][1].frame

    @property
    def columns(self) -> list[str]:
        return [str(name) for name in self.frame.columns if name != "geometry"]

    @property
    def title(self) -> str:
        names = [records.name for _, records in self.tables]
        return (
            names[0] if len(names) == 1 else tr("{name} and {count} more").format(name=names[0], count=len(names) - 1)
        )


class MappingPage(QWizardPage):
    """A table of our fields; each is filled from a column, a constant, or a rule of a saved mapping."""

    def __init__(self, sources: Sources, workspace: Path) -> None:
        super().__init__()
        self._sources, self._workspace = sources, workspace
        self._groups: list[_Group] = []
        self._schemes: dict[int, Scheme] = {}
        self.setTitle(tr("Mapping"))
        self.setSubTitle(tr("Which column holds what? What could be told from names and values is filled in."))
        self.scheme = QComboBox()
        self.group = QComboBox()
        self.table = QTableWidget(len(TEXTS), 4)
        self.table.setHorizontalHeaderLabels([tr("Field"), tr("Filled from"), tr("Constant or rule"), tr("Samples")])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.preset = QComboBox()
        self.preset.activated.connect(lambda _index: self._take_preset())
        self.told = plain_label()
        load, save = QPushButton(tr("Load mapping…")), QPushButton(tr("Save mapping…"))
        load.clicked.connect(lambda _checked=False: self._ask_load())
        save.clicked.connect(lambda _checked=False: self._ask_save())
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for widget in (QLabel(tr("Code scheme")), self.scheme):
            top.addWidget(widget)
        top.addStretch(1)
        for widget in (QLabel(tr("Tables")), self.group):
            bottom.addWidget(widget)
        bottom.addStretch(1)
        bottom.addWidget(self.preset)
        bottom.addWidget(load)
        bottom.addWidget(save)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addLayout(bottom)
        column.addWidget(self.table, 1)
        column.addWidget(self.told)
        self._boxes: dict[str, QComboBox] = {}
        self._texts: dict[str, QLineEdit] = {}
        for row, (target, text) in enumerate(TEXTS.items()):
            self._add_row(row, target, tr(text))
        self.scheme.activated.connect(lambda _index: self._guess())
        self.group.activated.connect(lambda _index: self._show())

    # What the wizard asks for

    def initializePage(self) -> None:
        from citygrid_plugin.storage.local_classes import scheme_of  # noqa: PLC0415
        from citygrid_plugin.storage.mapping_files import PRESETS  # noqa: PLC0415
        from citygrid_plugin.storage.scheme_files import SCHEMES  # noqa: PLC0415

        if not self.preset.count():
            self.preset.addItem(tr("Preset…"), "")
            for key, text in PRESETS.items():
                self.preset.addItem(tr(text), key)
        if not self.scheme.count():
            for number, name in enumerate(SCHEMES):
                self._schemes[number] = scheme_of(self._workspace, name)
                self.scheme.addItem(tr(self._schemes[number].title))
        known = {tuple(group.columns): self._lasting(group) for group in self._groups}
        groups: dict[tuple[str, ...], _Group] = {}
        for source, records in self._sources.records:
            groups.setdefault(tuple(map(str, records.frame.columns)), _Group([])).tables.append((source, records))
        self._groups = list(groups.values())
        self.group.clear()
        self.group.addItems([group.title for group in self._groups])
        self._guess(known)  # whoever comes back finds what was chosen

    def isComplete(self) -> bool:
        return bool(self._groups) and not any(group.message for group in self._groups)

    def text(self) -> str:
        """MAPPING of the algorithm: a document for each table."""
        return json.dumps(_documents(self._groups, self._sources.all), ensure_ascii=False)

    def remember(self) -> None:
        """Keep the mappings for the next deliveries of these shapes."""
        from citygrid_plugin.core.saved_mappings import SavedMapping  # noqa: PLC0415
        from citygrid_plugin.storage.mapping_files import remember  # noqa: PLC0415

        with suppress(CityGridError):  # a memory is a help; the import is done
            for group in self._groups:
                remember(_memory(), SavedMapping(self._lasting(group), scheme=self._scheme.id), group.columns)

    # Rows

    def _add_row(self, row: int, target: str, text: str) -> None:
        label = QTableWidgetItem(text)
        label.setFlags(Qt.ItemFlag.ItemIsEnabled)
        label.setToolTip(target)
        self.table.setItem(row, 0, label)
        box, line = QComboBox(), QLineEdit()
        box.activated.connect(lambda _index: self._change(target))
        line.editingFinished.connect(lambda: self._change(target))
        self._boxes[target], self._texts[target] = box, line
        cell = QWidget()
        inner = QHBoxLayout(cell)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(box, 1)
        if target in _WITH_VALUES:
            values = QPushButton(tr("Values…"))
            values.clicked.connect(lambda _checked=False: self._ask_values(target))
            inner.addWidget(values)
        self.table.setCellWidget(row, 1, cell)
        self.table.setCellWidget(row, 2, line)
        self.table.setItem(row, 3, QTableWidgetItem())

    @property
    def _group(self) -> _Group | None:
        index = self.group.currentIndex()
        return self._groups[index] if 0 <= index < len(self._groups) else None

    @property
    def _scheme(self) -> Scheme:
        return self._schemes[max(self.scheme.currentIndex(), 0)]

    def _guess(self, known: Mapping[tuple[str, ...], Rules] = MappingProxyType({})) -> None:
        """Rules by the columns, else those that were used for such tables before, else what names and values tell."""
        from citygrid_plugin.storage.mapping_files import recall  # noqa: PLC0415

        for group in self._groups:
            rules = known.get(tuple(group.columns))
            if rules is None:
                before = recall(_memory(), group.columns)
                rules = before.rules if before is not None and before.scheme == self._scheme.id else {}
            self._complete(group, rules)
        self._show()

    def _lasting(self, group: _Group) -> dict[str, Any]:
        """The rules of a group, without the class that only the name of a file says."""
        from citygrid_plugin.core.component_mapping import lasting_rules  # noqa: PLC0415

        return lasting_rules(group.rules, self._scheme, group.tables[0][1].title)

    def _take_preset(self) -> None:
        """Rules of a preset, fitted to the table and the scheme."""
        from citygrid_plugin.storage.mapping_files import preset  # noqa: PLC0415

        group, name = self._group, self.preset.currentData()
        if group is None or not name:
            return
        fitted = preset(name).fitted(group.columns, self._scheme)
        self._complete(group, fitted.rules)
        self._show()
        if fitted.left_out and not group.message:
            names = ", ".join(f"{tag} ({word})" for tag, word in fitted.left_out)
            self.told.setText(tr("The code scheme has no class for: {names}.").format(names=names))

    def _complete(self, group: _Group, rules: Mapping[str, Any]) -> None:
        """Rules with what they leave out guessed; a table without any class is a message."""
        from citygrid_plugin.core.component_mapping import component_mapping  # noqa: PLC0415

        group.rules, group.message = dict(rules), ""
        try:
            for _, records in group.tables:
                found, _ = component_mapping(records.frame, rules, self._scheme, records.title)
                group.rules = {**found, **group.rules}
        except CityGridError as error:
            group.message = sentence(error)
        if (
            len(group.tables) > 1
            and fields.CLASS_CODE not in rules
            and "value" in _rule(group.rules, fields.CLASS_CODE)
        ):
            del group.rules[fields.CLASS_CODE]  # each file is named after its own class

    def _show(self) -> None:
        group = self._group
        if group is None:
            return
        columns = group.columns
        for row, target in enumerate(TEXTS):
            rule, box, line = _rule(group.rules, target), self._boxes[target], self._texts[target]
            box.clear()
            box.addItem(tr("– nothing –"), _NOTHING)
            box.addItem(tr("– a constant –"), _CONSTANT)
            for name in columns:
                box.addItem(name, name)
            if rule.keys() <= {"field", "values", "default"} and "field" in rule:
                box.setCurrentIndex(max(box.findData(rule["field"]), 0))
                line.clear()
            elif "value" in rule:
                box.setCurrentIndex(1)
                line.setText(rule["value"])
            elif rule and rule != {"skip": True}:
                box.addItem(tr("– a rule –"), _OTHER)
                box.setCurrentIndex(box.count() - 1)
                line.setText(json.dumps(rule, ensure_ascii=False))
            else:
                line.clear()
            line.setEnabled(box.currentData() in (_CONSTANT, _OTHER))
            self.table.item(row, 3).setText(_samples(group, target))
        self.told.setText(group.message or self._unmatched(group))
        self.completeChanged.emit()

    def _unmatched(self, group: _Group) -> str:
        """The values that mean nothing to us, the most frequent first."""
        from citygrid_plugin.core.component_mapping import known_values  # noqa: PLC0415
        from citygrid_plugin.core.mapping import unmatched  # noqa: PLC0415

        counts: Counter[tuple[str, str]] = Counter()
        for _, records in group.tables:
            found = unmatched(records.frame, group.rules, known_values(self._scheme, group.rules), records.name)
            counts.update({(row.Target, row.Value): row.Count for row in found.itertuples()})
        if not counts:
            return ""
        labels = {target: tr(text) for target, text in TEXTS.items()}
        shown = ", ".join(
            f"{labels.get(target, target)} “{value}” ({count:,})"
            for (target, value), count in counts.most_common(_UNMATCHED)
        )
        return tr("{count} values are not known: {values}. “Values…” says what they mean.").format(
            count=f"{len(counts):,}", values=shown + (" …" if len(counts) > _UNMATCHED else "")
        )

    def _change(self, target: str) -> None:
        group = self._group
        if group is None:
            return
        kind, text = self._boxes[target].currentData(), self._texts[target].text().strip()
        before = _rule(group.rules, target)
        rules = {name: rule for name, rule in group.rules.items() if name != target}
        if kind == _CONSTANT:
            rules[target] = {"value": text}
        elif kind == _OTHER:
            rules[target] = _parsed(text) or before
        elif kind == _NOTHING:
            rules[target] = {"skip": True}
        else:
            rules[target] = before if before.get("field") == kind else {"field": kind}
        self._complete(group, rules)
        self._show()

    # Dialogs

    def _ask_values(self, target: str) -> None:
        group = self._group
        rule = _rule(group.rules, target) if group is not None else {}
        if group is None or "field" not in rule:
            return
        dialog = _ValuesDialog(group, target, rule, self._scheme, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            group.rules[target] = {**rule, "values": dialog.values()}
            self._show()

    def _ask_load(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Load mapping"), "", _FILTER)
        group = self._group
        if not name or group is None:
            return
        from citygrid_plugin.storage.mapping_files import load_mapping  # noqa: PLC0415

        try:
            rules = load_mapping(Path(name)).rules
        except CityGridError as error:
            self.told.setText(sentence(error))
            return
        self._complete(group, rules)
        self._show()

    def _ask_save(self) -> None:
        group = self._group
        name, _ = QFileDialog.getSaveFileName(self, tr("Save mapping"), "", _FILTER)
        if not name or group is None:
            return
        from citygrid_plugin.core.saved_mappings import SavedMapping, fingerprint  # noqa: PLC0415
        from citygrid_plugin.storage.mapping_files import save_mapping  # noqa: PLC0415

        path = Path(name) if name.lower().endswith(".json") else Path(name + ".json")
        mapping = SavedMapping(self._lasting(group), path.stem, self._scheme.id, columns=fingerprint(group.columns))
        try:
            save_mapping(path, mapping)
        except CityGridError as error:
            self.told.setText(sentence(error))


class _ValuesDialog(QDialog):
    """What the values of a column mean; the most frequent first."""

    def __init__(self, group: _Group, target: str, rule: Mapping[str, Any], scheme: Scheme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Values of “{column}”").format(column=rule["field"]))
        self.resize(520, 480)
        counts = _counts(group, rule["field"])
        known = _known(target, scheme)
        self._given = dict(rule.get("values", {}))
        self.table = QTableWidget(len(counts), 3)
        self.table.setHorizontalHeaderLabels([tr("In the file"), tr("Records"), tr("Means")])
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self._boxes: dict[str, QComboBox] = {}
        for row, (value, count) in enumerate(counts.items()):
            for column, text in enumerate((value, f"{count:,}")):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.table.setItem(row, column, item)
            box = QComboBox()
            box.setEditable(True)
            box.addItems(["", *known])
            box.setCurrentText(self._given.get(value, ""))
            box.lineEdit().setPlaceholderText(tr("as it is"))
            self.table.setCellWidget(row, 2, box)
            self._boxes[value] = box
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.table)
        column.addWidget(buttons)

    def values(self) -> dict[str, str]:
        """Their value: ours, for those that mean another one; values that are not shown keep their meaning."""
        shown = {value: box.currentText().split(" ")[0].strip() for value, box in self._boxes.items()}
        kept = {value: ours for value, ours in self._given.items() if value not in shown}
        return kept | {value: ours for value, ours in shown.items() if ours}


def _memory() -> Path:
    """The folder of remembered mappings, in the user's profile."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "citygrid" / "mappings"


def _known(target: str, scheme: Scheme) -> list[str]:
    """Our values of a field."""
    from citygrid_plugin.core.component_words import SOURCES, STATES  # noqa: PLC0415
    from citygrid_plugin.core.schemes import COMPONENT  # noqa: PLC0415

    names = scheme.names(COMPONENT)
    return {
        fields.CLASS_CODE: [f"{code} {name}" for code, name in names.items()],
        fields.CLASS_NAME: list(names.values()),
        fields.OBJ_STATE: list(STATES),
        fields.DATA_SOURCE: list(SOURCES),
    }[target]


def _counts(group: _Group, column: str) -> dict[str, int]:
    """Records by value, the most frequent first."""
    import pandas as pd  # noqa: PLC0415

    values = pd.concat([records.frame[column] for _, records in group.tables]).dropna().astype(str).str.strip()
    counts = values[values != ""].value_counts()
    return {str(value): int(count) for value, count in counts.head(_VALUES_SHOWN).items()}


def _rule(rules: Mapping[str, Any], target: str) -> dict[str, Any]:
    """A rule in its long form; empty where there is none."""
    rule = rules.get(target)
    if rule is None:
        return {}
    return {"field": rule} if isinstance(rule, str) else dict(rule)


def _parsed(text: str) -> dict[str, Any]:
    try:
        rule = json.loads(text)
    except ValueError:
        return {}
    return rule if isinstance(rule, dict) else {}


def _samples(group: _Group, target: str) -> str:
    """The first different values that a field gets."""
    from citygrid_plugin.core.mapping import mapped  # noqa: PLC0415

    if target not in group.rules:
        return ""
    try:
        values = mapped(group.frame.head(1000), group.rules, [target], "")[target]
    except CityGridError as error:
        return sentence(error)
    return ", ".join(values[values != ""].astype(str).unique()[:_SAMPLES])


def _documents(groups: Sequence[_Group], sources: Sequence[Source]) -> list[dict[str, Any]]:
    """Saved mappings: how each source is read, and how each table is mapped."""
    from citygrid_plugin.core.datum import Datum  # noqa: PLC0415
    from citygrid_plugin.core.saved_mappings import SavedMapping  # noqa: PLC0415

    reading = {
        source.path.name: SavedMapping(
            {}, file=source.path.name, encoding=source.encoding, crs=source.crs, xy=source.xy, datum=Datum(source.datum)
        )
        for source in sources
    }
    tables = []
    for group in groups:
        for source, records in group.tables:
            name = PurePosixPath(records.file).name
            tables.append(replace(reading[source.path.name], rules=group.rules, file=name, table=records.layer))
    named = {(mapping.file, mapping.table) for mapping in tables}
    whole = [mapping for mapping in reading.values() if (mapping.file, "") not in named]
    return [mapping.as_dict() for mapping in (*whole, *tables)]
