from __future__ import annotations

from pathlib import Path

from imagedrop_local.json_store import JsonStore


def test_documents_come_back_whole_and_in_their_order(tmp_path: Path) -> None:
    records = JsonStore(tmp_path)
    for name in ("z", "a", "m"):
        records.put({"id": name, "text": "中"})
    records.put({**(records.get("z") or {}), "text": "changed"})
    records.delete("a")
    records.delete("never")
    again = JsonStore(tmp_path)
    assert [(one["id"], one["text"]) for one in again] == [("z", "changed"), ("m", "中")]
    again.put({"id": "b"})
    assert [one["id"] for one in JsonStore(tmp_path)] == ["z", "m", "b"]


def test_a_write_that_was_cut_short_is_not_seen(tmp_path: Path) -> None:
    JsonStore(tmp_path).put({"id": "a"})
    (tmp_path / "b.part").write_text('{"id": "b", ')
    assert [one["id"] for one in JsonStore(tmp_path)] == ["a"]
