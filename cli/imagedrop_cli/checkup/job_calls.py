"""Which of the two calls for the state of a job a region has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong

JobCall = Literal["ShowJob", "ShowJobProgress"]
JOB_CALLS: tuple[JobCall, ...] = get_args(JobCall)


def job_call(errors: Mapping[JobCall, str], setting: JobCall) -> CheckResult:
    """`errors`: the call -> its error, empty if it answers."""
    name = "ims.job_call"
    if setting not in errors:
        return unknown(name, "no image was registered")
    if not errors[setting]:
        return ok(name, f"{setting} answers")
    other = next((call for call, error in errors.items() if not error), None)
    if other is None:
        return unknown(name, "; ".join(f"{call}: {error}" for call, error in errors.items()))
    return wrong(name, f"{setting}: {errors[setting]}", f"Set ims_job_call to {other}.")
