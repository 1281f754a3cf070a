"""The API's answers about jobs (IMS API: ShowJob, ShowJobProgress)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from imagedrop_local.ims.imports import OPEN
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.json_store import Document

Call = Literal["ShowJob", "ShowJobProgress"]
_SUB_JOB = {"system": "imsGoofysImportImageJob", "data": "imsImportDataImageJob"}


def job_response(job: Document, call: Call, progress: float, switches: ImsSwitches) -> dict[str, Any]:
    """The answer about one job."""
    common = _common(job["id"], job["type"], job, job["failure"], switches)
    return common | {"entities": _entities(job, call, progress, switches)}


def _common(job_id: str, kind: str, job: Document, failure: Document | None, switches: ImsSwitches) -> dict[str, Any]:
    failure = failure if job["status"] == "FAIL" else None
    format_time = _TIMES[switches.ims_job_times]
    return {
        "job_id": job_id,
        "job_type": kind,
        "status": job["status"],
        "begin_time": format_time(datetime.fromisoformat(job["submitted"])),
        "end_time": format_time(datetime.fromisoformat(job["ended"])) if "ended" in job else "",
        "error_code": failure["code"] if failure else None,
        "fail_reason": failure["reason"] if failure else None,
    }


def _entities(job: Document, call: Call, progress: float, switches: ImsSwitches) -> dict[str, Any]:
    entities: dict[str, Any] = {"process_percent": round(progress * switches.ims_percent_of, 4)}
    if job["status"] in OPEN:
        entities["current_task"] = f"{job['type']}.{'prepare' if job['status'] == 'INIT' else 'import'}"
    if len(job["parts"]) == 1:
        return entities | _image_of(job["parts"][0], job, switches)
    sub_jobs = job["parts"] if switches.ims_job_ids_in == "sub_jobs" else job["parts"][1:]
    if switches.ims_job_ids_in == "mixed":
        entities |= _image_of(job["parts"][0], job, switches)
    if switches.ims_sub_jobs_reversed:
        sub_jobs = sub_jobs[::-1]
    entities["sub_jobs_list"] = [part["job_id"] for part in sub_jobs]
    entities["sub_jobs_result"] = [_sub_job(part, job, switches) for part in sub_jobs]
    if call == "ShowJobProgress":
        entities["subJobId"] = sub_jobs[0]["job_id"]
    return entities


def _sub_job(part: Document, job: Document, switches: ImsSwitches) -> dict[str, Any]:
    common = _common(part["job_id"], _SUB_JOB[part["role"]], job, part["failure"], switches)
    if job["status"] == "FAIL" and part.get("made"):
        common["status"] = "SUCCESS"
    return common | {"entities": _image_of(part, job, switches)}


def _image_of(part: Document, job: Document, switches: ImsSwitches) -> dict[str, str]:
    """The name of a part's image, and its id once the API shows it."""
    image = {"image_name": part["name"]}
    if part.get("made") or (job["status"] == "RUNNING" and switches.ims_image_id_early):
        image["image_id"] = part["image_id"]
    return image


def _iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def _old(when: datetime) -> str:
    return f"{when:%d}-{_MONTHS[when.month - 1]}-{when:%Y %H:%M:%S}:{when.microsecond // 1000:03d}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIMES = {"iso": _iso, "old": _old}
