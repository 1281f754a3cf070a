"""JSON documents by id, in memory and each in its own file, so that a restarted simulator continues where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Document = dict[str, Any]


class JsonStore:
    """Documents with a string `id`, which is also the file name. A document survives kill -9 once `put` has returned;
    without a folder it is in memory only.

    Not thread-safe: callers lock. Iteration is in the order of the first `put`, also after a restart.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        found = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")] if folder else []
        found.sort(key=lambda document: int(document["place"]))
        self._documents: dict[str, Document] = {document["id"]: document for document in found}
        self._next = max((document["place"] for document in found), default=0) + 1

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._documents.values()))

    def __len__(self) -> int:
        return len(self._documents)

    def get(self, name: str) -> Document | None:
        return self._documents.get(name)

    def put(self, document: Document) -> None:
        """Writes atomically: a reader of the folder sees the old document or the new one. `place` keeps the order."""
        if "place" not in document:
            document["place"] = self._next
            self._next += 1
        if self._folder is not None:
            path = self._folder / f"{document['id']}.json"
            part = path.with_suffix(".part")
            part.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
            os.replace(part, path)  # noqa: PTH105 - clearer than Path.replace
        self._documents[document["id"]] = document

    def delete(self, name: str) -> None:
        if self._documents.pop(name, None) is not None and self._folder is not None:
            (self._folder / f"{name}.json").unlink(missing_ok=True)
