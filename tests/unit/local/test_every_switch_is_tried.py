"""Each switch of the simulators changes the result that its trial expects: a switch without effect fails here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import ValidationError

from imagedrop_local.switches import Switches, from_text
from tests.support.eg_client_helper import SimulatedEg
from tests.support.ims_client_helper import SimulatedIms
from tests.support.obs_client_helper import SimulatedObs
from tests.support.smn_client_helper import SimulatedSmn
from tests.unit.local.trials import eg, ims, obs, smn

TRIALS = {**obs.TRIALS, **ims.TRIALS, **smn.TRIALS, **eg.TRIALS}


@pytest.fixture
def simulator_of(tmp_path: Path, signing_key: Path) -> Callable[..., Any]:
    count = 0

    def make(service: str, **switches: Any) -> Any:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        if service == "smn":
            return SimulatedSmn(folder, signing_key, **switches)
        return {"ims": SimulatedIms, "obs": SimulatedObs, "eg": SimulatedEg}[service](folder, **switches)

    return make


def test_there_is_one_trial_per_switch() -> None:
    assert set(TRIALS) == set(Switches.model_fields)


@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_expects_a_different_result_for_each_value(name: str) -> None:
    field, results = Switches.model_fields[name], TRIALS[name].results
    kind: Any = field.annotation
    all_values = get_args(kind) if get_origin(kind) is Literal else (True, False) if kind is bool else ()
    assert field.default in results
    assert set(all_values) <= set(results)
    assert len(results) > 1
    answers = list(results.values())
    assert not any(answer in answers[:index] for index, answer in enumerate(answers))


@pytest.mark.parametrize("name", TRIALS)
def test_each_value_of_a_switch_gives_the_expected_result(simulator_of: Callable[..., Any], name: str) -> None:
    trial, service = TRIALS[name], name.partition("_")[0]
    results = {value: trial.run(simulator_of(service, **{**trial.given, name: value})) for value in trial.results}
    assert results == trial.results


@pytest.mark.parametrize("name", TRIALS)
def test_a_switch_is_parsed_from_the_text_in_its_page(name: str) -> None:
    for value in TRIALS[name].results:
        text = "empty" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        value_read = getattr(from_text({name: text}), name)
        assert (value_read, type(value_read)) == (value, type(value)) or (
            value_read == value and isinstance(value_read, float)
        )


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
def test_an_unknown_switch_or_value_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=next(iter(given))):
        from_text(given)


@pytest.mark.parametrize("name", TRIALS)
def test_a_simulator_without_switches_has_the_defaults(simulator_of: Callable[..., Any], name: str) -> None:
    trial, service = TRIALS[name], name.partition("_")[0]
    assert trial.run(simulator_of(service, **trial.given)) == trial.results[Switches.model_fields[name].default]
