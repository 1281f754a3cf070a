"""SQS, SNS and SES as the adapters use them, answered from the fakes in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from imagedrop_local.memory import MemoryMail, MemoryQueues, MemoryTopic
from tests.simulation.adapters.messages import Answer, Asked, json_answer, xml_answer


class Sqs:
    def __init__(self, queues: MemoryQueues) -> None:
        self._queues = queues

    def answer(self, asked: Asked) -> Answer:
        request = asked.json()
        queue: Any = request["QueueUrl"].rpartition("/")[2]
        call = asked.headers["X-Amz-Target"].partition(".")[2]
        return json_answer(getattr(self, "_" + call)(queue, request))

    def _SendMessage(self, queue: Any, request: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        self._queues.send(queue, json.loads(request["MessageBody"]), request["DelaySeconds"])
        return {"MessageId": "1"}

    def _SendMessageBatch(self, queue: Any, request: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        entries = request["Entries"]
        refused = self._queues.send_many(queue, [json.loads(entry["MessageBody"]) for entry in entries])
        failed = [{"Id": entries[number]["Id"], "SenderFault": False, "Code": "InternalError"} for number in refused]
        sent = [entry for number, entry in enumerate(entries) if number not in refused]
        return {"Successful": [{"Id": entry["Id"], "MessageId": entry["Id"]} for entry in sent], "Failed": failed}

    def _ChangeMessageVisibility(self, queue: Any, request: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: N802
        self._queues.change_visibility(queue, request["ReceiptHandle"], request["VisibilityTimeout"])
        return {}


class Sns:
    def __init__(self, topic: MemoryTopic) -> None:
        self._topic = topic

    def answer(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        assert form["Action"] == "Publish"
        numbers = range(1, 1 + sum(name.endswith(".Name") for name in form))
        entries = [f"MessageAttributes.entry.{number}" for number in numbers]
        attributes = {form[f"{entry}.Name"]: form[f"{entry}.Value.StringValue"] for entry in entries}
        self._topic.publish(form["Subject"], form["Message"], attributes)
        result = "<PublishResult><MessageId>1</MessageId></PublishResult>"
        return xml_answer(
            f'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">{result}</PublishResponse>'
        )


class Ses:
    def __init__(self, mail: MemoryMail) -> None:
        self._mail = mail

    def answer(self, asked: Asked) -> Answer:
        assert asked.path == "/v2/email/outbound-emails"
        request = asked.json()
        simple = request["Content"]["Simple"]
        text, html = simple["Body"]["Text"]["Data"], simple["Body"]["Html"]["Data"]
        self._mail.send(request["Destination"]["ToAddresses"][0], simple["Subject"]["Data"], text, html)
        return json_answer({"MessageId": "1"})
