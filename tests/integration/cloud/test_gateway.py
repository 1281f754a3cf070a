"""The gateway of IMS and SMN: the same checks of signature, clock and project."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.signed_requests import PROJECT

PATHS = {"ims": "/v2/cloudimages", "smn": f"/v2/{PROJECT}/notifications/topics"}


@pytest.mark.parametrize("service", PATHS)
@pytest.mark.parametrize(("minutes", "status"), [(-16, 401), (-14, 200), (0, 200), (14, 200), (16, 401)])
def test_the_gateway_accepts_a_clock_up_to_15_minutes_off(
    running: Any, service: str, minutes: int, status: int
) -> None:
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    answer = running.client(service).call("GET", PATHS[service], at=at)
    assert answer.status == status
    assert status == 200 or answer.json["error_code"] == "APIGW.0301"


@pytest.mark.parametrize("service", PATHS)
def test_wrong_keys_and_other_projects_are_refused(running: Any, service: str) -> None:
    assert running.client(service, ak="AK-TWO").call("GET", PATHS[service]).status == 401
    assert running.client(service, sk="guessed").call("GET", PATHS[service]).status == 401
    assert running.client(service).call("GET", PATHS[service], X_Project_Id="another").status == 403


@pytest.mark.parametrize("service", PATHS)
def test_every_answer_has_its_own_request_id(running: Any, service: str) -> None:
    client = running.client(service)
    ids = {client.call("GET", PATHS[service]).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


def test_another_project_in_the_path_is_refused(running: Any) -> None:
    for service, path in (("ims", "/v1/another/jobs/none"), ("smn", "/v2/another/notifications/topics")):
        answer = running.client(service).call("GET", path)
        assert (answer.status, answer.json["error_code"]) == (403, "APIGW.0302")
