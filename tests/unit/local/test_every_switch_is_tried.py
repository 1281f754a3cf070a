"""Each switch of the simulators makes the difference that its trial shows: one that changes nothing fails here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import ValidationError

from imagedrop_local.switches import Switches, from_text
from tests.support.ims_client_helper import Desk
from tests.support.obs_client_helper import ObsDesk
from tests.support.smn_client_helper import SmnDesk
from tests.unit.local.trials import ims, obs, smn

TRIALS = {**obs.TRIALS, **ims.TRIALS, **smn.TRIALS}


@pytest.fixture
def desk_of(tmp_path: Path, signing_key: Path) -> Callable[..., Any]:
    made = 0

    def make(service: str, **switches: Any) -> Any:
        nonlocal made
        made += 1
        folder = tmp_path / str(made)
        if service == "smn":
            return SmnDesk(folder, signing_key, **switches)
        return (Desk if service == "ims" else ObsDesk)(folder, **switches)

    return make


def test_there_is_a_trial_for_each_switch_and_for_nothing_else() -> None:
    assert set(TRIALS) == set(Switches.model_fields)


@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_tries_every_value_or_the_default_and_another_and_tells_them_apart(name: str) -> None:
    field, seen = Switches.model_fields[name], TRIALS[name].seen
    kind: Any = field.annotation
    every = get_args(kind) if get_origin(kind) is Literal else (True, False) if kind is bool else ()
    assert field.default in seen
    assert set(every) <= set(seen)
    assert len(seen) > 1
    answers = list(seen.values())
    assert not any(answer in answers[:place] for place, answer in enumerate(answers))


@pytest.mark.parametrize("name", TRIALS)
def test_a_switch_makes_the_difference_that_its_trial_shows(desk_of: Callable[..., Any], name: str) -> None:
    trial, service = TRIALS[name], name.partition("_")[0]
    seen = {value: trial.look(desk_of(service, **{**trial.given, name: value})) for value in trial.seen}
    assert seen == trial.seen


@pytest.mark.parametrize("name", TRIALS)
def test_a_switch_can_be_written_as_its_page_shows_it(name: str) -> None:
    for value in TRIALS[name].seen:
        shown = "empty" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        read = getattr(from_text({name: shown}), name)
        assert (read, type(read)) == (value, type(value)) or (read == value and isinstance(read, float))


@pytest.mark.parametrize(
    "given",
    [
        {"ims_unknown": "1"},
        {"ims_gb": "TB"},
        {"ims_rate": "often"},
        {"ims_rate": "0"},
        {"ims_names_unique": "empty"},
        {"ims_system_floor": "21"},
        {"smn_push_timeout": "0"},
    ],
    ids=str,
)
def test_what_is_no_switch_or_none_of_its_values_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=next(iter(given))):
        from_text(given)


@pytest.mark.parametrize("name", TRIALS)
def test_the_default_is_what_a_simulator_has_without_being_told(desk_of: Callable[..., Any], name: str) -> None:
    trial, service = TRIALS[name], name.partition("_")[0]
    assert trial.look(desk_of(service, **trial.given)) == trial.seen[Switches.model_fields[name].default]
