"""The class browser: what it finds, what it says of a class, and the local classes that it stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QGuiApplication, QTextDocument
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLabel, QTreeWidgetItem, QTreeWidgetItemIterator

from citygrid_plugin.core.schemes import COMPONENT
from citygrid_plugin.gui.census.class_browser import ClassBrowser
from citygrid_plugin.gui.dock import CityGridDock
from citygrid_plugin.storage.local_classes import scheme_of
from citygrid_plugin.storage.scheme_files import (
    CQSZ10_2007,
    GBT47678_2026,
    SCHEMES,
    load_scheme,
)

from .test_gui import dock, interface, plugin  # noqa: F401 - fixtures


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "w.gpkg"


@pytest.fixture
def browser(qgis_app: QgsApplication, workspace: Path) -> Iterator[ClassBrowser]:  # noqa: ARG001 - a running QGIS
    browser = ClassBrowser(None, lambda: workspace)
    yield browser
    browser.close()
    browser.deleteLater()


def leaves(browser: ClassBrowser) -> list[QTreeWidgetItem]:
    """The classes that are shown, in order."""
    walk, result = QTreeWidgetItemIterator(browser.tree, QTreeWidgetItemIterator.IteratorFlag.NotHidden), []
    while walk.value():
        result += [walk.value()] if walk.value().parent() is not None else []
        walk += 1
    return result


def names(browser: ClassBrowser) -> list[str]:
    return [leaf.text(1) for leaf in leaves(browser)]


def choose(browser: ClassBrowser, scheme_id: str, kind: str = "") -> None:
    browser.choice.setCurrentIndex(browser.choice.findData(scheme_id))
    browser.kind.setCurrentIndex(browser.kind.findData(kind))


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_all_classes_are_there(browser: ClassBrowser, scheme_id: str) -> None:
    """Under their majors, in order of their codes; also those whose code is not published."""
    choose(browser, scheme_id)
    listed = load_scheme(scheme_id).listed
    assert names(browser) == list(listed["name"])
    for leaf, code, major in zip(leaves(browser), listed["code"], listed["major_code"], strict=True):
        assert leaf.text(0) == (code or "–")
        assert leaf.parent().text(0) == major
        assert leaf.text(2)


def test_search_by_code_and_name_in_both_languages(browser: ClassBrowser) -> None:
    """Typed into the line; the first that fits is chosen and its branch is open."""
    for text, kind, found in (
        ("0118", "", ["路灯", "擅自饲养家禽家畜"]),
        ("0118", "component", ["路灯"]),
        ("street lamp", "", ["路灯"]),
        ("雨水篦子", "", ["雨水箅子"]),
        ("公交", "component", ["公交井盖", "公交站亭", "公交立杆"]),
        ("06 railing", "", ["水域护栏"]),
    ):
        choose(browser, CQSZ10_2007, kind)
        browser.entry.clear()
        QTest.keyClicks(browser.entry, text) if text.isascii() else browser.entry.setText(text)
        assert names(browser) == found, text
        assert browser.tree.currentItem().text(1) == found[0]
        assert browser.tree.currentItem().parent().isExpanded()
    browser.entry.setText("火星")
    assert names(browser) == []
    assert browser.count.text().startswith("No class")
    assert browser.tree.currentItem() is None
    browser.entry.clear()
    assert len(names(browser)) == 85 + 50 + 9


def test_what_it_says_of_a_class(browser: ClassBrowser) -> None:
    """Status, departments, other names, and what it becomes in other generations."""
    choose(browser, CQSZ10_2007, COMPONENT)
    browser.search("0118")
    said = browser.details.rows()
    assert said["Known how"].startswith("corroborated")
    assert said["Geometry"].endswith("(recalled from memory, so no rule)")
    assert "路灯杆" in said["Other names (ours)"]
    assert said["GB/T 47678-2026"] == "01037 路灯\n(the same name)"
    assert said["GB/T 30428-2013"] == "0137 路灯\n(the same name)"
    assert browser.search("0601") == ["0601"]
    assert browser.details.rows()["GB/T 47678-2026"].startswith("no counterpart")
    browser.search("0115")
    assert "市广电局 / 重庆电信、移动公司" in browser.details.rows()["Departments in Chongqing"]
    browser.search("加气站")
    assert browser.details.rows()["Code"].startswith("not assigned")
    assert not browser.copy_action.isEnabled()
    choose(browser, GBT47678_2026)
    browser.search("01001 defect")
    assert browser.details.rows()["Kind"] == "Event"
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in browser.details.findChildren(QLabel))


def test_the_code_is_copied(browser: ClassBrowser) -> None:
    choose(browser, GBT47678_2026, COMPONENT)
    browser.search("路灯杆")
    browser.copy_action.trigger()
    assert QGuiApplication.clipboard().text() == "01037"


def test_local_classes(browser: ClassBrowser, workspace: Path, tmp_path: Path) -> None:
    """A wrong table says all that is wrong and stores nothing; a right one is there at once, until it is removed."""
    choose(browser, CQSZ10_2007, COMPONENT)
    book = openpyxl.Workbook()
    for row in (["代码", "名称"], [2101, "<b>防蚊闸</b>"], [199, "某物"], [2101, "又一"]):
        book.active.append(row)
    path = tmp_path / "城市.xlsx"
    book.save(path)
    assert not browser.load_table(path)
    assert "Row 2" in browser.bar.currentItem().text()
    assert not workspace.exists()
    book.active.delete_rows(3, 2)
    book.save(path)
    assert browser.load_table(path)
    assert "1 local classes" in browser.local.text()
    assert browser.search("2101") == ["2101"]
    assert browser.details.rows()["Known how"].startswith("local class, from 城市.xlsx")
    assert scheme_of(workspace, CQSZ10_2007).names(COMPONENT)["2101"] == "<b>防蚊闸</b>"
    browser.remove_button.click()
    assert browser.search("2101") == []
    assert not browser.remove_button.isEnabled()


def test_the_crosswalk_is_saved(browser: ClassBrowser, tmp_path: Path) -> None:
    """Every class once, with what it becomes in both other schemes."""
    choose(browser, CQSZ10_2007)
    path = tmp_path / "crosswalk.csv"
    assert browser.save_crosswalk(path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert list(table["ClassName"]) == list(load_scheme(CQSZ10_2007).classes["name"])
    row = table[table["ClassName"] == "广告牌匾"].iloc[0]
    assert row["GB/T 47678-2026 code"] == "03006|03007"
    assert row["GB/T 30428-2013 name"] == "户外广告|牌匾标识"
    assert table.loc[table["ClassName"] == "工地", "GB/T 47678-2026 how"].iloc[0].startswith("no counterpart")
    assert not browser.save_crosswalk(tmp_path / "no folder" / "crosswalk.csv")


def test_without_a_workspace(qgis_app: QgsApplication) -> None:  # noqa: ARG001 - a running QGIS
    browser = ClassBrowser(None, lambda: None)
    assert len(names(browser)) == 85 + 50 + 9
    assert not browser.load_button.isEnabled()
    assert not browser.load_table(Path("nothing.csv"))
    browser.deleteLater()


def test_a_broken_workspace_is_told(browser: ClassBrowser, workspace: Path) -> None:
    """And the scheme is shown all the same."""
    workspace.write_text("no GeoPackage")
    browser.refresh()
    assert "w.gpkg" in browser.bar.currentItem().text()
    assert len(names(browser)) == 85 + 50 + 9


def test_names_of_files_are_no_markup(browser: ClassBrowser, tmp_path: Path) -> None:
    """A message bar shows markup; what comes from outside is shown as it is."""
    assert not browser.save_crosswalk(tmp_path / "<img src=x>&amp;" / "a.csv")
    shown = QTextDocument()
    shown.setHtml(browser.bar.currentItem().text())
    assert "<img src=x>&amp;" in shown.toPlainText()


def test_the_dock_opens_it_for_its_workspace(dock: CityGridDock, workspace: Path) -> None:  # noqa: F811 - the fixture
    """And it follows the workspace."""
    dock.classes_action.trigger()
    browser = dock.findChild(ClassBrowser)
    assert browser.isVisible()
    assert not browser.load_button.isEnabled()
    dock.open_workspace(workspace)
    assert browser.load_button.isEnabled()
    assert workspace.name in browser.local.text()
    dock.classes_action.trigger()
    assert dock.findChildren(ClassBrowser) == [browser]
