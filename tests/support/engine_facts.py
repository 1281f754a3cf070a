"""What AWS does, and which engine does it differently. docs/internals/engines.md explains each line."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from imagedrop_local.stack.deployed import NAME
from tests.support.engine import Engine, is_skipped, resources
from tests.support.waiting import until

EMBEDDED, LOCALSTACK = "embedded", "localstack"


@dataclass(frozen=True)
class Fact:
    """`text`: as in the page. `holds`: whether the engine does it. `not_on`: the engines that do not."""

    text: str
    holds: Callable[[Engine], bool]
    not_on: frozenset[str]


def _no_resource_is_skipped(engine: Engine) -> bool:
    made = resources(engine.stack.client("cloudformation"))
    return bool(made) and not any(is_skipped(resource) for resource in made)


def _ledger(engine: Engine) -> dict[str, Any]:
    found = engine.stack.client("dynamodb").describe_table(TableName=engine.stack.outputs.ledger_table)
    table: dict[str, Any] = found["Table"]
    return table


def _is_protected(engine: Engine) -> bool:
    return bool(_ledger(engine).get("DeletionProtectionEnabled"))


def _is_encrypted(engine: Engine) -> bool:
    return "SSEDescription" in _ledger(engine)


def _has_recovery(engine: Engine) -> bool:
    found = engine.stack.client("dynamodb").describe_continuous_backups(TableName=engine.stack.outputs.ledger_table)
    recovery = found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return bool(recovery["PointInTimeRecoveryStatus"] == "ENABLED")


def _notes_expire(engine: Engine) -> bool:
    found = engine.stack.client("dynamodb").describe_time_to_live(TableName=engine.stack.outputs.ledger_table)
    return bool(found["TimeToLiveDescription"].get("AttributeName") == "expires")


def _topic_is_encrypted(engine: Engine) -> bool:
    found = engine.stack.client("sns").get_topic_attributes(TopicArn=engine.stack.outputs.notices_topic)
    return "KmsMasterKeyId" in found["Attributes"]


def _shows_who_has_not_confirmed(engine: Engine) -> bool:
    topic = engine.stack.outputs.alarms_topic
    [subscription] = engine.stack.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return not subscription["SubscriptionArn"].startswith("arn:")


def _sweep_is_not_repeated(engine: Engine) -> bool:
    functions, name = engine.stack.client("lambda"), engine.stack.outputs.functions["sweep"]
    try:
        found = functions.get_function_event_invoke_config(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        return False
    return bool(found["MaximumRetryAttempts"] == 0)


def _concurrency_is_the_templates(engine: Engine) -> bool:
    functions, name = engine.stack.client("lambda"), engine.stack.outputs.functions["validate"]
    [mapping] = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    return bool(mapping["ScalingConfig"]["MaximumConcurrency"] == 10)


def _logs_are_kept_for_90_days(engine: Engine) -> bool:
    [group] = engine.stack.client("logs").describe_log_groups(logGroupNamePrefix=_log_group("status"))["logGroups"]
    return bool(group.get("retentionInDays") == 90)


def _logs_go_to_the_templates_group(engine: Engine) -> bool:
    def logged() -> bool:
        engine.stack.invoke("status", {})  # again each time: ministack may log a call only with the next one
        return any(line.function == "status" for line in engine.stack.logs())

    until(logged)
    found = engine.stack.client("logs").describe_log_streams(logGroupName=_log_group("status"))
    return bool(found["logStreams"])


def _log_group(function: str) -> str:
    return f"/aws/lambda/{NAME}/{function}"


def _status_url_knows_its_caller(engine: Engine) -> bool:
    aws = engine.addresses["aws"]
    request = AWSRequest("GET", aws["status_url"])
    SigV4Auth(Credentials(aws["access_key"], aws["secret_key"]), "lambda", aws["region"]).add_auth(request)
    return _status(aws["status_url"], dict(request.headers)) == 200


def _status_url_refuses_unsigned_requests(engine: Engine) -> bool:
    return _status(engine.addresses["aws"]["status_url"], {}) == 403


def _status(url: str, headers: dict[str, str]) -> int:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            code: int = answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            code = refused.code
    return code


def _sender_is_shown_as_verified(engine: Engine) -> bool:
    sender = engine.stack.environment("notify")["IMAGEDROP_MAIL_FROM"]
    ses = engine.stack.client("sesv2")
    try:
        identity = ses.get_email_identity(EmailIdentity=sender)
    except ses.exceptions.NotFoundException:
        return False
    return bool(identity.get("VerifiedForSendingStatus"))


def _permissions_are_enforced(engine: Engine) -> bool:
    """With the keys of a new user, who may do nothing."""
    users = engine.stack.client("iam")
    users.create_user(UserName="nobody")
    key = users.create_access_key(UserName="nobody")["AccessKey"]
    try:
        _client_with(engine, key).list_tables()
    except ClientError:
        return True
    finally:
        users.delete_access_key(UserName="nobody", AccessKeyId=key["AccessKeyId"])
        users.delete_user(UserName="nobody")
    return False


def _client_with(engine: Engine, key: dict[str, str]) -> Any:
    import boto3

    return boto3.client(
        "dynamodb",
        endpoint_url=engine.stack.outputs.endpoint,
        region_name=engine.stack.outputs.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def _fact(text: str, holds: Callable[[Engine], bool], *not_on: str) -> Fact:
    return Fact(text, holds, frozenset(not_on))


FACTS = (
    _fact("every resource of the template exists", _no_resource_is_skipped),
    _fact("a call without a permission is refused", _permissions_are_enforced, EMBEDDED, LOCALSTACK),
    _fact("the status URL refuses unsigned requests", _status_url_refuses_unsigned_requests),
    _fact("the status URL passes the caller of a signed request", _status_url_knows_its_caller, LOCALSTACK),
    _fact("a function logs to the log group of the template", _logs_go_to_the_templates_group, LOCALSTACK),
    _fact("log groups have a retention", _logs_are_kept_for_90_days, LOCALSTACK),
    _fact("a mapping has the concurrency of the template", _concurrency_is_the_templates, EMBEDDED),
    _fact("the sweep has its setting for repeated calls", _sweep_is_not_repeated, EMBEDDED),
    _fact("the ledger is protected against deletion", _is_protected, LOCALSTACK),
    _fact("the ledger is encrypted", _is_encrypted, EMBEDDED),
    _fact("the ledger has point-in-time recovery", _has_recovery, EMBEDDED, LOCALSTACK),
    _fact("notes of the ledger have a time to live", _notes_expire, EMBEDDED),
    _fact("the topic of notices is encrypted", _topic_is_encrypted, EMBEDDED),
    _fact("an unconfirmed receiver of alarms is shown as such", _shows_who_has_not_confirmed, EMBEDDED, LOCALSTACK),
    _fact("SES shows a verified sender as verified", _sender_is_shown_as_verified, LOCALSTACK),
)
