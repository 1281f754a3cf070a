"""JSON documents by id, in memory and each in a file of its own, so that a simulator goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Document = dict[str, Any]


class JsonStore:
    """Documents with a string `id` that is also a file name. What `put` returned from survives kill -9; without a
    folder nothing survives.

    Not thread-safe: the owner locks. Iteration is in the order of first `put`, over restarts too.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        found = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")] if folder else []
        self._held: dict[str, Document] = {one["id"]: one for one in sorted(found, key=lambda one: int(one["place"]))}
        self._next = max((one["place"] for one in found), default=0) + 1

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._held.values()))

    def __len__(self) -> int:
        return len(self._held)

    def get(self, name: str) -> Document | None:
        return self._held.get(name)

    def put(self, document: Document) -> None:
        """Writes it whole; a reader of the folder sees the old one or the new one."""
        if "place" not in document:
            document["place"] = self._next
            self._next += 1
        if self._folder is not None:
            path = self._folder / f"{document['id']}.json"
            part = path.with_suffix(".part")
            part.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
            os.replace(part, path)  # noqa: PTH105 - says what it does
        self._held[document["id"]] = document

    def delete(self, name: str) -> None:
        if self._held.pop(name, None) is not None and self._folder is not None:
            (self._folder / f"{name}.json").unlink(missing_ok=True)
