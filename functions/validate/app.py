"""validate: pairs image and sidecar, inspects the image where it lies, accepts or rejects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagedrop import events
from imagedrop.domain.messages import BadMessage
from imagedrop.entry.sqs_batch import batch
from imagedrop.intake import enqueue
from imagedrop.ports import Ports
from imagedrop.workflow.validate import validate


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    from imagedrop.entry.runtime import runtime

    return handle(event, runtime().ports)


def handle(event: Mapping[str, Any], ports: Ports) -> dict[str, Any]:
    """SQS records of the drops queue: `{"bucket", "key"}`, or any envelope of an OBS event as it came."""

    def one(body: dict[str, Any], receipt: str, received: int) -> None:
        bad = []
        outcomes = events.parse(body, keys_encoded=ports.settings.event_keys_encoded)
        enqueue.report_foreign(outcomes, ports)
        for outcome in outcomes:
            if isinstance(outcome, events.ObjectCreated) and outcome.bucket == ports.settings.drop_bucket:
                validate.validate_key(ports, outcome.bucket, outcome.key, outcome.after_attempt)
            elif isinstance(outcome, events.Bad):
                bad.append(f"{outcome.at or 'body'}: {outcome.reason}")
        if bad:  # after the good ones, so that none of them is harmed
            raise BadMessage("; ".join(bad))

    return batch(event, "drops", ports, one)
