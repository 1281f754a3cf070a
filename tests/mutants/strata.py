"""Which code is mutated: the modules of each stratum. Every stratum has the same share of the mutants."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CORE = Path("layers/core/imagedrop")
AREAS = ("domain", "workflow", "adapters")  # each of their modules is in one stratum or left out

STRATA: Mapping[str, tuple[str, ...]] = {  # patterns below CORE
    "validation": ("workflow/validate/*.py", "workflow/pairing.py", "domain/object_keys.py"),
    "registration": (
        "workflow/register/*.py",
        "workflow/import_durations.py",
        "domain/create_image_request.py",
        "domain/resend_bound.py",
    ),
    "polling": (
        "workflow/poll.py",
        "workflow/poll_schedule.py",
        "workflow/made_images.py",
        "workflow/missing_images.py",
    ),
    "look-up": ("workflow/image_lookup.py",),
    "transitions": ("domain/transitions.py", "domain/drop.py", "domain/messages.py"),
    "completion": ("workflow/completion.py", "workflow/dispatch.py"),
    "notification": (
        "workflow/notify.py",
        "workflow/digest.py",
        "workflow/late_notice.py",
        "workflow/mailing.py",
        "workflow/owner_policy.py",
        "domain/lateness.py",
        "domain/email_address.py",
    ),
    "recovery": ("workflow/recovery.py", "workflow/sweep/*.py"),
    "admission": ("workflow/admission.py", "workflow/isolation.py", "workflow/operator_hold.py"),
    "bucket records": ("workflow/bucket_records/*.py",),
    "IMS adapter": ("adapters/ims/*.py",),
    "OBS adapter": ("adapters/obs/*.py", "adapters/calls.py"),
    "DynamoDB adapter": ("adapters/dynamodb/*.py", "adapters/aws_errors.py"),
    "SQS adapter": ("adapters/sqs.py", "adapters/aws.py", "adapters/time_limits.py"),
}
LEFT_OUT = (
    "workflow/status.py",
    "adapters/connections.py",
    "adapters/http_*.py",
    "adapters/metrics.py",
    "adapters/secrets.py",
    "adapters/ses.py",
    "adapters/smtp.py",
    "adapters/sns.py",
    "adapters/threads.py",
)


def modules(root: Path, patterns: tuple[str, ...]) -> list[str]:
    """Paths from `root`, the folder of the repository. Raises ValueError for a pattern that names no module."""
    found: list[str] = []
    for pattern in patterns:
        paths = sorted(path for path in (root / CORE).glob(pattern) if path.name != "__init__.py")
        if not paths:
            raise ValueError(f"{CORE / pattern} names no module: correct {Path(__file__).name}")
        found += [str(path.relative_to(root)) for path in paths]
    return found
