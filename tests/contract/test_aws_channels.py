"""The adapters of SNS, SES and Secrets Manager against ministack."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from imagedrop.adapters.secrets import HuaweiKeys, Secrets
from imagedrop.adapters.ses import SesMail
from imagedrop.adapters.sns import SnsTopic
from imagedrop.ports import MailRefused
from imagedrop_local.memory import SettableClock
from imagedrop_local.stack.aws import Clients
from tests.contract.clouds import unique
from tests.support.service_calls import aws_client_of


def test_sns_message_reaches_a_queue_with_its_attributes(aws: Clients) -> None:
    topic = aws("sns").create_topic(Name=unique("notices"))["TopicArn"]
    url = aws("sqs").create_queue(QueueName=unique("machine"))["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns = SnsTopic(aws_client_of(aws("sns")), topic)
    sns.publish("registered: 窗\n", '{"stage": "registered"}', {"stage": "registered"})
    (message,) = aws("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    envelope = json.loads(message["Body"])
    assert json.loads(envelope["Message"]) == {"stage": "registered"}
    assert envelope["MessageAttributes"] == {"stage": {"Type": "String", "Value": "registered"}}


def test_mail_is_delivered_and_an_unverified_sender_is_refused(aws: Clients) -> None:
    ses: Any = aws("sesv2")
    ses.create_email_identity(EmailIdentity="imagedrop@example.com")
    SesMail(aws_client_of(ses), "imagedrop@example.com").send("ada@example.com", "您的镜像", "text 文", "<p>文</p>")
    with urllib.request.urlopen(f"{ses.meta.endpoint_url}/_ministack/ses/messages", timeout=60) as answer:
        mails = json.dumps(json.load(answer), ensure_ascii=False)
    assert "ada@example.com" in mails
    assert "您的镜像" in mails
    with pytest.raises(MailRefused):
        SesMail(aws_client_of(ses), "nobody@example.org").send("ada@example.com", "s", "t", "h")


def test_keys_are_read_from_secrets_manager(aws: Clients) -> None:
    name = unique("huawei")
    aws("secretsmanager").create_secret(Name=name, SecretString='{"ak": "a", "sk": "b"}')
    secrets = Secrets(lambda: aws("secretsmanager"), SettableClock())
    assert HuaweiKeys.parse(secrets.get(name)) == HuaweiKeys("a", "b")
