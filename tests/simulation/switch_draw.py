"""Draws a value for every switch of the simulators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, get_args

from imagedrop_local.switches import Switches

# Values of switches that are neither booleans nor named choices, and of those where some values must be rare: if IMS
# refuses every import, the history shows nothing else.
VALUES: Mapping[str, Sequence[Any]] = {
    "ims_active_delay": (0, 0, 30, 600),
    "ims_bad_file_code": ("IMG.0072", "IMG.0057"),
    "ims_delete_delay": (0, 0, 300),
    "ims_detected_os": (None, "Windows Server 2019 Standard 64bit"),
    "ims_image_quota": (1000, 1000, 1000, 4),
    "ims_init_time": (5, 5, 0, 900),
    "ims_job_retention": (None, None, 600, 20),
    "ims_names_unique": (False, False, False, True),
    "ims_os_list": ("all",),
    "ims_other_windows": ("Other Windows(64 bit)", "Other(64 bit) Windows"),
    "ims_rate": (None, None, None, 20),
    "ims_refuses_windows": (*[False] * 30, True),
    "ims_retry_after": (None, 30),
    "ims_small_disk_code": ("IMG.0055", "IMG.0111"),
    "ims_task_limit": (40, 40, 3, 2),
    "ims_windows_code": ("IMG.0056", "IMG.0122"),
    "smn_blacklist_after": (None,),  # the SMN of histories has no blacklist
    "smn_blacklist_time": (300,),
    "smn_push_timeout": (5,),
    "smn_retry_interval": (2, 30),
}


def draw_switches(random: Random) -> dict[str, Any]:
    """Histories have no EventGrid: their events come from the bucket's own rule."""
    return {name: random.choice(_values(name)) for name in Switches.model_fields if not name.startswith("eg_")}


def _values(name: str) -> Sequence[Any]:
    """Raises LookupError if VALUES must list the switch and does not."""
    kind: Any = Switches.model_fields[name].annotation
    values = VALUES.get(name) or ((False, True) if kind is bool else get_args(kind))
    if not values or type(None) in values:
        raise LookupError(f"VALUES must list the values of {name}")
    return values
