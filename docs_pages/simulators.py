"""Generates docs/internals/simulators.md from the code: `python -m docs_pages.simulators` prints it."""

from __future__ import annotations

import sys
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs_pages.settings import default_of, values_of
from imagedrop_local.eg.switches import EgSwitches
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.switches import ObsSwitches
from imagedrop_local.smn.switches import SmnSwitches
from imagedrop_local.switches import EMPTY

HEAD = """# The simulators

<!-- Generated: python -m docs_pages.simulators > docs/internals/simulators.md -->

`imagedrop cloud` (alone) and `imagedrop up` (with the AWS side) run simulators of the Huawei services that imagedrop
uses. They follow the public documents strictly: they check signatures, limits, storage classes, regions and
quotas, and return the documented error codes; an import job reads the object. They were not compared with a real
account: the real services may differ. If the documents leave a point open or contradict each other, there is a switch,
and the tests try all its values.

**OBS** serves a folder, `<folder>/obs/<bucket>/`: every file copied into it is an object, of any size. **IMS** runs
jobs in scaled time (`--time-scale`: simulated seconds per second). **SMN** pushes messages that are signed with its own
certificate. They listen on 127.0.0.1, and also where `imagedrop cloud --address` says. **EventGrid** passes events of
OBS on to SMN or to a URL; `imagedrop up --events` and Python make its subscriptions. **KMS** lists keys. The state of
all is in the folder; after a restart they continue with it.

## State and faults

Every simulator answers these requests:

| request | answer or effect |
| --- | --- |
| `GET /_sim/state` | buckets, images, jobs, topics, subscriptions, pushes, and the number of each call |
| `GET /_sim/faults` | the faults that are set |
| `POST /_sim/faults` | sets a fault |
| `DELETE /_sim/faults` | clears all faults |

```json
{"service": "ims", "call": "CreateImage", "times": 1, "fault": "timeout_after", "seconds": 40}
```

`service`: obs, ims, smn, eg or kms. `call`: the SDK's name of the call, or `*`. Optional: `times` or `probability`;
without them the fault applies to every such call. A fault that can never apply is refused with 400 and the reason.

| fault | what the client gets | does the call take effect? |
| --- | --- | --- |
| `status` | an error with `status` (503) and `code`, in the service's format | no; with `"after": true` yes |
| `reset` | a connection reset | no; with `"after": true` yes |
| `timeout_before` | no answer for `seconds` (2), then a closed connection | no |
| `timeout_after` | the same | yes |
| `slow` | the answer, `seconds` later | yes |
| `drop`, `duplicate`, `reorder` | for events only (`Event` of obs, `Push` of smn, eg): lost, sent twice, sent late | |

The call `ImportJob` of ims stands for running jobs: `status` with `code` makes a job fail, `slow` makes it run
`seconds` longer.

## Switches

`imagedrop cloud` and `imagedrop up` take switches as `--switch NAME=VALUE` (`--switch ims_gb=GB`); in Python they are
the fields of `imagedrop_local.switches.Switches`. Each default is the value that is harder for a client, or more
likely.
"""
SERVICES = (("OBS", ObsSwitches), ("IMS", ImsSwitches), ("SMN", SmnSwitches), ("EventGrid", EgSwitches))

SEEN_HEAD = """
## What `imagedrop doctor` sees of a real account

Each switch is a question that a real account answers. These answers a check of `imagedrop doctor` shows, some only with
`--probe`; if a setting goes with it, the check is wrong and names the value that fits:

| switch | check | setting |
| --- | --- | --- |
"""
# Switch -> the check that shows how the account behaves, and the setting that goes with it.
SEEN = {
    "obs_invalid_range": ("bucket.ranges", ""),
    "obs_path_style": ("bucket.access", "obs_addressing"),
    "obs_event_keys_encoded": ("events.arrival", "event_keys_encoded"),
    "ims_shows_imports": ("ims.shows_imports", "ims_shows_imports"),
    "ims_active_delay": ("ims.details", ""),
    "ims_job_times": ("ims.details", ""),
    "ims_percent_of": ("ims.details", ""),
    "ims_image_id_early": ("ims.details", ""),
    "ims_failed_image_stays": ("ims.killed", ""),
    "ims_job_calls": ("ims.job_call", "ims_job_call"),
    "ims_unknown_job": ("ims.job_call", ""),
    "ims_names_unique": ("ims.names_unique", "ims_names_unique"),
    "ims_names_reserved": ("ims.names_unique", "ims_names_unique"),
    "ims_refuses_windows": ("ims.windows", "ims_allows_windows"),
    "ims_chinese_names": ("ims.chinese_names", "ims_chinese_names"),
    "ims_os_list": ("ims.os_versions", ""),
    "ims_other_windows": ("ims.os_versions", ""),
    "ims_image_quota": ("ims.quota", ""),
    "eg_smn_message": ("events.arrival", ""),
    "eg_sends_headers": ("events.arrival", ""),
}
# Reason why no check shows them -> switches.
UNSEEN = {
    "imagedrop works with each value, so there is nothing to set": (
        "obs_envelope", "obs_event_sparse", "obs_event_prefix", "obs_event_data_list", "obs_event_subject_encoded",
        "obs_event_sequencer", "obs_event_time_local", "obs_test_message", "obs_test_body", "smn_empty_subject",
        "smn_subscription_header", "ims_tags_early", "ims_page_info", "ims_init_time", "ims_job_ids_in",
        "ims_sub_jobs_reversed", "ims_keeps_parts", "ims_flat_errors", "ims_native_errors", "ims_rate",
        "ims_retry_after", "ims_job_retention", "ims_detected_os", "ims_vhd_capacity", "ims_bitmap_name",
    ),
    "only a large or special image would show it; if IMS refuses a drop, the mail names its code": (
        "ims_system_floor", "ims_quick_floor", "ims_data_floor", "ims_gb", "ims_rounds_down", "ims_quick_encrypts",
        "ims_other_windows_uefi", "ims_windows_on_arm", "ims_chinese_end", "ims_strict_keys", "ims_tag_limits",
        "ims_small_disk_code", "ims_bad_file_code", "ims_windows_code", "ims_task_limit", "ims_killed_uses_quota",
    ),
    "imagedrop never does it": (
        "ims_delete_unknown", "ims_delete_delay", "obs_bulk_delete_needs_md5", "obs_new_rules",
    ),
    "imagedrop does not upload so, and recognises an image that was uploaded so": ("obs_aws_chunked",),
    "it would need an object that changes during its import": ("ims_replaced_fails", "ims_deleted_fails"),
    "a lost event only delays a drop": (
        "eg_retries_refusals", "eg_attempts", "eg_retry_interval", "eg_push_timeout", "smn_retry_interval",
        "smn_push_timeout", "smn_blacklist_after", "smn_blacklist_time", "smn_longest_life",
    ),
    "of the simulator only": ("obs_copied_in_events",),
}  # fmt: skip


def page() -> str:
    return HEAD + "".join(_table(name, model) for name, model in SERVICES) + _seen()


def _seen() -> str:
    rows = [f"| `{switch}` | `{check}` | {f'`{name}`' if name else ''} |" for switch, (check, name) in SEEN.items()]
    others = [f"* {reason}: {', '.join(f'`{name}`' for name in names)}" for reason, names in UNSEEN.items()]
    return SEEN_HEAD + "\n".join([*rows, "", "No check shows the others, because:", "", *others, ""])


def _table(service: str, model: type[BaseModel]) -> str:
    rows = [
        f"| `{name}` | {_default(field)} | {_values(field)} | {field.description or ''} |\n"
        for name, field in model.model_fields.items()
    ]
    head = f"\n### {service}\n\n| switch | default | values | meaning |\n| --- | --- | --- | --- |\n"
    return head + "".join(rows)


def _default(field: FieldInfo) -> str:
    return f"`{EMPTY}`" if field.default is None else default_of(field.default)


def _values(field: FieldInfo) -> str:
    kinds: tuple[type, ...] = get_args(field.annotation)
    if type(None) not in kinds:
        return values_of(field)
    names = {int: "whole number", float: "number", str: "text"}
    return f"{names[next(kind for kind in kinds if kind is not type(None))]}, or `{EMPTY}`"


if __name__ == "__main__":
    sys.stdout.write(page())
