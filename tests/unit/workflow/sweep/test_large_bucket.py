"""The sweep of a bucket of a million files needs less than 256 MB: `python -m bench sweep`. Here are 200,000 files."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


@pytest.mark.long
def test_200_000_files_half_of_them_of_ended_drops_take_less_than_20_mb() -> None:
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}
    command = [sys.executable, "-m", "tests.unit.workflow.sweep.large_bucket", "100000", "100000"]
    swept = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout)
    assert (swept["listed"], swept["found"], swept["whole"]) == (200_000, 0, True)
    assert swept["lists"] <= 300 + 5
    assert swept["after"] - swept["before"] < 20e6
