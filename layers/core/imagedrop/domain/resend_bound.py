"""How long IMS may still accept a CreateImage whose answer was lost. All values are seconds.

`sent_at` is written by the clock of the worker that sends; the search that finds nothing reads the clock of the worker
that looks. docs/decisions/0002-exactly-one-image.md says why each part counts.
"""

from __future__ import annotations

REGISTER_TIME_LIMIT = 60  # of the function (template.yaml): it has signed the request by then, or not at all
SIGNATURE_VALID = 900  # IMS refuses a request that was signed longer ago, by IMS's clock
IMS_CLOCK_BEHIND = 300  # at most; such a clock shows a signature as younger than it is
# At most, each: that of the sender may be set right before it signs, that of the reader is ahead.
FUNCTION_CLOCK_WRONG = 60
LISTING_LAG = 120  # at most, from acceptance until ListImages shows the import

RESEND_AFTER = REGISTER_TIME_LIMIT + SIGNATURE_VALID + IMS_CLOCK_BEHIND + 2 * FUNCTION_CLOCK_WRONG + LISTING_LAG
