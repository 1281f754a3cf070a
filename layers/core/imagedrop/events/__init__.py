"""Events: whatever says that an object was created in OBS, in any envelope, becomes `ObjectCreated`.

    outcome    what a record can turn out to be        envelopes   from a body to its records
    records    from one record to its outcome          text        hostile text, shown and decoded

Nothing here raises on account of its input, and nothing here decides whether an object is a drop.
"""

from __future__ import annotations

from imagedrop.events.envelopes import DEPTH, LIMIT, parse
from imagedrop.events.outcome import Bad, Ignored, ObjectCreated, Outcome

__all__ = ["DEPTH", "LIMIT", "Bad", "Ignored", "ObjectCreated", "Outcome", "is_ours", "parse"]

RESULT_SUFFIX = ".result.json"
CLAIM_PREFIX = ".imagedrop/"


def is_ours(key: str) -> bool:
    """True for what imagedrop itself writes to the bucket, result files and claims: they never start a loop."""
    return key.endswith(RESULT_SUFFIX) or key.startswith(CLAIM_PREFIX)
