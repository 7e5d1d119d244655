"""The panel "Correct": tools for the unit grid, its unsaved changes, and the check list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from qgis.core import QgsVectorLayer
from qgis.PyQt.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.edit_panel import EditPanel
from citygrid_plugin.gui.texts import praise
from citygrid_plugin.gui.widgets import wide_button
from citygrid_plugin.i18n import sentence, tr

from .grid_problems import PROBLEMS_LAYER, ProblemList

if TYPE_CHECKING:
    import pandas as pd

    from citygrid_plugin.gui.map_tools import HintTool

    from .grid_layer import Done, GridLayer

_CROSSWALK = "crosswalk"
_DERIVED = ("owned_grid", "zoned_grid")  # made from the unit grid; correcting them would be lost
_NAME_PROPERTY = "citygrid/layer"
_FEW = 2  # codes that a message names one by one


class GridPanel(EditPanel):
    """Corrects the unit grid by hand."""

    LAYER = "unit_grid"
    NEEDED = (fields.BGID, fields.COMMUNITY_CODE, fields.END_DATE)
    NAME = "grid"

    _rows: pd.DataFrame | None = None  # of the crosswalk, while QGIS saves

    # What others ask for

    @property
    def grid(self) -> GridLayer | None:
        """The layer under correction, for the tools."""
        from .grid_layer import GridLayer  # noqa: PLC0415 - loads shapely and pandas

        return GridLayer(self._layer) if self._layer is not None else None

    def forget(self) -> None:
        super().forget()
        self.problems.forget()

    # What the tools say

    def done(self, done: Done) -> None:
        """Tell which codes an action closed and gave."""
        if not done.added and not done.closed:
            text = tr("Done. All codes stay as they were.")
        else:
            parts = [
                title.format(codes=_listed(codes))
                for title, codes in ((tr("Closed: {codes}."), done.closed), (tr("New: {codes}."), done.added))
                if codes
            ]
            text = tr("Done.") + " " + " ".join(parts)
        self._iface.messageBar().clearWidgets()
        praise(self._iface.messageBar(), text)

    # What the panel is

    def _tool_titles(self) -> dict[str, tuple[str, str]]:
        return {
            "split": (tr("Split"), tr("Draw a line that divides unit grids")),
            "merge": (tr("Merge"), tr("Choose unit grids side by side and make one of them")),
            "move": (tr("Move limit"), tr("Drag a vertex or a limit that unit grids share; no gap opens")),
            "renumber": (tr("Renumber"), tr("Give all unit grids of a community new codes in order")),
        }

    def _tool_types(self) -> Mapping[str, Callable[..., HintTool]]:
        from .grid_tools import TOOLS  # noqa: PLC0415 - loads shapely and pandas

        return TOOLS

    def _is_fit(self, layer: QgsVectorLayer) -> bool:
        return layer.customProperty(_NAME_PROPERTY) not in _DERIVED and layer.fields().lookupField(fields.BGID) >= 0

    def _no_layer(self) -> str:
        return tr("There is no unit grid on the map. Open a workspace, or add a polygon layer with BGID.")

    def _lost_log(self) -> str:
        return tr("The unit grid has unsaved changes. While CityGrid is off, saving writes no crosswalk.")

    def _save_tip(self) -> str:
        return tr("Save the unit grid, and add what became of its codes to the crosswalk")

    # Saving

    def _before_saving(self, *_stops: object) -> None:
        """Before QGIS saves, by whatever button: what the crosswalk will say."""
        grid = self.grid
        self._rows = grid.crosswalk() if grid is not None else None

    def _after_saving(self) -> None:
        """After QGIS has saved: write it down."""
        rows, self._rows = self._rows, None
        layer = self._layer
        self.saved.emit()
        if rows is None or not len(rows) or layer is None:
            return
        from citygrid_plugin.storage.layers import add_to_layer  # noqa: PLC0415 - loads pandas

        from .grid_layer import workspace_of  # noqa: PLC0415

        table = rows.to_csv(index=False)
        workspace = workspace_of(layer)
        if workspace is None:
            text = tr(
                "“{layer}” is not the unit grid of a workspace, so {count} rows of the crosswalk were not written (see "
                "“Show more”)."
            )
            self.warn(text.format(layer=layer.name(), count=len(rows)), table)
            return
        try:
            add_to_layer(rows, workspace, _CROSSWALK)
        except CityGridError as error:
            text = tr("The unit grid is saved, but {count} rows of its crosswalk are not (see “Show more”). {why}")
            self.warn(text.format(count=len(rows), why=sentence(error)), table)
            return
        text = tr("Saved. The crosswalk has {count} rows more.").format(count=len(rows))
        praise(self._iface.messageBar(), text)

    # Display

    def _changed(self, *_index: object) -> None:
        if self.has_unsaved_changes:
            self.problems.mark_changed()
        super()._changed()

    def refresh(self) -> None:
        """Show what can be done now."""
        super().refresh()
        self._refresh_problems(self._reason())

    def _refresh_problems(self, reason: str) -> None:
        layer = self._layer
        if not reason and layer is not None and not self._is_of_workspace(layer):
            reason = tr("“{layer}” is not the unit grid of the open workspace.").format(layer=layer.name())
        if not reason and "communities" not in self._contents:
            reason = tr("The workspace holds no communities to check against.")
        self.problems.allow(None if reason else layer, self._path, reason)
        problems = self._contents.get(PROBLEMS_LAYER)
        self.problems.look(self._path, problems.changed if problems is not None else "")

    def _lay_out(self) -> None:
        tools = QGridLayout()
        tools.setSpacing(2)
        for number, action in enumerate(self.tool_actions.values()):
            tools.addWidget(wide_button(action), number // 2, number % 2)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        self.problems = ProblemList(self._iface.mapCanvas())
        self.problems.failed.connect(self.warn)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self._choice)
        column.addLayout(tools)
        column.addLayout(self._edits)
        column.addWidget(self._hint)
        column.addWidget(line)
        column.addWidget(self.problems, 1)


def _listed(codes: list[str]) -> str:
    """The codes, or the first and the last of many."""
    codes = sorted(codes)
    if len(codes) <= _FEW:
        return ", ".join(codes)
    return tr("{first} … {last} ({count})").format(first=codes[0], last=codes[-1], count=len(codes))
