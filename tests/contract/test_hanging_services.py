"""With a service that accepts and never answers no function times out, nothing is sent twice, and what was done is
recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imagedrop.domain.drop import Drop
from tests.contract.hanging_services import CASES, Outcome, run

# Of the real limits: each case takes a few seconds.
SCALES = {"poll": 0.1, "intake": 0.5, "status": 0.3}
READS_OF_OBS_AND_IMS = ("GET ", "HEAD ")  # with the path
READS = ("GetItem",)  # of different rows

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def outcome() -> Callable[[str, str], Outcome]:
    def of(name: str, service: str) -> Outcome:
        if (name, service) not in made:
            made[name, service] = run(name, service, SCALES.get(name, 0.2))
        return made[name, service]

    made: dict[tuple[str, str], Outcome] = {}
    return of


Outcomes = Callable[[str, str], Outcome]


def rows(outcome: Outcome) -> list[Drop]:
    return sorted(outcome.world.ports.ledger.rows(), key=lambda row: row.key)


@pytest.mark.parametrize(("name", "service"), CASES)
def test_function_ends_in_time_gives_its_messages_back_and_repeats_nothing(
    name: str, service: str, outcome: Outcomes
) -> None:
    ended = outcome(name, service)
    assert ended.seconds < ended.limit
    assert ended.requests
    assert ended.given_back == ended.messages
    drops = max(ended.messages, len(rows(ended)), 1)
    for request, count in ended.requests.items():
        assert count <= (1 if request.startswith(READS_OF_OBS_AND_IMS) else drops) or request in READS, request


@pytest.mark.parametrize("service", ["OBS", "IMS"])
def test_poll_records_the_polls_that_failed_and_gives_back_the_rest(service: str, outcome: Outcomes) -> None:
    ended = outcome("poll", service)
    polled = [row for row in rows(ended) if row.tries]
    assert 1 < len(polled) < 10
    assert all(row.stage == "importing" and row.next_at for row in polled)
    assert ended.visible_again[len(polled) :] == [10] * (10 - len(polled))
    assert ended.world.ports.meter.counts == {}


def test_drops_that_end_while_the_queues_hang_are_recorded_as_ended(outcome: Outcomes) -> None:
    assert {row.stage for row in rows(outcome("poll", "SQS"))} == {"registered"}


def test_image_that_is_made_while_the_queues_hang_is_recorded(outcome: Outcomes) -> None:
    ended = outcome("register", "SQS")
    assert [row.stage for row in rows(ended)] == ["importing"]
    assert len(ended.world.ports.images.bodies) == 1


@pytest.mark.parametrize("service", ["OBS", "IMS"])
def test_drop_is_called_later_if_the_calls_before_it_hang(service: str, outcome: Outcomes) -> None:
    ended = outcome("register", service)
    assert [(row.stage, row.sends, row.tries) for row in rows(ended)] == [("accepted", 0, 1)]


def test_owner_is_notified_while_obs_hangs(outcome: Outcomes) -> None:
    ended = outcome("notify", "OBS")
    sent = len(ended.world.mails())
    assert sent >= 1
    states = [{channel: each.state for channel, each in row.deliveries.items()} for row in rows(ended)]
    assert states[:sent] == [{"result": "sending", "sns": "done", "mail": "done"}] * sent


@pytest.mark.parametrize(("service", "channel", "other"), [("SES", "mail", "sns"), ("SNS", "sns", "mail")])
def test_notice_without_an_answer_is_sent_once_and_waits_for_its_lease(
    service: str, channel: str, other: str, outcome: Outcomes
) -> None:
    ended = outcome("notify", service)
    (sent,) = ended.requests.values()
    begun = rows(ended)[:sent]
    assert sent >= 2
    assert [row.deliveries[channel].state for row in begun] == ["sending"] * sent  # type: ignore[index]
    assert all(row.deliveries[channel].at for row in begun)  # type: ignore[index]
    assert [row.deliveries[other].state for row in begun] == ["done"] * sent  # type: ignore[index]


def test_sweep_records_its_redrives_while_the_queues_hang(outcome: Outcomes) -> None:
    assert [row.redrives for row in rows(outcome("sweep", "SQS"))] == [1, 1, 1]


@pytest.mark.parametrize(
    ("name", "service", "status"),
    [
        ("status", "DynamoDB", 503),
        ("intake", "DynamoDB", 200),
        ("intake", "SQS", 503),
        ("intake", "Secrets Manager", 503),
    ],
)
def test_request_is_answered_in_time(name: str, service: str, status: int, outcome: Outcomes) -> None:
    assert outcome(name, service).answer["statusCode"] == status


def test_event_is_enqueued_while_the_ledger_hangs(outcome: Outcomes) -> None:
    assert len(outcome("intake", "DynamoDB").world.ports.queues.bodies("drops")) == 1
