"""Icons: the list in resources.qrc, the files, and what the plugin uses agree."""

from __future__ import annotations

import configparser
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from citygrid_plugin.gui.icons import FOLDER, icon
from citygrid_plugin.gui.steps import STEPS

from .conftest import ROOT

FILES = sorted(FOLDER.glob("*.svg"))


def test_list_and_files_agree() -> None:
    listed = [ROOT / (entry.text or "") for entry in ET.parse(ROOT / "resources.qrc").iter("file")]  # noqa: S314 - ours
    assert sorted(listed) == FILES


def test_every_icon_is_used_and_there() -> None:
    users = (
        "plugin.py",
        "gui/dock.py",
        "gui/edit_panel.py",
        "gui/grids/grid_panel.py",
        "gui/grids/grid_problems.py",
        "gui/zones/zone_panel.py",
    )
    sources = "".join((ROOT / "citygrid_plugin" / name).read_text() for name in users)
    used = set(re.findall(r'(?:icon|_action)\("(\w+)"|"(\w+)": \(tr\(', sources)) | {(step.icon, "") for step in STEPS}
    assert {name or tool for name, tool in used} == {path.stem for path in FILES}
    metadata = configparser.ConfigParser()
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    assert (ROOT / "citygrid_plugin" / metadata["general"]["icon"]).is_file()


@pytest.mark.usefixtures("qgis_app")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_icons_draw(path: Path) -> None:
    image = icon(path.stem).pixmap(24, 24).toImage()
    colors = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert len(colors) > 2
