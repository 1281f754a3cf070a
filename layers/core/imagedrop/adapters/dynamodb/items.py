"""Ledger rows as DynamoDB items, and the conditions for writing them."""

from __future__ import annotations

import json
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from imagedrop.domain.drop import Drop

# Stored as JSON text, because users and files decide their content: DynamoDB refuses floats, numbers of 39 digits,
# empty names and nesting deeper than 32.
JSON_ATTRIBUTES = ("sidecar", "facts", "findings", "request")

Item = dict[str, Any]


def live_key_pk(drop: Drop) -> str:
    return f"live:{drop.bucket}/{drop.key}"


def if_unchanged(drop: Drop) -> Item:
    """The condition that the row still has the revision that was read. Revision 0: there is no row."""
    if not drop.revision:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "#revision = :read",
        "ExpressionAttributeNames": {"#revision": "revision"},
        "ExpressionAttributeValues": {":read": {"N": str(drop.revision)}},
    }


def to_row(drop: Drop) -> Item:
    row = drop.model_dump(mode="json", exclude_none=True)
    texts = {name: json.dumps(row[name]) for name in JSON_ATTRIBUTES if name in row}
    return {**row, **texts, "pk": drop.drop_id, **(_index_attributes(drop) if drop.open else {})}


def _index_attributes(drop: Drop) -> Item:
    """What only the index reads (open_index.py)."""
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
