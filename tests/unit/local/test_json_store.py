from __future__ import annotations

from pathlib import Path

from imagedrop_local.json_store import JsonStore


def test_documents_are_read_back_in_the_order_of_the_first_put(tmp_path: Path) -> None:
    store = JsonStore(tmp_path)
    for name in ("z", "a", "m"):
        store.put({"id": name, "text": "中"})
    store.put({**(store.get("z") or {}), "text": "changed"})
    store.delete("a")
    store.delete("never")
    reopened = JsonStore(tmp_path)
    assert [(document["id"], document["text"]) for document in reopened] == [("z", "changed"), ("m", "中")]
    reopened.put({"id": "b"})
    assert [document["id"] for document in JsonStore(tmp_path)] == ["z", "m", "b"]


def test_an_interrupted_write_is_ignored(tmp_path: Path) -> None:
    JsonStore(tmp_path).put({"id": "a"})
    (tmp_path / "b.part").write_text('{"id": "b", ')
    assert [document["id"] for document in JsonStore(tmp_path)] == ["a"]
