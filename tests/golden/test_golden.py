"""What is stored and public keeps its shape byte for byte: today's code reads it, and writes it again as it was."""

from __future__ import annotations

import json
from functools import cache

import pytest

from imagedrop import events
from imagedrop.adapters.dynamodb.items import from_dynamodb, to_drop, to_dynamodb, to_row
from imagedrop.domain.drop import Drop
from imagedrop.domain.messages import NoticeMessage, PollMessage, RegistrationMessage
from imagedrop.domain.object_keys import claim_key, result_key
from imagedrop.intake import replay_protection
from imagedrop.workflow.bucket_records import claims, end_markers, file_versions, results
from imagedrop.workflow.sweep.sweep import sweep
from imagedrop_local.memory import MemoryPorts, memory_ports
from tests.golden.make import PUSH, claim_body, files, result_body
from tests.golden.rows import BUCKET, DATA, KEY, SIDECAR, UNICODE
from tests.golden.support import attributes, golden, names, restored, stored, text

made = cache(files)


def ports_with_notes() -> MemoryPorts:
    ports = memory_ports()
    for call in json.loads(golden("notes.json")):
        if "Item" in call:
            item = from_dynamodb(call["Item"])
            ports.ledger.store(item["pk"].removeprefix("note:"), json.loads(item["note"]))
    return ports


def test_there_is_a_file_for_every_shape_and_no_other() -> None:
    assert set(names("**")) == set(made())


@pytest.mark.parametrize("name", names("**"))
def test_the_same_drops_are_written_with_the_same_bytes(name: str) -> None:
    assert made()[name] == golden(name)


def test_the_names_of_a_row_are_the_stored_ones() -> None:
    assert attributes(Drop) == json.loads(golden("attributes.json"))


@pytest.mark.parametrize("name", names("rows"))
def test_a_stored_row_is_read_and_written_again(name: str) -> None:
    assert text(stored(restored(json.loads(golden(name))))) == golden(name)


@pytest.mark.parametrize("name", names("items"))
def test_a_dynamodb_item_is_read_and_written_again(name: str) -> None:
    row = to_drop(from_dynamodb(json.loads(golden(name))))
    assert text(to_dynamodb(to_row(row))) == golden(name)
    assert text(stored(row)) == golden(name.replace("items/", "rows/"))


@pytest.mark.parametrize("name", names("claims"))
def test_a_claim_is_read_and_written_again_with_revision_0(name: str) -> None:
    ports, kept = memory_ports(), json.loads(golden(name))
    ports.objects.upload(BUCKET, claim_key(kept["drop_id"]), golden(name))
    row = claims.read_claim(ports.objects, BUCKET, kept["drop_id"])
    assert row is not None
    assert claim_body(row) == json.dumps({**kept, "revision": 0}, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", names("results"))
def test_a_result_file_is_read_and_written_again(name: str) -> None:
    ports, kept = memory_ports(), json.loads(golden(name))
    ports.objects.upload(BUCKET, result_key(kept["key"]), golden(name))
    row = results.read_result(ports.objects, BUCKET, kept["key"], kept["drop_id"])
    assert row is not None
    assert result_body(row) == golden(name)


def test_a_row_of_a_newer_version_is_read_without_what_is_unknown() -> None:
    assert text(stored(restored(json.loads(golden("other_versions/newer.json"))))) == golden("rows/filled.json")


def test_a_row_of_an_older_version_is_read_with_defaults() -> None:
    assert text(stored(restored(json.loads(golden("other_versions/older.json"))))) == golden("rows/minimal.json")


@pytest.mark.parametrize("name", names("results"))
def test_the_key_of_an_end_says_which_versions_it_has_read(name: str) -> None:
    row = restored(json.loads(golden(name.replace("results/", "rows/"))))
    kept = json.loads(golden("keys.json"))["rows"][name.removeprefix("results/").removesuffix(".json")]
    read = end_markers.parse_end_marker(kept["end"])
    assert read is not None
    assert read[1:] == (row.attempt, {file_versions.version_digest(key, seen) for key, seen in row.versions.items()})


def test_messages_are_read() -> None:
    models = {"registrations": RegistrationMessage, "polls": PollMessage, "notices": NoticeMessage}
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


def test_the_next_sweep_goes_on_where_the_last_one_ended() -> None:
    ports = ports_with_notes()
    for key in (KEY, DATA, SIDECAR, UNICODE):
        ports.objects.upload(BUCKET, key, b"a file")
    assert not sweep(ports, lambda: 60.0).whole


def test_a_push_that_was_taken_is_known() -> None:
    assert replay_protection.received_before(PUSH, ports_with_notes())
