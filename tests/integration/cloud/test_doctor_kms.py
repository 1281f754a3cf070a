"""The check of the keys that encrypt images, against the simulator: it is seen to pass and to fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imagedrop_local.faults import Fault
from tests.support.doctor import Start, results, site


@pytest.mark.parametrize(
    ("state", "outcome", "says"),
    [("2", "ok", "is enabled"), ("3", "wrong", "is disabled"), ("4", "wrong", "deleted"), (None, "wrong", "no key")],
)
def test_kms_key(start: Start, state: str | None, outcome: str, says: str) -> None:
    cloud = start()
    cloud.kms.keys.update({f"key-{number}": "2" for number in range(150)})
    if state:
        cloud.kms.keys["ours"] = state  # on the second page
    found = results(replace(site(cloud), kms_key="ours"))["kms.keys"]
    assert (found.outcome, says in found.seen) == (outcome, True)


def test_kms_keys_are_counted(start: Start) -> None:
    cloud = start()
    cloud.kms.keys.update({"a": "2", "b": "3"})
    assert results(site(cloud))["kms.keys"].seen == "1 enabled keys for encrypted images"
    cloud.faults.add(Fault(service="kms", call="ListKeys", fault="status", status=403, times=1))
    assert results(site(cloud))["kms.keys"].outcome == "unknown"
    assert "not asked" in results(replace(site(cloud), endpoints={}))["kms.keys"].seen
