"""Every switch of the simulators, drawn one way or another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, get_args

from imagedrop_local.switches import Switches

# Those that are neither yes or no nor a choice of named readings, and those of which some ways must be rare: where
# every import is refused nothing else is to be seen.
WAYS: Mapping[str, Sequence[Any]] = {
    "ims_active_delay": (0, 0, 30, 600),
    "ims_bad_file_code": ("IMG.0072", "IMG.0057"),
    "ims_delete_delay": (0, 0, 300),
    "ims_detected_os": (None, "Windows Server 2019 Standard 64bit"),
    "ims_image_quota": (1000, 1000, 1000, 4),
    "ims_init_time": (5, 5, 0, 900),
    "ims_job_retention": (None, None, 600, 20),
    "ims_names_unique": (False, False, False, False, False, True),
    "ims_os_list": ("all",),
    "ims_other_windows": ("Other Windows(64 bit)", "Other(64 bit) Windows"),
    "ims_rate": (None, None, None, 20),
    "ims_refuses_windows": (*[False] * 30, True),
    "ims_retry_after": (None, 30),
    "ims_small_disk_code": ("IMG.0055", "IMG.0111"),
    "ims_task_limit": (40, 40, 3, 2),
    "ims_windows_code": ("IMG.0056", "IMG.0122"),
    "smn_blacklist_after": (None,),  # the post of histories keeps no list
    "smn_blacklist_time": (300,),
    "smn_push_timeout": (5,),
    "smn_retry_interval": (2, 30),
}


def drawn(random: Random) -> dict[str, Any]:
    return {name: random.choice(_ways(name)) for name in Switches.model_fields}


def _ways(name: str) -> Sequence[Any]:
    """Raises LookupError for a switch that WAYS has to say the ways of."""
    kind: Any = Switches.model_fields[name].annotation
    found = WAYS.get(name) or ((False, True) if kind is bool else get_args(kind))
    if not found or type(None) in found:
        raise LookupError(f"{name}: its ways are to be named in WAYS")
    return found
