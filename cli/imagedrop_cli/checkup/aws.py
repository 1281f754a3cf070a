"""Checks of what template.yaml has created: the stack, queues, mappings, schedule, alarms, and SES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from imagedrop_cli.checkup.results import Check, CheckResult, ok, unknown, wrong
from imagedrop_cli.deployment import Deployment

QUEUES = ("Drops", "Registrations", "Polls", "Notices")
CONSUMERS = ("Validate", "Register", "Poll", "Notify")
LARGEST_BACKLOG = 10_000  # messages
COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")


class AwsChecks:
    def __init__(self, deployment: Deployment) -> None:
        self._deployment, self._outputs = deployment, deployment.outputs

    def checks(self) -> Iterator[tuple[str, Check]]:
        """Each with the name that it has if AWS refuses or does not answer."""
        for name, check in (
            ("aws.stack", self._stack),
            ("aws.mappings", self._mappings),
            ("aws.schedule", self._schedule),
            ("aws.queues", self._queues),
            ("aws.dead_letters", self._dead_letters),
            ("aws.webhook_secret", self._webhook_secret),
        ):
            yield name, _translated(name, check)
        if self._deployment.intake_url:  # nobody gets alarms of the stack that runs here
            yield "aws.alarms", _translated("aws.alarms", self._alarms)
        if self._deployment.settings.smn_topic_urn or self._deployment.settings.webhook_secret:
            yield "events.last", _translated("events.last", self._last_event)
        if self._deployment.settings.mail_from and not self._deployment.settings.smtp_host:
            yield "mail.ses", _translated("mail.ses", self._account_of_ses)
            yield "mail.identity", _translated("mail.identity", self._identity)

    def _stack(self) -> Iterator[CheckResult]:
        status = self._deployment.stack["StackStatus"]
        if status in COMPLETE:
            yield ok("aws.stack", f"{self._deployment.name}: {status}")
        else:
            fix = "Look at the stack's events in CloudFormation, and deploy it again."
            yield wrong("aws.stack", f"{self._deployment.name}: {status}", fix)

    def _mappings(self) -> Iterator[CheckResult]:
        """Without its mapping, a function gets no messages."""
        functions, states = self._client("lambda"), dict[str, str]()
        for name in CONSUMERS:
            function = self._outputs[f"{name}Function"]
            found = functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
            states[name.lower()] = found[0]["State"] if found else "missing"
        bad = {name: state for name, state in states.items() if state not in ("Enabled", "Enabling", "Updating")}
        if not bad:
            yield ok("aws.mappings", f"{', '.join(states)} get the messages of their queues")
        else:
            seen = ", ".join(f"{name}: {state}" for name, state in bad.items())
            yield wrong("aws.mappings", seen, "Enable the event source mapping in Lambda, or deploy the stack again.")

    def _schedule(self) -> Iterator[CheckResult]:
        events, function = self._client("events"), self._outputs["SweepFunction"]
        arn = self._client("lambda").get_function_configuration(FunctionName=function)["FunctionArn"]
        names = events.list_rule_names_by_target(TargetArn=arn)["RuleNames"]
        rules = [events.describe_rule(Name=name) for name in names]
        enabled = [rule["ScheduleExpression"] for rule in rules if rule["State"].startswith("ENABLED")]
        if enabled:
            yield ok("aws.schedule", f"the sweep runs at {enabled[0]}")
        else:
            fix = "Enable the rule in EventBridge, or deploy the stack again: without the sweep, lost events stay lost."
            yield wrong("aws.schedule", "no enabled rule starts the sweep", fix)

    def _queues(self) -> Iterator[CheckResult]:
        counts = {name.lower(): self._messages(f"{name}Queue") for name in QUEUES}
        seen = ", ".join(f"{name} {count}" for name, count in counts.items())
        if max(counts.values()) < LARGEST_BACKLOG:
            yield ok("aws.queues", f"messages: {seen}")
        else:
            yield wrong("aws.queues", f"messages: {seen}", "Look why the function of this queue does not keep up.")

    def _dead_letters(self) -> Iterator[CheckResult]:
        counts = {name.lower(): self._messages(f"{name}DeadLetters") for name in QUEUES}
        full = {name: count for name, count in counts.items() if count}
        if not full:
            yield ok("aws.dead_letters", "none")
        else:
            seen = ", ".join(f"{count} of {name}" for name, count in full.items())
            fix = "Read their errors in the log of the function, and then start a redrive of the queue in SQS."
            yield wrong("aws.dead_letters", seen, fix)

    def _alarms(self) -> Iterator[CheckResult]:
        topic = self._outputs["AlarmsTopic"]
        found = self._client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        confirmed = [one["Endpoint"] for one in found if one["SubscriptionArn"].startswith("arn:")]
        if confirmed:
            yield ok("aws.alarms", f"sent to {', '.join(confirmed)}")
        elif found:
            yield wrong(
                "aws.alarms", f"{found[0]['Endpoint']} has not confirmed", "Follow the link in the mail of AWS."
            )
        else:
            yield wrong("aws.alarms", "sent to nobody", f"Set OperatorMail, or subscribe somebody to {topic}.")

    def _webhook_secret(self) -> Iterator[CheckResult]:
        name = self._deployment.settings.webhook_secret
        if not name:
            yield ok("aws.webhook_secret", "none: events must be signed")
            return
        try:
            found = self._client("secretsmanager").describe_secret(SecretId=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            yield wrong("aws.webhook_secret", f"there is no secret {name}", "Create it, or leave webhook_secret out.")
            return
        if found["Name"].startswith("imagedrop/webhook"):
            yield ok("aws.webhook_secret", found["Name"])
        else:
            fix = "Name it imagedrop/webhook...: intake may read no other."
            yield wrong("aws.webhook_secret", f"the secret is called {found['Name']}", fix)

    def _last_event(self) -> Iterator[CheckResult]:
        """From the log of the intake: of whatever has called it."""
        group = self._deployment.intake_log
        try:
            found = self._client("logs").describe_log_streams(
                logGroupName=group, orderBy="LastEventTime", descending=True, limit=1
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            found = {}
        times = [
            stream.get("lastEventTimestamp") or stream.get("creationTime", 0) for stream in found.get("logStreams", ())
        ]
        if any(times):
            at = datetime.fromtimestamp(max(times) / 1000, UTC)
            yield ok("events.last", f"the intake was called at {at:%Y-%m-%d %H:%M:%S} UTC")
        else:
            yield unknown("events.last", "the intake was never called", "Put an object, and look again.")

    def _account_of_ses(self) -> Iterator[CheckResult]:
        account = self._client("sesv2").get_account()
        if not account.get("SendingEnabled", True):
            yield wrong("mail.ses", "sending is paused for this account", "Look at the account dashboard of SES.")
        elif account.get("ProductionAccessEnabled"):
            yield ok("mail.ses", "may send to everybody")
        else:
            fix = "Request production access in SES, or verify the address of every owner."
            yield wrong("mail.ses", "in the sandbox: it sends only to verified addresses", fix)

    def _identity(self) -> Iterator[CheckResult]:
        sender, ses = self._deployment.settings.mail_from, self._client("sesv2")
        for identity in (sender, sender.rpartition("@")[2]):
            try:
                found = ses.get_email_identity(EmailIdentity=identity)
            except ClientError as error:
                if error.response["Error"]["Code"] != "NotFoundException":
                    raise
            else:
                if found.get("VerifiedForSendingStatus"):
                    yield ok("mail.identity", f"{identity} is verified")
                    return
        yield wrong("mail.identity", f"SES has verified neither {sender} nor its domain", "Verify one of them in SES.")

    def _messages(self, output: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self._client("sqs").get_queue_attributes(QueueUrl=self._outputs[output], AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def _client(self, service: str) -> Any:
        return self._deployment.clients(service)


def _translated(name: str, check: Callable[[], Iterator[CheckResult]]) -> Check:
    def run() -> Iterator[CheckResult]:
        try:
            yield from check()
        except (BotoCoreError, ClientError) as error:
            yield unknown(name, f"AWS: {error}", "Allow your AWS keys to read this, or run doctor with others.")

    return run
