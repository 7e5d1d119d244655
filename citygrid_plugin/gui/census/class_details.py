"""What is known of one class: its status, names, departments, and what it becomes in other schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QAction, QFont, QResizeEvent
from qgis.PyQt.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from citygrid_plugin.gui.texts import GREY, plain_label
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citygrid_plugin.core.schemes import Scheme

CLASS_KINDS = {"component": "Component", "event": "Event"}
CLASS_STATUSES = {
    "corroborated": "corroborated: several tables agree",
    "inferred": "inferred from other tables",
    "recalled": "recalled from memory, so no rule",
    "one secondary source": "from one secondary source",
    "one city's table": "from one city's table",
    "local class of one city": "local class of one city, as an example",
    "named in a public description of the Chongqing system; its code is not published": (
        "named in a public description of the Chongqing system; its code is not published"
    ),
}
CLASS_GEOMETRIES = {"point": "point", "line": "line", "polygon": "polygon"}
_FEW = 16  # other names that are shown
_LARGE = 1.35  # size of the heading, in that of the text


class ClassDetails(QScrollArea):
    """One class of a scheme, as plain text that can be selected."""

    def __init__(self, copy: QAction) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._heading = _label()
        font = QFont(self._heading.font())
        font.setPointSizeF(font.pointSizeF() * _LARGE)
        font.setBold(True)
        self._heading.setFont(font)
        self._button = QToolButton()
        self._button.setDefaultAction(copy)
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.addWidget(self._heading)
        column.addWidget(self._button)
        column.addLayout(self._form)
        column.addStretch(1)
        self.setWidget(inner)
        self.show_nothing()

    def rows(self) -> dict[str, str]:
        """What is shown: text by caption."""
        result = {}
        for row in range(self._form.rowCount()):
            caption, text = (
                self._form.itemAt(row, role).widget()
                for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
            )
            result[caption.text()] = text.text()
        return result

    def show_nothing(self) -> None:
        """No class is chosen."""
        self._show(tr("Choose a class on the left."), has_code=False, rows=())

    def show_class(self, scheme: Scheme, row: Any) -> None:  # noqa: ANN401 - a row of Scheme.listed
        """Show a row of ``Scheme.listed``."""
        rows = [
            (tr("English (our translation)"), row["name_en"]),
            (tr("Kind"), tr(CLASS_KINDS[row["kind"]])),
            (tr("Major"), f"{row['major_code']} {row['major_name']}"),
            (tr("Code"), "" if row["code"] else tr("not assigned; load the city's own table")),
            (tr("Known how"), _status(row["status"])),
            (tr("Geometry"), _geometry(scheme, row)),
            (tr("Departments in Chongqing"), _departments(scheme, row)),
            (tr("Other names (ours)"), _aliases(scheme, row)),
            *_elsewhere(scheme, row),
        ]
        self._show(f"{row['code']} {row['name']}".strip(), has_code=bool(row["code"]), rows=rows)

    def _show(self, heading: str, *, has_code: bool, rows: Iterable[tuple[str, str]]) -> None:
        self._heading.setText(heading)
        self._button.setVisible(has_code)
        while self._form.rowCount():
            self._form.removeRow(0)
        for caption, text in rows:
            if text:
                self._form.addRow(_label(caption, grey=True), _label(text))
        self._stretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stretch()

    def _stretch(self) -> None:
        """Give texts of several lines their height, which a scroll area does not ask for."""
        self.widget().setMinimumHeight(self.widget().layout().totalHeightForWidth(self.viewport().width()))


def _label(text: str = "", *, grey: bool = False) -> QLabel:
    """A caption, or a name out of a file, which can be selected."""
    if grey:
        label = plain_label(text, GREY)
        label.setWordWrap(False)
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    else:
        label = plain_label(text)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _status(status: str) -> str:
    """How well a row is known; of a local class the table that it comes from."""
    if status in CLASS_STATUSES:
        return tr(CLASS_STATUSES[status])
    return tr("local class, from {table}").format(table=status)


def _geometry(scheme: Scheme, row: Any) -> str:  # noqa: ANN401
    if row["geometry"] not in CLASS_GEOMETRIES:
        return ""
    text = tr(CLASS_GEOMETRIES[row["geometry"]])
    classes = scheme.classes
    known = classes.loc[(classes["kind"] == row["kind"]) & (classes["code"] == row["code"]), "geometry_status"]
    if (known == "recalled").any():
        return tr("{geometry} (recalled from memory, so no rule)").format(geometry=text)
    return text


def _departments(scheme: Scheme, row: Any) -> str:  # noqa: ANN401
    owners = scheme.owners(row["kind"], scheme.departments_prefix).get(row["code"], [])
    if len(owners) < 2:  # noqa: PLR2004 - one
        return "".join(owners)
    text = tr("{departments}. Several answer for it, so an import asks and fills in none.")
    return text.format(departments=" / ".join(owners))


def _aliases(scheme: Scheme, row: Any) -> str:  # noqa: ANN401
    aliases = scheme.aliases
    names = list(aliases.loc[(aliases["kind"] == row["kind"]) & (aliases["code"] == row["code"]), "alias"])
    shown = "、".join(names[:_FEW])
    if len(names) > _FEW:
        return tr("{names} and {count} more").format(names=shown, count=len(names) - _FEW)
    return shown


def _elsewhere(scheme: Scheme, row: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """What becomes of the class in each other scheme."""
    from citygrid_plugin.core.class_crosswalk import TEXTS, counterparts  # noqa: PLC0415 - loads pandas
    from citygrid_plugin.storage.scheme_files import SCHEMES, load_scheme  # noqa: PLC0415

    result = []
    for other in (load_scheme(name) for name in SCHEMES if name != scheme.id and row["code"]):
        found = counterparts(scheme, other, row["kind"], row["code"])
        how = tr(TEXTS[found[0][1]])
        names = "\n".join(f"{code} {other.names(row['kind'])[code]}" for code, _ in found if code)
        result.append((other.title, f"{names}\n({how})" if names else how))
    return result
