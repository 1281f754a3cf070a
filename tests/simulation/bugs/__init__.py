"""Bugs planted one at a time into the running code. The random histories must find each.

submitting      CreateImage is called twice, or too early
polling         the wrong image is adopted, or a job is polled wrongly
validating      a drop is validated by other files than its row names
notifying       notices are sent too early or twice
storing         ledger, queues and sweep
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.simulation.bugs import notifying, polling, storing, submitting, validating
from tests.simulation.bugs.planting import Planting


@dataclass(frozen=True)
class Bug:
    """`seed`: the first whose history finds it, as `python -m tests.simulation.run --bugs` printed it."""

    plant: Callable[[Planting], None]
    seed: int


BUGS: Mapping[str, Bug] = {
    "no look-up after an unknown outcome": Bug(submitting.no_lookup, 11),
    "not found is taken as proof": Bug(submitting.not_found_is_proof, 11),
    "the call is repeated while the first request is still valid": Bug(submitting.resent_too_soon, 381),
    "the call is repeated during a hidden import that holds no name yet": Bug(submitting.name_taken_for_granted, 1314),
    "no claim in the bucket": Bug(submitting.no_claim, 189),
    "a restored ledger is obeyed": Bug(submitting.older_ledger_obeyed, 2153),
    "another installation goes unnoticed": Bug(submitting.other_installation_unnoticed, 170),
    "an end is told again after its ledger was restored": Bug(notifying.restored_end_told_again, 84),
    "no ETag in the drop id": Bug(validating.no_etag, 0),
    "rows are written without a check of the revision": Bug(storing.no_revision_check, 2),
    "a replaced object goes unnoticed": Bug(polling.replacement_unnoticed, 324),
    "a replaced data file goes unnoticed": Bug(polling.data_file_forgotten, 3255),
    "a drop is registered without its data images": Bug(polling.data_image_forgotten, 26),
    "the claim is deleted before the end marker is written": Bug(notifying.claim_deleted_first, 1),
    "after the ledger is lost an end is taken as told": Bug(storing.recovered_end_untold, 39),
    "a disowned image is adopted": Bug(polling.disowned_image_adopted, 392),
    "another drop's image is adopted by its origin": Bug(polling.foreign_image_adopted, 154),
    "a channel is recorded as done before it has sent": Bug(notifying.done_before_it_is_sent, 0),
    "a channel is used without a claim": Bug(notifying.channel_not_claimed, 2),
    "owners are not told of delays": Bug(notifying.no_word_of_delays, 1),
    "an attempt begins before the last one's notice": Bug(validating.unnotified_end_forgotten, 0),
    "every poll moves the deadline": Bug(polling.deadline_starts_again, 1801),
    "the sweep redrives drops that make progress": Bug(storing.live_drops_redriven, 1),
    "the poll message is sent before the job's id is saved": Bug(submitting.polled_before_it_is_saved, 97),
    "an end is published before it is saved": Bug(notifying.published_before_it_is_saved, 0),
    "a message of an older attempt is obeyed": Bug(submitting.older_attempt_obeyed, 26),
    "a message of an older generation is obeyed": Bug(polling.older_generation_obeyed, 101),
    "a sidecar replaced during the validation goes unnoticed": Bug(validating.swapped_sidecar_unnoticed, 1266),
    "reads are without If-Match": Bug(validating.no_if_match, 74),
    "the skew of two clocks is ignored": Bug(submitting.no_clock_skew, 590),
    "files from before are drops": Bug(storing.old_files_are_drops, 3),
    "a digest after each listing": Bug(storing.digest_every_round, 8),
    "queued drops are never admitted": Bug(storing.queue_never_admitted, 21),
    "an unreadable message is retried without end": Bug(storing.unreadable_message_retried, 30),
    "after the ledger is lost attempts are counted from 1": Bug(storing.attempts_recounted, 166),
    "a redrive of an older attempt is obeyed": Bug(validating.old_redrive_obeyed, 82),
}
