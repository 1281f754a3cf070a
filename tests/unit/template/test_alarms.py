"""Alarms watch metrics that exist, and notify the alarms topic."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CORE = Path(__file__).parents[3] / "layers/core/imagedrop"


def alarms(resources: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (found["Properties"] for found in resources.values() if found["Type"] == "AWS::CloudWatch::Alarm")


def test_every_alarm_watches_one_metric_and_notifies_the_alarms_topic(resources: dict[str, Any]) -> None:
    found = list(alarms(resources))
    assert len(found) > 20
    for alarm in found:
        assert "Metrics" not in alarm  # metric math, which the embedded stack does not have
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmsTopic"}]


def test_every_metric_of_ours_that_an_alarm_watches_is_counted_somewhere(resources: dict[str, Any]) -> None:
    watched = {alarm["MetricName"] for alarm in alarms(resources) if alarm["Namespace"] == "imagedrop"}
    counted = {
        name
        for path in CORE.rglob("*.py")
        for name in re.findall(r'\.count\("(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert watched >= {"MailRefused", "SweepGaveUp", "Held"}
    assert watched <= counted


def test_alarms_watch_our_metrics_by_the_dimension_that_they_are_counted_by(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    service = template["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    for alarm in alarms(resources):
        if alarm["Namespace"] == "imagedrop":
            assert alarm["Dimensions"] == [{"Name": "service", "Value": service}]


@pytest.mark.parametrize("function", ["Intake", "Validate", "Register", "Poll", "Notify", "Sweep", "Status"])
def test_every_function_has_an_alarm_on_its_errors_and_a_log_with_a_retention(
    resources: dict[str, Any], function: str
) -> None:
    dimensions = resources[f"{function}ErrorsAlarm"]["Properties"]["Dimensions"]
    assert dimensions == [{"Name": "FunctionName", "Value": {"Ref": f"{function}Function"}}]
    assert resources[f"{function}Log"]["Properties"]["RetentionInDays"] == 90
    assert resources[f"{function}Function"]["Properties"]["LoggingConfig"] == {"LogGroup": {"Ref": f"{function}Log"}}


def test_a_sweep_that_never_runs_raises_an_alarm(resources: dict[str, Any]) -> None:
    alarm = resources["SweepSilentAlarm"]["Properties"]
    assert (alarm["MetricName"], alarm["TreatMissingData"]) == ("Invocations", "breaching")
