"""A planted bug that no longer changes the running code raises an error that says why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from imagedrop_local.memory import MemoryLedger, memory_settings
from tests.simulation.bugs import planting
from tests.simulation.bugs.planting import NothingPlanted, Planting, changed, find

SEEDS = range(3)


def unused_module() -> Any:
    """A module that no history uses."""
    return SimpleNamespace(__name__="unused", own=lambda: 1, LIMIT=900.0)


def test_bug_is_reported_when_its_target_was_renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingPlanted, match=r"unused\.renamed does not exist"):
        find(lambda patch: patch.setattr(unused_module(), "renamed", lambda: 2), monkeypatch, SEEDS)


@pytest.mark.parametrize(("name", "value"), [("own", lambda: 2), ("LIMIT", 0.0)])
def test_bug_is_reported_when_no_history_uses_its_target(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planting, "ENOUGH", len(SEEDS))

    def plant(patch: Planting) -> None:
        patch.setattr(MemoryLedger, "_check", lambda *_: None)  # used, and breaks histories
        patch.setattr(unused_module(), name, value)

    with pytest.raises(NothingPlanted, match=rf"nothing has used unused\.{name} in {len(SEEDS)} histories"):
        find(plant, monkeypatch, SEEDS)


def test_bug_is_reported_when_it_replaces_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingPlanted, match="replaces nothing"):
        find(lambda patch: None, monkeypatch, SEEDS)


def test_bug_is_reported_when_its_arguments_do_not_match_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingPlanted, match=r"the planted code fails: .*TypeError"):
        find(lambda patch: patch.setattr(MemoryLedger, "_check", lambda: None), monkeypatch, SEEDS)


def test_bug_is_reported_when_the_caller_cannot_use_its_result(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingPlanted, match=r"handlers fail with it.*AttributeError"):
        find(lambda patch: patch.setattr(MemoryLedger, "get", lambda *_: "no row"), monkeypatch, SEEDS)


def test_bug_without_effect_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find(lambda patch: patch.setattr(MemoryLedger, "_check", MemoryLedger._check), monkeypatch, SEEDS) is None


def test_replaced_number_keeps_its_value_and_counts_its_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, patching = unused_module(), Planting(monkeypatch)
    patching.setattr(owner, "LIMIT", 5)
    assert patching.unused() == ["unused.LIMIT"]
    assert 7 - owner.LIMIT == 2
    assert patching.unused() == []
    patching.begin()
    assert patching.unused() == ["unused.LIMIT"]
    assert owner.LIMIT < 6.5
    assert patching.unused() == []


def test_changed_model_must_have_the_field() -> None:
    assert changed(memory_settings(), resend_after=100).resend_after == 100
    with pytest.raises(AttributeError, match="resent_after"):
        changed(memory_settings(), resent_after=100)
