"""Rows of the ledger as DynamoDB's items, and the conditions under which they may be written."""

from __future__ import annotations

import json
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from imagedrop.domain.drop import Drop

# Others' words, kept as JSON text: DynamoDB refuses numbers of 39 digits, floats, empty names and depth over 32.
JSON_ATTRIBUTES = ("sidecar", "facts", "findings", "request")

Item = dict[str, Any]


def live_pk(drop: Drop) -> str:
    return f"live:{drop.bucket}/{drop.key}"


def if_unchanged(drop: Drop) -> Item:
    """The condition that the row is as it was read; revision 0: there was none."""
    if not drop.revision:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "#revision = :read",
        "ExpressionAttributeNames": {"#revision": "revision"},
        "ExpressionAttributeValues": {":read": {"N": str(drop.revision)}},
    }


def to_row(drop: Drop) -> Item:
    shown = drop.model_dump(mode="json", exclude_none=True)
    texts = {name: json.dumps(shown[name]) for name in JSON_ATTRIBUTES if name in shown}
    return {**shown, **texts, "pk": drop.drop_id, **(_indexed(drop) if drop.open else {})}


def _indexed(drop: Drop) -> Item:
    """What only the index reads (ledger_index)."""
    parts = {"parts": list(drop.parts)} if drop.parts else {}
    return {"open": drop.open_index_partition, "tasks": drop.tasks, **parts}


def to_drop(item: Item) -> Drop:
    return Drop.model_validate({**item, **{name: json.loads(item[name]) for name in JSON_ATTRIBUTES if name in item}})


def to_dynamodb(item: Item) -> Item:
    serializer = TypeSerializer()
    return {name: serializer.serialize(value) for name, value in item.items()}


def from_dynamodb(item: Item) -> Item:
    deserializer = TypeDeserializer()
    return {name: deserializer.deserialize(value) for name, value in item.items()}
