"""docs/internals/deadlines.md has the limits and reserves of the code."""

from __future__ import annotations

import re

from imagedrop.adapters import time_limits
from imagedrop.adapters.time_limits import SHORT, STANDARD
from imagedrop.intake.http_get import TIMEOUT
from imagedrop_local.project_paths import ROOT

PAGE = (ROOT / "docs/internals/deadlines.md").read_text("utf-8")


def test_the_table_of_limits_is_current() -> None:
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \| (\d+) \|", PAGE, re.MULTILINE)
    assert {call: (float(limit), float(reserve)) for call, limit, reserve in rows} == {
        "OBS, any call with its body": (time_limits.OBS, STANDARD.record),
        "IMS, a look-up with all its pages or a job": (time_limits.IMS_READ, STANDARD.record),
        "IMS, CreateImage": (time_limits.IMS_CREATE, STANDARD.record),
        "SES, SNS": (STANDARD.sent, STANDARD.record),
        "SMTP, a mail": (time_limits.SMTP, STANDARD.record),
        "DynamoDB, SQS, Secrets Manager": (STANDARD.stored, time_limits.ANSWER),
        "intake: DynamoDB, SQS, Secrets Manager": (SHORT.stored, time_limits.ANSWER),
        "intake: certificate, confirmation": (TIMEOUT, time_limits.ANSWER),
    }


def test_the_time_for_each_further_address_is_current() -> None:
    [seconds] = re.findall(r"addresses of a host that does not answer \((\d+) s each\)", " ".join(PAGE.split()))
    assert float(seconds) == time_limits.CONNECT_TIMEOUT == STANDARD.connect
