"""Jobs as the API shows them (IMS API: ShowJob, ShowJobProgress)."""

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
    outer = _outer(job["id"], job["type"], job, job["failure"], switches)
    return outer | {"entities": _entities(job, call, progress, switches)}


def _outer(job_id: str, kind: str, job: Document, failed: Document | None, switches: ImsSwitches) -> dict[str, Any]:
    failed = failed if job["status"] == "FAIL" else None
    stamp = _TIMES[switches.ims_job_times]
    return {
        "job_id": job_id,
        "job_type": kind,
        "status": job["status"],
        "begin_time": stamp(datetime.fromisoformat(job["submitted"])),
        "end_time": stamp(datetime.fromisoformat(job["ended"])) if "ended" in job else "",
        "error_code": failed["code"] if failed else None,
        "fail_reason": failed["reason"] if failed else None,
    }


def _entities(job: Document, call: Call, progress: float, switches: ImsSwitches) -> dict[str, Any]:
    entities: dict[str, Any] = {"process_percent": round(progress * switches.ims_percent_of, 4)}
    if job["status"] in OPEN:
        entities["current_task"] = f"{job['type']}.{'prepare' if job['status'] == 'INIT' else 'import'}"
    if len(job["parts"]) == 1:
        return entities | _named(job["parts"][0], job, switches)
    below = job["parts"] if switches.ims_job_ids_in == "sub_jobs" else job["parts"][1:]
    if switches.ims_job_ids_in == "mixed":
        entities |= _named(job["parts"][0], job, switches)
    if switches.ims_sub_jobs_reversed:
        below = below[::-1]
    entities["sub_jobs_list"] = [part["job_id"] for part in below]
    entities["sub_jobs_result"] = [_sub_job(part, job, switches) for part in below]
    if call == "ShowJobProgress":
        entities["subJobId"] = below[0]["job_id"]
    return entities


def _sub_job(part: Document, job: Document, switches: ImsSwitches) -> dict[str, Any]:
    outer = _outer(part["job_id"], _SUB_JOB[part["role"]], job, part["failure"], switches)
    if job["status"] == "FAIL" and part.get("made"):
        outer["status"] = "SUCCESS"
    return outer | {"entities": _named(part, job, switches)}


def _named(part: Document, job: Document, switches: ImsSwitches) -> dict[str, str]:
    """The image of a part, its id only when there is one to show."""
    named = {"image_name": part["name"]}
    if part.get("made") or (job["status"] == "RUNNING" and switches.ims_image_id_early):
        named["image_id"] = part["image_id"]
    return named


def _iso(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def _old(when: datetime) -> str:
    return f"{when:%d}-{_MONTHS[when.month - 1]}-{when:%Y %H:%M:%S}:{when.microsecond // 1000:03d}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIMES = {"iso": _iso, "old": _old}
