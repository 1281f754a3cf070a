"""What is masked before two outcomes are compared."""

from __future__ import annotations

import json
from typing import Any

from tests.sam_local.outcome import differences, masked

JOB, OTHER = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
IMAGE = "11111111-2222-3333-4444-555555555555"


def test_times_and_addresses_are_masked() -> None:
    first = {
        "at": "2026-11-24T13:00:00Z",
        "text": "since 2026-11-24T13:00:00.123Z at http://127.0.0.1:4566/x",
        "progress": 0.1,
    }
    second = {
        "at": "2026-11-25T01:02:03Z",
        "text": "since 2026-11-25T01:02:03.5Z at http://127.0.0.1:9/x",
        "progress": 0.7,
    }
    assert masked(first) == masked(second) == {"at": "<time>", "text": "since <time> at <address>/x"}


def test_random_ids_are_compared_by_their_repetitions() -> None:
    assert masked({"a": JOB, "b": [JOB, IMAGE]}) == masked({"a": OTHER, "b": [OTHER, IMAGE.replace("1", "9")]})
    assert masked({"a": JOB, "b": JOB}) != masked({"a": JOB, "b": OTHER})


def test_an_id_is_recognised_without_dashes_and_inside_a_name() -> None:
    assert masked({"a": IMAGE, "b": f"SMN_x_{IMAGE.replace('-', '')}.pem"}) == {"a": "<id 1>", "b": "SMN_x_<id 1>.pem"}


def test_a_digest_is_not_masked_as_an_id() -> None:
    digest = "ab" * 32
    assert masked({"object": f"7 bytes, sha256 {digest}!"}) == {"object": f"7 bytes, sha256 {digest}!"}


def test_every_difference_is_shown_with_its_path() -> None:
    stack = {"ledger": {"a": {"stage": "accepted"}}, "queues": [1, 2], "same": [{"x": 1}]}
    container = {"ledger": {"a": {"stage": "rejected"}, "b": {}}, "queues": [1], "same": [{"x": 1}]}
    assert list(differences(stack, container)) == [
        '/ledger/a/stage: stack "accepted", container "rejected"',
        '/ledger/b: stack "-", container {}',
        "/queues: stack [1, 2], container [1]",
    ]
    assert list(differences(stack, stack)) == []


def test_revisions_and_digests_of_message_ids_are_masked() -> None:
    def document(number: int) -> dict[str, Any]:
        push = f"note:push:{number:064x}"
        body = json.dumps({"drops": [{"revision": number, "stage": "accepted"}]})
        return {"answer": {"body": body}, "ledger": {"x": {"revision": number}, push: {"pk": push}}}

    assert list(differences(masked(document(1)), masked(document(2)))) == []
    changed = {**document(1), "answer": {"body": '{"drops": []}'}}
    assert list(differences(masked(document(2)), masked(changed))) != []
