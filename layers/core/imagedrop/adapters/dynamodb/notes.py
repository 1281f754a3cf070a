"""The ledger's small notes in DynamoDB: cursors, counters, ids of received pushes.

note:<name>    `note` (JSON); `expires`, if the note has an end: the table's time to live, s since the epoch
count:<name>   `counted` (number), `expires`
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from imagedrop.adapters.dynamodb.items import Item, from_dynamodb, to_dynamodb
from imagedrop.ports import ServiceError

EXPIRES = "expires"
CONDITION_FAILED = "ConditionalCheckFailedException"


class DynamoNotes:
    """`client`: an AwsClient of DynamoDB."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def load(self, name: str) -> dict[str, Any] | None:
        item = self._item(f"note:{name}")
        note: dict[str, Any] | None = json.loads(item["note"]) if item else None
        return note

    def store(self, name: str, value: Mapping[str, Any], until: datetime | None = None) -> None:
        item: Item = {"pk": f"note:{name}", "note": json.dumps(dict(value))}
        if until is not None:
            item[EXPIRES] = _seconds(until)
        self._client.put_item(TableName=self._table, Item=to_dynamodb(item))

    def count(self, name: str, most: int, until: datetime) -> bool:
        try:
            self._client.update_item(
                **self._at(f"count:{name}"),
                UpdateExpression="SET #expires = :until ADD #counted :one",
                ConditionExpression="attribute_not_exists(#counted) OR #counted < :most",
                ExpressionAttributeNames={"#counted": "counted", "#expires": EXPIRES},
                ExpressionAttributeValues=to_dynamodb({":one": 1, ":most": most, ":until": _seconds(until)}),
            )
        except ServiceError as error:
            if error.code != CONDITION_FAILED:
                raise
            return False
        return True

    def _at(self, pk: str) -> Item:
        return {"TableName": self._table, "Key": {"pk": {"S": pk}}}

    def _item(self, pk: str) -> Item | None:
        item = self._client.get_item(**self._at(pk), ConsistentRead=True).get("Item")
        return from_dynamodb(item) if item else None


def _seconds(when: datetime) -> int:
    return int(when.timestamp())
