"""Stored and public formats stay byte for byte: the present code reads each golden file and writes the same bytes."""

from __future__ import annotations

import json
from functools import cache

import pytest

from imagedrop import events
from imagedrop.adapters.dynamodb.items import from_dynamodb, to_drop, to_dynamodb, to_row
from imagedrop.domain.drop import Drop
from imagedrop.domain.messages import DropMessage, NoticeMessage, PollMessage, RegistrationMessage
from imagedrop.domain.object_keys import claim_key, result_key
from imagedrop.intake import replay_protection
from imagedrop.workflow.bucket_records import claims, end_markers, file_versions, results
from imagedrop.workflow.sweep.place import Place
from imagedrop.workflow.sweep.sweep import sweep
from imagedrop_local.memory import MemoryPorts, memory_ports
from tests.golden.make import PUSH, claim_body, files, result_body
from tests.golden.rows import BUCKET, DATA, KEY, NOW, SIDECAR, UNICODE
from tests.golden.support import attributes, first_attributes, golden, names, restored, stored, text

made = cache(files)


def ports_with_notes() -> MemoryPorts:
    ports = memory_ports()
    for call in json.loads(golden("notes.json")):
        if "Item" in call:
            item = from_dynamodb(call["Item"])
            ports.ledger.store(item["pk"].removeprefix("note:"), json.loads(item["note"]))
    return ports


def test_every_format_has_one_file() -> None:
    assert set(names("**")) == set(made())


@pytest.mark.parametrize("name", names("**"))
def test_same_bytes_are_written_for_the_same_drops(name: str) -> None:
    assert made()[name] == golden(name)


def test_attribute_names_of_a_row_stay() -> None:
    """Others may be added, if they have defaults."""
    assert first_attributes(attributes(Drop)) == json.loads(golden("attributes.json"))


@pytest.mark.parametrize("name", names("rows"))
def test_stored_row_is_read_and_written_unchanged(name: str) -> None:
    assert text(stored(restored(json.loads(golden(name))))) == golden(name)


@pytest.mark.parametrize("name", names("items"))
def test_dynamodb_item_is_read_and_written_unchanged(name: str) -> None:
    row = to_drop(from_dynamodb(json.loads(golden(name))))
    assert text(to_dynamodb(to_row(row))) == golden(name)
    assert text(stored(row)) == golden(name.replace("items/", "rows/"))


@pytest.mark.parametrize("name", names("claims"))
def test_claim_is_read_and_written_with_revision_0(name: str) -> None:
    ports, kept = memory_ports(), json.loads(golden(name))
    ports.objects.upload(BUCKET, claim_key(kept["drop_id"]), golden(name))
    claim = claims.read_claim(ports.objects, BUCKET, kept["drop_id"])
    assert claim is not None
    assert claim_body(claim.row) == json.dumps({**kept, "revision": 0}, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", names("results"))
def test_result_file_is_read_and_written_unchanged(name: str) -> None:
    ports, kept = memory_ports(), json.loads(golden(name))
    ports.objects.upload(BUCKET, result_key(kept["key"]), golden(name))
    row = results.read_result(ports.objects, BUCKET, kept["key"], kept["drop_id"])
    assert row is not None
    assert result_body(row) == golden(name)


def test_unknown_attributes_of_a_newer_version_are_ignored() -> None:
    assert text(stored(restored(json.loads(golden("other_versions/newer.json"))))) == golden("rows/filled.json")


def test_missing_attributes_of_an_older_version_get_defaults() -> None:
    assert text(stored(restored(json.loads(golden("other_versions/older.json"))))) == golden("rows/minimal.json")


@pytest.mark.parametrize("name", names("results"))
def test_end_marker_key_contains_attempt_and_versions(name: str) -> None:
    row = restored(json.loads(golden(name.replace("results/", "rows/"))))
    kept = json.loads(golden("keys.json"))["rows"][name.removeprefix("results/").removesuffix(".json")]
    digests = frozenset(file_versions.version_digest(key, version) for key, version in row.versions.items())
    read = end_markers.parse_end_marker(kept["end"])
    assert read is not None
    assert read[1:] == (row.attempt, digests)


def test_queue_messages_are_read() -> None:
    models: dict[str, type[DropMessage]] = {
        "registrations": RegistrationMessage,
        "polls": PollMessage,
        "notices": NoticeMessage,
    }
    for call in json.loads(golden("messages.json")):
        for entry in call.get("Entries", [call]):
            body = json.loads(entry["MessageBody"])
            if model := models.get(call["QueueUrl"]):
                assert model.parse(body).body() == body
            else:
                (event,) = events.parse(body, keys_encoded=False)
                assert isinstance(event, events.ObjectCreated)
                assert (event.bucket, event.key, event.after_attempt) == (
                    body["bucket"], body["key"], body.get("after_attempt"),
                )  # fmt: skip


def test_sweep_continues_where_the_last_one_stopped() -> None:
    ports = ports_with_notes()
    for key in (KEY, DATA, SIDECAR, UNICODE):
        ports.objects.upload(BUCKET, key, b"a file")
    assert not sweep(ports, lambda: 60.0).whole


def test_place_of_the_sweep_is_read_and_written_unchanged() -> None:
    assert text(Place.load(json.loads(golden("place.json"))).note(NOW[7])) == golden("place.json")


def test_received_push_is_recognised() -> None:
    assert replay_protection.received_before(PUSH, ports_with_notes())
