"""docs/simulators.md, made from the code: `python -m imagedrop_local.switches_page > docs/simulators.md`."""

from __future__ import annotations

import sys
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from imagedrop.docs_pages.settings_page import default_of, values_of
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.obs.switches import ObsSwitches
from imagedrop_local.smn.switches import SmnSwitches
from imagedrop_local.switches import EMPTY

HEAD = """# The simulators

<!-- Generated: python -m imagedrop_local.switches_page > docs/simulators.md -->

`imagedrop cloud` (alone) and `imagedrop up` (with the AWS side) run simulators of the three Huawei services that
imagedrop uses. They are made from the public documents, and are as hard to please as those say: signatures, limits,
storage classes, regions, quotas and error codes are checked, and an import job really reads the object. No account was
at hand to compare them with, so they prove what the documents say and no more. Where the documents are silent or differ
there is a switch, and the tests try it both ways.

**OBS** serves a folder, `<folder>/obs/<bucket>/`: a file that is copied into it is an object, an image of 100 GB too.
**IMS** runs jobs in scaled time (`--time-scale`, cloud seconds in one second). **SMN** pushes signed messages with a
certificate of its own. All listen on 127.0.0.1 only, and keep their state in the folder over a restart.

## Looking in, and breaking things

Every simulator answers these on its own address:

| request | does |
| --- | --- |
| `GET /_sim/state` | what they hold: buckets, images, jobs, topics, subscriptions, pushes, and counts of each call |
| `GET /_sim/faults` | the faults that are set |
| `POST /_sim/faults` | sets one |
| `DELETE /_sim/faults` | clears them |

```json
{"service": "ims", "call": "CreateImage", "times": 1, "fault": "timeout_after", "seconds": 40}
```

`service` is obs, ims or smn; `call` the SDK's name of the call, or `*`; then `times` or `probability`, or neither for
always. What cannot strike is refused with 400 and the reason.

| fault | what the client meets | effect |
| --- | --- | --- |
| `status` | an error with `status` (503) and `code`, in the service's shape | none; with `"after": true` there is one |
| `reset` | a connection that is reset | none; with `"after": true` there is one |
| `timeout_before` | no answer for `seconds` (2), then a closed connection | none |
| `timeout_after` | the same | the call's |
| `slow` | the answer, `seconds` later | the call's |
| `drop`, `duplicate`, `reorder` | of events only (`Event` of obs, `Push` of smn): lost, twice, overtaken | |

`ImportJob` of ims stands for running jobs: `status` with `code` fails one, `slow` makes it `seconds` longer.

## Switches

Set by name, `imagedrop cloud --switch ims_gb=GB`, or as fields of `imagedrop_local.switches.Switches`. A default is the
reading that is harder for a client, or the likelier.
`imagedrop cloud` and `imagedrop up` take them as `--switch NAME=VALUE`.
"""
SERVICES = (("OBS", ObsSwitches), ("IMS", ImsSwitches), ("SMN", SmnSwitches))


def page() -> str:
    return HEAD + "".join(_table(name, model) for name, model in SERVICES)


def _table(service: str, model: type[BaseModel]) -> str:
    rows = [
        f"| `{name}` | {_default(field)} | {_values(field)} | {field.description or ''} |\n"
        for name, field in model.model_fields.items()
    ]
    head = f"\n### {service}\n\n| switch | default | values | what it is about |\n| --- | --- | --- | --- |\n"
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
