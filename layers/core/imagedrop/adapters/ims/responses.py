"""Reads responses of IMS; fields may be missing, new or of another type (IMS API: ShowJob, ListImages)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

from imagedrop.ports import Image, ImsError, Job

Status = Literal["INIT", "RUNNING", "SUCCESS", "FAIL"]
_STATUSES: dict[str, Status] = {status: status for status in get_args(Status)}
REASON_LIMIT = 2000


def read_job(job_id: str, response: Any) -> Job:
    """An unknown status counts as RUNNING. Raises ImsError if there is no status."""
    if not isinstance(response, dict) or not response.get("status"):
        raise ImsError("unknown", "no_status", f"a response without a job's status: {str(response)[:200]}")
    entities = _mapping(response.get("entities"))
    failed = [job for job in (response, entities, *_sub_jobs(entities)) if _text(job.get("error_code"))]
    failure = failed[0] if failed else response
    reasons = [_text(job.get(name)) for job in (failure, response) for name in ("fail_reason", "error_msg", "error")]
    return Job(
        job_id=job_id,
        status=_STATUSES.get(str(response["status"]).upper(), "RUNNING"),
        image_ids=tuple(dict.fromkeys(_image_ids(entities))),
        error_code=_text(failure.get("error_code")),
        fail_reason=next((reason[:REASON_LIMIT] for reason in reasons if reason), None),
    )


def _image_ids(entities: Mapping[str, Any]) -> Iterator[str]:
    """The job's own image first, then those of its sub-jobs; data images last, by the type of their job."""
    subs = sorted(_sub_jobs(entities), key=lambda sub: "DataImage" in str(sub.get("job_type")))
    results = [_mapping(result) for result in _sequence(entities.get("results"))]
    for part in (entities, *(_mapping(sub.get("entities")) for sub in subs), *results):
        image_id = _text(part.get("image_id"))
        if image_id:
            yield image_id


def _sub_jobs(entities: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """`sub_jobs_list` is a list of ids; if it has whole jobs, they count too."""
    return [
        _mapping(sub) for name in ("sub_jobs_result", "sub_jobs_list") for sub in _sequence(entities.get(name)) if sub
    ]


def read_image(item: Mapping[str, Any]) -> Image:
    return Image(
        id=item["id"],
        name=_text(item.get("name")) or "",
        status=_text(item.get("status")) or "",
        min_disk=int(item["min_disk"]) if str(item.get("min_disk", "")).isdecimal() else 0,
        created_at=_text(item.get("created_at")) or "",
        tags=dict(_tag(tag) for tag in _sequence(item.get("tags"))),
        origin=_text(item.get("__data_origin")),
        data_disk=item.get("virtual_env_type") == "DataImage",
    )


def _tag(tag: Any) -> tuple[str, str]:
    """`key=value`; also `key.value` as CreateImage takes it, and `{"key", "value"}`."""
    if isinstance(tag, dict):
        return str(tag.get("key", "")), str(tag.get("value") or "")
    key, _, value = str(tag).partition("=" if "=" in str(tag) else ".")
    return key, value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and value != "" else None
