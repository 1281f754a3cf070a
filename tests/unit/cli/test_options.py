"""Options of the form NAME=VALUE."""

from __future__ import annotations

import pytest
import typer

from imagedrop_cli import options
from imagedrop_local.switches import Switches


def test_switches_are_parsed_to_their_types() -> None:
    pairs = ["ims_shows_imports=true", "ims_system_floor=20", "ims_other_windows=Windows = any", "obs_envelope=C"]
    switches = options.parse_switches(options.check_pairs(pairs))
    assert (switches.ims_shows_imports, switches.ims_system_floor) == (True, 20)
    assert (switches.ims_other_windows, switches.obs_envelope) == ("Windows = any", "C")
    assert options.parse_switches([]) == Switches()


@pytest.mark.parametrize("given", ["nope=1", "ims_system_floor=7", "obs_envelope="])
def test_unknown_switch_or_value_is_refused(given: str) -> None:
    with pytest.raises(typer.BadParameter, match=given.partition("=")[0]):
        options.parse_switches([given])


@pytest.mark.parametrize("given", ["nope", "=1", ""])
def test_option_without_name_or_equals_sign_is_refused(given: str) -> None:
    with pytest.raises(typer.BadParameter, match="NAME=VALUE"):
        options.check_pairs(["a=b", given])


@pytest.mark.parametrize("given", ["0.0.0.0", "::1", "docker", "172.17.0.1:4580", ""])
def test_an_address_that_nobody_can_call_is_refused(given: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"172\.17\.0\.1"):
        options.check_address(given)
    assert options.check_address("172.17.0.1") == "172.17.0.1"


def test_last_value_of_a_repeated_name_is_used() -> None:
    assert options.parse_pairs(["a=1", "b=", "a=2=3"]) == {"a": "2=3", "b": ""}


def test_settings_are_checked_before_anything_starts() -> None:
    assert options.check_settings(["ims_tasks=20", "owner_domains=a.com b.com"])
    for given, named in (("nope=1", "IMAGEDROP_NOPE is no setting"), ("ims_tasks=0", "IMAGEDROP_IMS_TASKS")):
        with pytest.raises(typer.BadParameter, match=named):
            options.check_settings([given])
