"""Images that IMS does not show: it has made them, or showed them before. No I/O."""

from __future__ import annotations

from collections.abc import Sequence

from imagedrop.domain.drop import Drop, Reason
from imagedrop.ports import Image, Job
from imagedrop.workflow.image_lookup import DROP_TAG, usable

MISSING_FOR = 1_800.0  # s; an image appears sooner after its job has succeeded


def lost_ids(row: Drop, found: Sequence[Image], job: Job | None) -> list[str]:
    """Of the images that the job names, and of those that were found before: the ones that are deleted or not shown."""
    known = [*(job.image_ids if job else ()), *(image.id for image in row.images)]
    left = {image.id for image in usable(found)}
    return [image_id for image_id in dict.fromkeys(known) if image_id not in left]


def reason(row: Drop, found: Sequence[Image], job: Job | None, since: str | None) -> Reason:
    """Why the drop fails. `since`: when they were first missing; None: perhaps they were never made."""
    left = usable(found)
    if since is None and not left:
        return Reason(
            code="ims.outcome_unknown",
            message=f"IMS does not know the job {row.job_id}. imagedrop looked for an image with the tag "
            f"{DROP_TAG}={row.drop_id} for longer than such an import takes and found none.",
        )
    status = {image.id: f"is {image.status}" for image in found}
    lost = [f"The image {image_id} {status.get(image_id, 'is not there')}." for image_id in lost_ids(row, found, job)]
    text = [
        f"IMS has made the image{'s' if row.tasks > 1 else ''}" if since else "IMS has started the import",
        f", but shows {len(left)} of {row.tasks}" + (f" since {since}." if since else "."),
        *(f" {sentence}" for sentence in lost),
        *(f" The image {image.id} is still there: delete it before you start a new attempt." for image in left),
    ]
    return Reason(code="ims.image_missing", message="".join(text))
