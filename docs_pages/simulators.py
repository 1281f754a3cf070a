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
OBS on to SMN or to a URL; `imagedrop up --events` and Python make its subscriptions. The state of all is in the folder;
after a restart they continue with it.

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

`service`: obs, ims, smn or eg. `call`: the SDK's name of the call, or `*`. Optional: `times` or `probability`; without
them the fault applies to every such call. A fault that can never apply is refused with 400 and the reason.

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


def page() -> str:
    return HEAD + "".join(_table(name, model) for name, model in SERVICES)


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
