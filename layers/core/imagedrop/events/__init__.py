"""Events: finds the created objects in an OBS event, whatever envelopes it came in.

    outcome    the possible outcomes of a record        envelopes   finds the records in a body
    records    reads one record                         text        checks and quotes untrusted text
    foreign_bucket  reports events of other buckets

`parse` raises for no input. It does not decide whether an object is a drop.
"""

from imagedrop.events.envelopes import MAX_DEPTH, MAX_RECORDS, parse
from imagedrop.events.outcome import Bad, Ignored, ObjectCreated, Outcome

__all__ = ["MAX_DEPTH", "MAX_RECORDS", "Bad", "Ignored", "ObjectCreated", "Outcome", "parse"]
