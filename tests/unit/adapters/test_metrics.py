"""Metrics in the log."""

from __future__ import annotations

import json

import pytest

from imagedrop.adapters.metrics import EmfMeter


def test_count_prints_one_line_in_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    EmfMeter("imagedrop-dev").count("Held", 3)
    line = json.loads(capsys.readouterr().out)
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], metric["Dimensions"]) == ("imagedrop", [["service"]])
    assert (line["service"], line["Held"]) == ("imagedrop-dev", [3.0])
