"""A message that waits is not taken for one that fails, and a dead letter raises an alarm."""

from typing import Any

import pytest

from imagedrop.domain.resend_bound import REGISTER_TIME_LIMIT

QUEUES = {"Drops": "Validate", "Registrations": "Register", "Polls": "Poll", "Notices": "Notify"}
DAY = 86_400

each_queue = pytest.mark.parametrize(("queue", "function"), QUEUES.items())


@each_queue
def test_a_message_stays_invisible_for_six_timeouts_of_its_function(
    resources: dict[str, Any], queue: str, function: str
) -> None:
    visibility = resources[f"{queue}Queue"]["Properties"]["VisibilityTimeout"]
    assert visibility >= 6 * resources[f"{function}Function"]["Properties"]["Timeout"]


@each_queue
def test_an_event_source_mapping_reports_single_failures_and_has_a_limit(
    resources: dict[str, Any], queue: str, function: str
) -> None:
    mapping = resources[f"{function}Mapping"]["Properties"]
    assert mapping["FunctionName"] == {"Ref": f"{function}Function"}
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": [f"{queue}Queue", "Arn"]}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert 2 <= mapping["ScalingConfig"]["MaximumConcurrency"] <= 10
    assert 1 <= mapping["BatchSize"] <= 10


@each_queue
def test_a_dead_letter_is_kept_as_long_as_in_its_queue_and_raises_an_alarm(
    resources: dict[str, Any], queue: str, function: str
) -> None:
    source, dead = resources[f"{queue}Queue"]["Properties"], resources[f"{queue}DeadLetters"]["Properties"]
    assert source["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{queue}DeadLetters", "Arn"]}
    assert dead["MessageRetentionPeriod"] == 14 * DAY >= source["MessageRetentionPeriod"]
    alarm = resources[f"{queue}DeadLettersAlarm"]["Properties"]
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [f"{queue}DeadLetters", "QueueName"]}}]
    assert alarm["Threshold"] == 1


@pytest.mark.parametrize("queue", ["Registrations", "Polls"])
def test_a_message_may_wait_for_ims_for_days(resources: dict[str, Any], queue: str) -> None:
    properties = resources[f"{queue}Queue"]["Properties"]
    assert properties["RedrivePolicy"]["maxReceiveCount"] == 1000
    assert properties["MessageRetentionPeriod"] == 14 * DAY


@pytest.mark.parametrize("queue", ["Drops", "Notices"])
def test_drops_and_notices_are_retried_for_half_a_day_at_a_wait_of_15_minutes(
    resources: dict[str, Any], queue: str
) -> None:
    assert resources[f"{queue}Queue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"] * 900 >= DAY / 2


def test_time_limit_of_register_is_the_one_that_repeating_a_request_relies_on(resources: dict[str, Any]) -> None:
    assert resources["RegisterFunction"]["Properties"]["Timeout"] == REGISTER_TIME_LIMIT
