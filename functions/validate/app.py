"""validate: pairs image and sidecar, inspects the image in the bucket, accepts or rejects the drop."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Any

from imagedrop.entry.runtime import invocation
from imagedrop.entry.sqs_batch import process_batch
from imagedrop.ports import Ports
from imagedrop.workflow.validate import validate


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    with invocation(context) as runtime:
        answer = handle(event, runtime.ports)
    gc.collect(1)  # readers of an image refer to each other: without it, the blocks of hundreds of images stay
    return answer


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the drops queue: `{"bucket", "key"}`, or any envelope of an OBS event."""
    return process_batch(event, "drops", ports, dict, lambda body: validate.validate_events(ports, body))
