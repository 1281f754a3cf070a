"""Options that take NAME=VALUE."""

from __future__ import annotations

import pytest
import typer

from imagedrop_cli import options
from imagedrop_local.switches import Switches


def test_switches_are_taken_by_name_each_as_what_it_is() -> None:
    given = ["ims_shows_imports=true", "ims_system_floor=20", "ims_other_windows=Windows = any", "obs_envelope=C"]
    switches = options.parse_switches(options.check_pairs(given))
    assert (switches.ims_shows_imports, switches.ims_system_floor) == (True, 20)
    assert (switches.ims_other_windows, switches.obs_envelope) == ("Windows = any", "C")
    assert options.parse_switches([]) == Switches()


@pytest.mark.parametrize("given", ["nope=1", "ims_system_floor=7", "obs_envelope="])
def test_a_switch_or_a_value_that_there_is_not_is_refused_by_name(given: str) -> None:
    with pytest.raises(typer.BadParameter, match=given.partition("=")[0]):
        options.parse_switches([given])


@pytest.mark.parametrize("given", ["nope", "=1", ""])
def test_what_is_no_pair_is_refused(given: str) -> None:
    with pytest.raises(typer.BadParameter, match="NAME=VALUE"):
        options.check_pairs(["a=b", given])


def test_of_a_name_that_is_given_twice_the_last_counts() -> None:
    assert options.parse_pairs(["a=1", "b=", "a=2=3"]) == {"a": "2=3", "b": ""}
