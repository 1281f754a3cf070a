"""The named switches of the simulators: one for each point that no document settles, and for each mode worth trying.

Tests try each of them both ways.
"""

from __future__ import annotations

from pydantic import ConfigDict

from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.switches import ObsSwitches
from imagedrop_local.smn.switches import SmnSwitches


class Switches(ObsSwitches, ImsSwitches, SmnSwitches):
    """All of them. `Switches.model_fields` has each one's default and meaning; names begin with their service."""

    model_config = ConfigDict(frozen=True, extra="forbid")
