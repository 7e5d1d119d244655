"""The list of plans with real widgets: keep, change, open, compare, and what may not be lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest
from qgis.PyQt.QtWidgets import QPushButton

from citygrid_plugin.gui.zones.plan_manager import PlanManager
from citygrid_plugin.storage import plans as store

from .test_gui import settle, wait
from .test_plans import on_the_map, workspace, write_plan  # noqa: F401 - a fixture


class Manager(PlanManager):
    """Answers its questions itself."""

    answers: list[str]

    def _ask_text(self, title: str, label: str, text: str) -> str | None:  # noqa: ARG002
        return self.answers.pop(0) or None

    def _ask_date(self, title: str) -> str:  # noqa: ARG002
        return self.answers.pop(0)

    def _ask(self, text: str, yes: str) -> bool:  # noqa: ARG002
        return self.answers.pop(0) == "yes"


@pytest.fixture
def edited() -> list[bool]:
    return []


@pytest.fixture
def manager(qgis_processing: None, provider: object, workspace: Path, edited: list[bool]) -> Iterator[Manager]:  # noqa: ARG001, F811
    manager = Manager(None, workspace, lambda: bool(edited))
    manager.answers = []
    manager.show()
    yield manager
    manager.close()
    manager.deleteLater()
    settle()


def press(manager: Manager, text: str, *answers: str) -> None:
    """Press a button, and wait until all is done."""
    manager.answers += answers
    button = next(button for button in manager.findChildren(QPushButton) if button.text() == text)
    assert button.isEnabled(), text
    button.click()
    wait(lambda: not manager.is_busy)


def rows(manager: Manager) -> list[list[str]]:
    items = [manager.tree.topLevelItem(row) for row in range(manager.tree.topLevelItemCount())]
    return sorted([item.text(0), item.text(1), item.text(2)] for item in items)


def choose(manager: Manager, *names: str) -> None:
    for row in range(manager.tree.topLevelItemCount()):
        item = manager.tree.topLevelItem(row)
        item.setSelected(item.text(0) in names)


def said(manager: Manager) -> str:
    item = manager._bar.currentItem()
    return item.text() if item is not None else ""


def test_plans_are_kept_opened_and_compared(manager: Manager, workspace: Path) -> None:  # noqa: F811
    opened, compared = [], []
    manager.opened.connect(lambda: opened.append(1))
    manager.compared.connect(lambda: compared.append(1))
    press(manager, "Keep as a plan…", "one")
    first, _ = on_the_map(workspace)
    assert rows(manager) == [["one", "", "4"]]
    assert not manager.save_button.isEnabled()
    write_plan(workspace, 3, count=2)
    manager.refresh()
    assert "with changes that are not kept" in manager._now.text()
    press(manager, "Keep as a plan…", "two")
    choose(manager, "one", "two")
    press(manager, "Compare")
    assert compared
    changes = pyogrio.read_dataframe(workspace, layer="plan_changes")
    transfers = pyogrio.read_dataframe(workspace, layer="plan_transfers")
    assert transfers["Cells"].sum() == len(changes) >= 8  # two of four zones are no more
    assert set(changes["Kind"]) <= {"moved", "owner", "recoded"}
    assert dict(zip(changes["BGID"], changes["OldRGID"], strict=True)).items() <= first.items()
    choose(manager, "one")
    press(manager, "In force from…", "20260701")
    choose(manager, "one")
    press(manager, "Note…", " <b>试行</b> ")
    assert {plan.name: plan.note for plan in store.plans(workspace)} == {"one": "<b>试行</b>", "two": ""}
    choose(manager, "one")
    press(manager, "Put on the map")
    assert opened
    assert on_the_map(workspace)[0] == first
    choose(manager, "two")
    press(manager, "Delete…", "no")
    press(manager, "Delete…", "yes")
    assert rows(manager) == [["one", "from 2026-07-01", "4"]]


def test_what_is_not_kept_is_not_lost_without_a_word(manager: Manager, workspace: Path, edited: list[bool]) -> None:  # noqa: F811
    press(manager, "Keep as a plan…", "one")
    write_plan(workspace, 3, count=2)
    manager.refresh()
    before, _ = on_the_map(workspace)
    choose(manager, "one")
    press(manager, "Put on the map", "no")
    assert on_the_map(workspace)[0] == before
    edited.append(True)
    press(manager, "Put on the map")
    assert "not saved" in said(manager)
    press(manager, "Keep as a plan…")  # before anything is asked
    assert "not saved" in said(manager)
    assert rows(manager) == [["one", "", "4"]]
    choose(manager, "one")
    press(manager, "Note…", "a note does not touch the map")
    assert [plan.note for plan in store.plans(workspace)] == ["a note does not touch the map"]
    edited.clear()
    press(manager, "Save into the plan")
    assert rows(manager) == [["one", "", "2"]]
    choose(manager, "one")
    press(manager, "Copy…", "one")
    assert "There is a plan" in said(manager)
    press(manager, "Copy…", "another")
    assert rows(manager) == [["another", "", "2"], ["one", "", "2"]]
    assert [plan.name for plan in manager._chosen()] == ["one"]
    press(manager, "Keep as a plan…", "")
    assert store.is_kept(workspace)
