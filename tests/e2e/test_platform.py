"""What imagedrop relies on in SQS, EventBridge and CloudFormation, with its own functions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Cli
from tests.support.e2e import World
from tests.support.engine import Engine
from tests.support.waiting import until

POISON = "poison"  # a drop id


@pytest.mark.long
def test_a_message_that_always_fails_lets_its_batch_pass_and_becomes_a_dead_letter(
    cli: Cli, local: Engine, world: World
) -> None:
    images = [world.image(f"batch-{number}", min_disk=20) for number in (1, 2)]
    sqs, outputs, message = local.stack.client("sqs"), local.stack.outputs, {"drop_id": POISON, "attempt": 1}
    with unreadable_row(local, POISON), dead_letters_after(local, "notices", receives=2):
        with paused(local, "notify"):
            sqs.send_message(QueueUrl=outputs.queues["notices"], MessageBody=json.dumps(message))
            for image in images:
                drop_with_one_event(cli, world, image)
            world.until(lambda: message_count(local, "notices") == 1 + len(images))
        for image in images:
            assert world.until(partial(world.result, image))["stage"] == "rejected"
            world.until(partial(world.mails, image.stem))
        dead = outputs.dead_letters["notices"]
        [letter] = world.until(lambda: sqs.receive_message(QueueUrl=dead).get("Messages"))
        sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"])
    assert json.loads(letter["Body"]) == message
    log = notify_log(local)
    failures = [line for line in log if line.get("message") == "message failed" and POISON in line["body"]]
    assert [line["received"] for line in failures] == [1, 2]
    same_call = [line for line in log if line.get("function_request_id") == failures[0]["function_request_id"]]
    others = {line["drop_id"] for line in same_call if "drop_id" in line} - {POISON}
    assert len(others) == len(images), "the messages were not one batch"


@pytest.mark.long
def test_the_schedule_runs_the_sweep_which_finds_a_drop_whose_events_were_lost(
    cli: Cli, local: Engine, world: World
) -> None:
    image, before = world.image("scheduled"), world.state()["events"].get("drop", 0)
    world.fault(service="obs", call="Event", times=2, fault="drop")
    assert cli("drop", image).code == 0
    world.until(lambda: world.state()["events"].get("drop", 0) == before + 2)
    local.schedule_sweep("rate(1 minute)")
    try:
        assert world.until(lambda: world.result(image))["stage"] == "registered"
    finally:
        local.schedule_sweep("rate(1 day)")
    assert len(world.images("scheduled")) == 1


@pytest.mark.long
def test_an_update_while_an_import_runs_makes_no_second_image(cli: Cli, local: Engine, world: World) -> None:
    image, creates, polls = world.image("updated"), world.calls("ims", "CreateImage"), world.calls("ims", "ShowJob")
    world.fault(service="ims", call="ShowJob", fault="status")  # the import does not end before the update
    assert cli("drop", image).code == 0
    world.until(lambda: world.calls("ims", "ShowJob") > polls)
    local.redeploy(poll_longest=2)
    for function in local.stack.outputs.functions:
        assert json.loads(local.stack.environment(function)["IMAGEDROP_SETTINGS"])["poll_longest"] == 2
    polls = world.calls("ims", "ShowJob")
    # ministack kills a poll that runs during the update. Its message comes back after 12 minutes; the sweep is faster.
    world.until(lambda: local.sweep() and world.calls("ims", "ShowJob") > polls)
    world.clear_faults()
    result = world.until(lambda: world.result(image))
    assert (result["stage"], result["attempt"]) == ("registered", 1)
    assert len(world.images("updated")) == 1
    assert world.calls("ims", "CreateImage") == creates + 1
    assert len(world.until(lambda: world.mails("updated"))) == 1


def drop_with_one_event(cli: Cli, world: World, image: Path) -> None:
    """With both, the drop would be validated twice, and its notice sent twice."""
    before = world.state()["events"].get("drop", 0)
    world.fault(service="obs", call="Event", times=1, fault="drop")
    assert cli("drop", image, "--no-check").code == 0
    world.until(lambda: world.state()["events"].get("drop", 0) == before + 1)


@contextmanager
def unreadable_row(local: Engine, drop_id: str) -> Iterator[None]:
    """A row of the ledger at which every function that reads it fails."""
    ledger, table = local.stack.client("dynamodb"), local.stack.outputs.ledger_table
    ledger.put_item(TableName=table, Item={"pk": {"S": drop_id}, "drop_id": {"S": drop_id}})
    yield
    ledger.delete_item(TableName=table, Key={"pk": {"S": drop_id}})


@contextmanager
def dead_letters_after(local: Engine, queue: str, receives: int) -> Iterator[None]:
    sqs, url = local.stack.client("sqs"), local.stack.outputs.queues[queue]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    policy = {**json.loads(before), "maxReceiveCount": receives}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": before})


@contextmanager
def paused(local: Engine, function: str) -> Iterator[None]:
    """Its queue passes no messages to the function."""
    functions, name = local.stack.client("lambda"), local.stack.outputs.functions[function]
    [mapping] = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    until(lambda: functions.get_event_source_mapping(UUID=mapping["UUID"])["State"] == "Disabled")
    yield
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def message_count(local: Engine, queue: str) -> int:
    name = "ApproximateNumberOfMessages"
    url = local.stack.outputs.queues[queue]
    answer = local.stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(answer["Attributes"][name])


def notify_log(local: Engine) -> list[dict[str, Any]]:
    lines = [line.text for line in local.stack.logs() if line.function == "notify"]
    return [json.loads(text) for text in lines if text.startswith("{")]
