"""Adapts a file of events/ to a world: sets all values that the file cannot know.

ETag in envelopes, drop id of the sample   those of the image in the bucket
secret header, signature of SMN            the local stack's secret; signed now, with the simulator's certificate
token of a subscription                    of the pending one in the simulator
message id, receipt handle                 of a message that was sent with the file's body and received
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from imagedrop.domain.drop import drop_id
from imagedrop.intake import smn_signature
from imagedrop.intake.smn_push import is_smn_push
from imagedrop_local.cloud_connection import PROJECT_ID, REGION
from imagedrop_local.local_stack import WEBHOOK_SECRET
from imagedrop_local.smn.certificate import Certificate
from imagedrop_local.smn.topics import TopicStore
from tests.sam_local.world import BUCKET, IMAGE, KEY, QUEUE_OF, World

ETAG = "6f94a1c2d03b5e7f8091a2b3c4d5e6f7-12"  # in every envelope of events/
SAMPLE_ID = drop_id(BUCKET, KEY, hashlib.md5(IMAGE.read_bytes()).hexdigest())  # in the messages of the later queues
HEADER = "x-imagedrop-secret"


def fill(world: World, function: str, content: Any) -> tuple[Any, list[dict[str, Any]]]:
    """The event, and its records that were received from the function's queue."""
    filled = json.loads(text(world, json.dumps(content, ensure_ascii=False)))
    if function in QUEUE_OF:
        filled["Records"] = _received(world, function, filled["Records"])
        return filled, filled["Records"]
    if HEADER in filled.get("headers", {}):
        filled["headers"][HEADER] = WEBHOOK_SECRET
    if filled.get("body"):
        _sign(world, filled)
    return filled, []


def text(world: World, content: str) -> str:
    return content.replace(SAMPLE_ID, drop_id(BUCKET, KEY, world.etag)).replace(ETAG, world.etag or ETAG)


def _received(world: World, function: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    queue = world.queues[QUEUE_OF[function]]
    queue.purge()
    sent = {}
    for record in records:
        queue.send(record["body"])
        sent[hashlib.md5(record["body"].encode()).hexdigest()] = record
    received = queue.receive(len(records))
    copied = ("messageId", "receiptHandle", "body", "md5OfBody", "attributes")
    return [sent[record["md5OfBody"]] | {name: record[name] for name in copied} for record in received]


def _sign(world: World, request: dict[str, Any]) -> None:
    """Signs the body of a request to intake, if it is a push with a signature that is not forged."""
    encoded = request.get("isBase64Encoded")
    push = json.loads(text(world, base64.b64decode(request["body"]).decode()) if encoded else request["body"])
    if not is_smn_push(push) or push.get("signature") == FORGED:
        return
    body = dict(push)
    if "subscribe_url" in body:
        body["subscribe_url"] = _subscribe_url(world, body["topic_urn"])
    body |= {"timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "message_id": uuid.uuid4().hex}
    certificate = Certificate(world.cloud.folder / "smn", REGION)
    body["signing_cert_url"] = f"{world.cloud.smn.origin}/smn/{certificate.name}"
    body["signature"] = certificate.sign(smn_signature.texts_to_sign(body)[0].decode())
    content = json.dumps(body, ensure_ascii=False)
    request["body"] = base64.b64encode(content.encode()).decode() if encoded else content


FORGED = base64.b64encode(b"not SMN's").decode()


def _subscribe_url(world: World, topic: str) -> str:
    waiting = TopicStore(world.cloud.folder / "smn", REGION, PROJECT_ID).subscriptions(topic)
    query = urlencode({"token": waiting[0]["token"], "topic_urn": topic, "region": REGION})
    return f"{world.cloud.smn.origin}/smn/subscription/confirm?{query}"
