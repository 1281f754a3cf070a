"""A boto3 client of one DynamoDB table in memory, with the size limit of items. It knows the calls that save rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

MAX_ITEM = 400_000  # bytes; DynamoDB counts a little more for each item


class DynamoTable:
    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.calls: Counter[str] = Counter()

    def size(self, pk: str) -> int:
        return len(repr(self.items[pk]).encode())

    def get_item(self, Key: Any, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.calls["get_item"] += 1
        item = self.items.get(Key["pk"]["S"])
        return {"Item": item} if item is not None else {}

    def put_item(self, Item: Any, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.calls["put_item"] += 1
        self.items[Item["pk"]["S"]] = Item
        return {}

    def update_item(self, Key: Any, UpdateExpression: str, **more: Any) -> dict[str, Any]:  # noqa: N803
        """`ADD #set :members` and `DELETE #set :members`."""
        self.calls["update_item"] += 1
        pk, name = Key["pk"]["S"], more["ExpressionAttributeNames"]["#set"]
        item = self.items.setdefault(pk, {"pk": Key["pk"]})
        before, members = (
            set(item.get(name, {"SS": ()})["SS"]),
            set(more["ExpressionAttributeValues"][":members"]["SS"]),
        )
        after = before | members if UpdateExpression.startswith("ADD") else before - members
        item[name] = {"SS": sorted(after)}
        assert self.size(pk) <= MAX_ITEM, "ValidationException: item size to update has exceeded the maximum"
        return {"Attributes": item} if more.get("ReturnValues") == "ALL_NEW" else {}
