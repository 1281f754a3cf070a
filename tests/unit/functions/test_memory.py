"""What a function keeps after an invocation."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from imagedrop.inspection.ntfs.file import File
from imagedrop_local.project_paths import function
from tests.support.world import BUCKET, World
from tests.unit.workflow.validate.sample_drop import KEY, SAMPLE, SIDECAR_KEY, sidecar


@pytest.fixture
def no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_validate_keeps_nothing_of_an_image(no_collection: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world, validate = World(), function("validate")
    world.put(KEY, SAMPLE, event=False)
    world.put(SIDECAR_KEY, sidecar(), event=False)

    @contextmanager
    def invocation(context: Any) -> Iterator[Any]:
        yield SimpleNamespace(ports=world.ports)

    monkeypatch.setattr(validate, "invocation", invocation)
    body = json.dumps({"bucket": BUCKET, "key": KEY})
    record = {"messageId": "1", "receiptHandle": "1", "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
    assert validate.handler({"Records": [record]}, None) == {"batchItemFailures": []}
    assert world.row(KEY).stage == "accepted"
    assert not [kept for kept in gc.get_objects() if isinstance(kept, File)]
