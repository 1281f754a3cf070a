"""The named switches of the simulators: one for each point that the documents leave open.

Tests try every switch both ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import ConfigDict

from imagedrop_local.eg.switches import EgSwitches
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.switches import ObsSwitches
from imagedrop_local.smn.switches import SmnSwitches

EMPTY = "empty"  # the text for a switch without a value


class Switches(EgSwitches, ObsSwitches, ImsSwitches, SmnSwitches):
    """All switches. `Switches.model_fields` has the defaults and meanings; names start with the service."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def from_text(given: Mapping[str, str]) -> Switches:
    """From values written as docs/internals/simulators.md shows them. Raises pydantic.ValidationError."""
    return Switches.model_validate({name: _value(name, text) for name, text in given.items()})


def _value(name: str, text: str) -> Any:
    field = Switches.model_fields.get(name)
    kind: Any = field.annotation if field else None
    if get_origin(kind) is Literal:  # "404" is text in one switch, 40 a number in another
        return next((value for value in get_args(kind) if str(value) == text), text)
    if type(None) in get_args(kind) and text in ("", EMPTY):
        return None
    return text
