"""The named switches of the simulators: one for each point that no document settles, and for each mode worth trying.

Tests try each of them both ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import ConfigDict

from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.switches import ObsSwitches
from imagedrop_local.smn.switches import SmnSwitches

EMPTY = "empty"  # how a switch that has no value is written


class Switches(ObsSwitches, ImsSwitches, SmnSwitches):
    """All of them. `Switches.model_fields` has each one's default and meaning; names begin with their service."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def from_text(given: Mapping[str, str]) -> Switches:
    """From values written as docs/simulators.md shows them. Raises pydantic.ValidationError."""
    return Switches.model_validate({name: _value(name, text) for name, text in given.items()})


def _value(name: str, text: str) -> Any:
    field = Switches.model_fields.get(name)
    kind: Any = field.annotation if field else None
    if get_origin(kind) is Literal:  # 404 may be a word and 40 a number
        return next((value for value in get_args(kind) if str(value) == text), text)
    if type(None) in get_args(kind) and text in ("", EMPTY):
        return None
    return text
