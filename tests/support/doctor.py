"""Installations on the simulators, and what the doctor says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.settings import Settings
from imagedrop_cli.checkup.checks import Site, check
from imagedrop_cli.checkup.results import CheckResult
from imagedrop_local import simulated_cloud
from imagedrop_local.cloud import Cloud
from imagedrop_local.cloud_connection import PROJECT_ID, REGION

KEYS = HuaweiKeys(simulated_cloud.ACCESS_KEY, simulated_cloud.SECRET_KEY)
Found = dict[str, CheckResult]
Start = Callable[..., Cloud]


def site(cloud: Cloud, **settings: Any) -> Site:
    given = {
        "region": REGION,
        "project_id": PROJECT_ID,
        "drop_bucket": "drops",
        "obs_endpoint": cloud.urls["obs"],
        "obs_addressing": "path",
        "ims_endpoint": cloud.urls["ims"],
        "declarations_accepted": True,
        "operator_mail": "operator@example.com",
    }
    return Site(
        Settings.of(given | settings),
        KEYS,
        installation="here",
        endpoints={name: cloud.urls[name] for name in ("eg", "kms")},
    )


def results(of: Site) -> Found:
    return {result.name: result for result in check(of)}


def outcomes(found: Found, outcome: str) -> set[str]:
    return {name for name, result in found.items() if result.outcome == outcome}


def only_wrong(found: Found, name: str, *texts: str) -> None:
    assert outcomes(found, "wrong") == {name}, found
    for text in texts:
        assert text in f"{found[name].seen} {found[name].fix}"


def settings_file(folder: Path, cloud: Cloud, **more: Any) -> Path:
    given = {
        "region": REGION, "project_id": PROJECT_ID, "drop_bucket": "drops", "obs_endpoint": cloud.urls["obs"],
        "obs_addressing": "path", "ims_endpoint": cloud.urls["ims"], "declarations_accepted": True, **more,
    }  # fmt: skip
    path = folder / "imagedrop.toml"
    path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in given.items()))
    return path
