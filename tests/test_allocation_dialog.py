"""The numbers of the communities, shown and edited in Processing's own dialog before a run."""

from __future__ import annotations

import json
from pathlib import Path

import pyogrio
import pytest
from processing.gui.wrappers import WidgetWrapper
from qgis.PyQt.QtWidgets import QApplication, QDialog

from citygrid_plugin.gui.dock import CityGridDock
from citygrid_plugin.gui.zones import allocation
from citygrid_plugin.gui.zones.allocation import AllocationDialog, Share

from .test_gui import (  # noqa: F401 - fixtures
    communities,
    dialogs,
    dock,
    interface,
    open_dialog,
    plugin,
    run,
    wait,
)


def test_only_what_was_changed_is_set(qgis_app: QApplication) -> None:  # noqa: ARG001
    shares = [Share("A", "甲", 9, 900.0, 2.4, 2), Share("B", "乙", 5, 100.0, 0.6, 1), Share("C", "", 3, 90.0, 0.5, 1)]
    dialog = AllocationDialog(shares, {"C": 1, "gone": 4})
    assert dialog.counts == {"C": 1}  # was set before, and stays
    dialog.boxes[0].setValue(4)
    dialog.boxes[1].setValue(99)
    assert dialog.counts == {"A": 4, "B": 5, "C": 1}  # no more than unit grids
    assert "10 responsibility grids" in dialog._sum.text()
    assert "Before: 4" in dialog._sum.text()


@pytest.mark.usefixtures("dialogs")
def test_numbers_are_edited_in_the_dialog_of_the_step(
    dock: CityGridDock,  # noqa: F811
    communities: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The button finds the numbers with a dry run, which writes nothing; the run then makes just these."""
    path = tmp_path / "w.gpkg"
    dock.open_workspace(path)
    run("createunitgrid", path, COMMUNITIES=str(communities))
    dock.refresh()
    dialog = open_dialog(dock, "responsibilitygrids")
    dialog.setParameters({"COUNT": 0, "MEAN_CELLS": 3})
    wrapper: WidgetWrapper = dialog.mainWidget().wrappers["COUNTS"]
    shown: list[list[Share]] = []

    class Answered(AllocationDialog):
        def exec(self) -> int:
            shown.append(self._shares)
            self.boxes[0].setValue(5)
            return int(QDialog.DialogCode.Accepted)

    monkeypatch.setattr(allocation, "AllocationDialog", Answered)
    wrapper.button.click()
    wait(lambda: bool(shown))
    assert [(share.name, share.cells, share.count) for share in shown[0]] == [("东社区", 6, 2), ("西社区", 6, 2)]
    code = shown[0][0].code
    assert json.loads(wrapper.value()) == {code: 5}
    assert "responsibility_grids" not in pyogrio.list_layers(path)[:, 0]
    values = dialog.createProcessingParameters()
    dialog.close()
    run("responsibilitygrids", path, **{name: values[name] for name in ("COUNT", "MEAN_CELLS", "COUNTS")})
    zones = pyogrio.read_dataframe(path, layer="responsibility_grids")
    assert (zones["CommCode"] == code).sum() == 5
