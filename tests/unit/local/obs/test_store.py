"""The store compared with a dictionary, for any keys."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop_local.obs.model import StoredObject, StoreError
from imagedrop_local.obs.store import Store

SEGMENTS = st.sampled_from(["a", "b", "a.b", "", ".", "..", "é", "中", "x" * 256, "-", "\x7f"])
KEYS = st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join).filter(lambda key: 0 < len(key) <= 1000)
STEPS = st.lists(st.tuples(st.sampled_from(["put", "delete"]), KEYS, st.binary(max_size=3)), max_size=25)


@settings(max_examples=60, deadline=None)
@given(
    steps=STEPS, prefix=st.sampled_from(["", "a", "a/", "..", "/", "a/b"]), delimiter=st.sampled_from(["", "/", "a"])
)
def test_the_store_behaves_like_a_dictionary(steps: list[tuple[str, str, bytes]], prefix: str, delimiter: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, model = Store(Path(folder) / "cloud"), dict[str, bytes]()
        store.create_bucket("drops")
        for step, key, content in steps:
            if step == "put":
                store.put("drops", key, content)
                model[key] = content
            else:
                assert store.delete("drops", key) == (key in model)
                model.pop(key, None)
        assert {key: read(store, key) for key in all_of(store)} == model
        assert pages(store, prefix, delimiter) == expected(model, prefix, delimiter)
        assert [path.name for path in Path(folder).iterdir()] == ["cloud"]


def read(store: Store, key: str) -> bytes:
    with store.open("drops", key) as file:
        return file.read()


def all_of(store: Store) -> list[str]:
    return [stored.key for stored in store.list("drops").objects]


def pages(store: Store, prefix: str, delimiter: str) -> list[str]:
    """Everything, in pages of two."""
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = store.list("drops", prefix, after, delimiter, limit=2)
        assert len(page.objects) + len(page.prefixes) <= 2
        found += sorted([*(stored.key for stored in page.objects), *page.prefixes], key=str.encode)
        after = page.after
    return found


def expected(model: dict[str, bytes], prefix: str, delimiter: str) -> list[str]:
    found = set()
    for key in model:
        if key.startswith(prefix):
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            found.add(key if end < 0 else key[: end + len(delimiter)])
    return sorted(found, key=str.encode)


def test_two_versions_of_a_key_never_have_the_same_time(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create_bucket("drops")
    times = [store.put("drops", "k", b"x").last_modified for _ in range(50)]
    assert len(set(times)) == 50
    assert times == sorted(times)


def test_a_key_that_can_be_a_path_again_has_only_one_version(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create_bucket("drops")
    store.put("drops", "a/b", b"below")
    store.put("drops", "a", b"beside")
    store.delete("drops", "a/b")
    store.put("drops", "a", b"again")
    assert read(store, "a") == b"again"
    store.delete("drops", "a")
    assert store.head("drops", "a") is None
    assert all_of(store) == []


def test_the_attributes_of_a_version_never_apply_to_another(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create_bucket("drops")
    etag = store.put("drops", "k", b"one").etag
    (tmp_path / "drops" / "k").write_bytes(b"two")
    stored = store.head("drops", "k")
    assert isinstance(stored, StoredObject)
    assert stored.etag != etag
    assert not store.was_put(stored)


@pytest.mark.parametrize("bucket", ["..", ".obs", "", "a/b", "Drops", "none-such"])
def test_an_invalid_bucket_name_gives_no_access_to_files(tmp_path: Path, bucket: str) -> None:
    store = Store(tmp_path / "cloud")
    (tmp_path / "k").write_bytes(b"outside")
    for act in (store.head, store.open, store.delete):
        with pytest.raises(StoreError, match="NoSuchBucket"):
            act(bucket, "k")
