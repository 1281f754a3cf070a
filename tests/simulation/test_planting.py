"""A planted bug that no longer changes what runs fails, and says why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from imagedrop_local.memory import MemoryLedger, memory_settings
from tests.simulation.bugs import planting
from tests.simulation.bugs.planting import NothingPlanted, Planting, changed, find

SEEDS = range(3)


def elsewhere() -> Any:
    """Something that no history uses."""
    return SimpleNamespace(__name__="elsewhere", own=lambda: 1, LIMIT=900.0)


def test_a_planted_bug_fails_where_what_it_replaces_was_renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingPlanted, match=r"elsewhere\.renamed does not exist"):
        find(lambda patch: patch.setattr(elsewhere(), "renamed", lambda: 2), monkeypatch, SEEDS)


@pytest.mark.parametrize(("name", "value"), [("own", lambda: 2), ("LIMIT", 0.0)])
def test_a_planted_bug_fails_where_no_history_uses_what_it_replaces(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planting, "ENOUGH", len(SEEDS))

    def plant(patch: Planting) -> None:
        patch.setattr(MemoryLedger, "_check", lambda *_: None)  # this one is used, and breaks histories
        patch.setattr(elsewhere(), name, value)

    with pytest.raises(NothingPlanted, match=rf"nothing has used elsewhere\.{name} in {len(SEEDS)} histories"):
        find(plant, monkeypatch, SEEDS)


def test_a_planted_bug_fails_where_it_replaces_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingPlanted, match="replaces nothing"):
        find(lambda patch: None, monkeypatch, SEEDS)


def test_a_planted_bug_fails_where_its_own_code_does_not_fit_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingPlanted, match=r"the planted code fails: .*TypeError"):
        find(lambda patch: patch.setattr(MemoryLedger, "_check", lambda: None), monkeypatch, SEEDS)


def test_a_planted_bug_fails_where_the_code_around_it_does_not_fit_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingPlanted, match=r"handlers fail with it.*AttributeError"):
        find(lambda patch: patch.setattr(MemoryLedger, "get", lambda *_: "no row"), monkeypatch, SEEDS)


def test_a_planted_bug_that_changes_nothing_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find(lambda patch: patch.setattr(MemoryLedger, "_check", MemoryLedger._check), monkeypatch, SEEDS) is None


def test_a_replaced_number_keeps_its_value_and_counts_its_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, patching = elsewhere(), Planting(monkeypatch)
    patching.setattr(owner, "LIMIT", 5)
    assert patching.unused() == ["elsewhere.LIMIT"]
    assert 7 - owner.LIMIT == 2
    assert patching.unused() == []
    patching.begin()
    assert patching.unused() == ["elsewhere.LIMIT"]
    assert owner.LIMIT < 6.5
    assert patching.unused() == []


def test_a_changed_model_must_have_the_field() -> None:
    assert changed(memory_settings(), resend_after=100).resend_after == 100
    with pytest.raises(AttributeError, match="resent_after"):
        changed(memory_settings(), resent_after=100)
