"""Events: whatever says that an object was created in OBS, in any envelope, becomes `ObjectCreated`.

    outcome    what a record can turn out to be        envelopes   from a body to its records
    records    from one record to its outcome          text        hostile text, shown and decoded

Nothing here raises on account of its input, and nothing here decides whether an object is a drop.
"""

from __future__ import annotations

from imagedrop.events.envelopes import DEPTH, LIMIT, parse
from imagedrop.events.outcome import Bad, Ignored, ObjectCreated, Outcome

__all__ = ["DEPTH", "LIMIT", "Bad", "Ignored", "ObjectCreated", "Outcome", "parse"]
