"""What is masked and what is not, before two documents are compared."""

from __future__ import annotations

import json
from typing import Any

from tests.sam_local.left import differences, masked

JOB, OTHER = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
IMAGE = "11111111-2222-3333-4444-555555555555"


def test_times_and_addresses_do_not_count() -> None:
    one = {
        "at": "2026-11-24T13:00:00Z",
        "text": "since 2026-11-24T13:00:00.123Z at http://127.0.0.1:4566/x",
        "progress": 0.1,
    }
    other = {
        "at": "2026-11-25T01:02:03Z",
        "text": "since 2026-11-25T01:02:03.5Z at http://127.0.0.1:9/x",
        "progress": 0.7,
    }
    assert masked(one) == masked(other) == {"at": "<time>", "text": "since <time> at <address>/x"}


def test_random_ids_count_by_where_they_stand_again() -> None:
    assert masked({"a": JOB, "b": [JOB, IMAGE]}) == masked({"a": OTHER, "b": [OTHER, IMAGE.replace("1", "9")]})
    assert masked({"a": JOB, "b": JOB}) != masked({"a": JOB, "b": OTHER})


def test_an_id_is_the_same_with_and_without_dashes_and_a_part_of_a_name() -> None:
    assert masked({"a": IMAGE, "b": f"SMN_x_{IMAGE.replace('-', '')}.pem"}) == {"a": "<id 1>", "b": "SMN_x_<id 1>.pem"}


def test_a_digest_is_no_id() -> None:
    digest = "ab" * 32
    assert masked({"object": f"7 bytes, sha256 {digest}!"}) == {"object": f"7 bytes, sha256 {digest}!"}


def test_every_difference_is_named_by_its_place() -> None:
    stack = {"ledger": {"a": {"stage": "accepted"}}, "queues": [1, 2], "same": [{"x": 1}]}
    container = {"ledger": {"a": {"stage": "rejected"}, "b": {}}, "queues": [1], "same": [{"x": 1}]}
    assert list(differences(stack, container)) == [
        '/ledger/a/stage: stack "accepted", container "rejected"',
        '/ledger/b: stack "-", container {}',
        "/queues: stack [1, 2], container [1]",
    ]
    assert list(differences(stack, stack)) == []


def test_revisions_and_the_digests_of_message_ids_do_not_count() -> None:
    def document(number: int) -> dict[str, Any]:
        push = f"note:push:{number:064x}"
        body = json.dumps({"drops": [{"revision": number, "stage": "accepted"}]})
        return {"answer": {"body": body}, "ledger": {"x": {"revision": number}, push: {"pk": push}}}

    assert list(differences(masked(document(1)), masked(document(2)))) == []
    changed = {**document(1), "answer": {"body": '{"drops": []}'}}
    assert list(differences(masked(document(2)), masked(changed))) != []
