"""Bugs, planted one at a time into the running code: each is one that the histories must find.

asking      IMS is asked twice, or too early           following   the wrong image, or a job followed wrongly
judged      by other files than it says                told        before it is true, or twice
kept        ledger, queues and sweep
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.simulation.bugs import asking, following, judged, kept, told
from tests.simulation.bugs.planting import Planting


@dataclass(frozen=True)
class Bug:
    """`seed`: of a history that finds it, the first when last looked for (`python -m tests.simulation.run --bugs`)."""

    plant: Callable[[Planting], None]
    seed: int


BUGS: Mapping[str, Bug] = {
    "no look-up after an unknown outcome": Bug(asking.no_look_up, 2),
    "not found is taken as proof": Bug(asking.not_found_proves_it, 2),
    "sent again while the first may be accepted": Bug(asking.sent_again_too_soon, 154),
    "no claim in the bucket": Bug(asking.no_claim, 198),
    "no ETag in the drop id": Bug(judged.no_etag, 0),
    "rows written whatever their revision": Bug(kept.rows_written_blindly, 11),
    "a replaced object goes unnoticed": Bug(following.replacement_unnoticed, 147),
    "a doubtful image is taken": Bug(following.doubtful_image_taken, 224),
    "another drop's image is taken by its origin": Bug(following.foreign_image_taken, 568),
    "told is written before it is true": Bug(told.told_before_it_is_sent, 3),
    "channels are used without a claim": Bug(told.sent_before_it_is_claimed, 39),
    "an attempt begins before the last is told": Bug(judged.untold_end_forgotten, 0),
    "every look restarts the deadline": Bug(following.deadline_starts_again, 1),
    "the sweep drives live drops": Bug(kept.live_drops_driven, 1),
    "the job's id is saved only after the hand-off": Bug(asking.handed_off_before_it_is_saved, 186),
    "a notice goes out before the ledger knows": Bug(told.told_before_the_ledger_knows, 0),
    "a message of an older attempt is obeyed": Bug(asking.older_attempt_obeyed, 33),
    "a message of an older generation is obeyed": Bug(following.older_generation_obeyed, 3),
    "a sidecar that is swapped in mid-validation goes unnoticed": Bug(judged.swapped_sidecar_unnoticed, 527),
    "If-Match is lost": Bug(judged.no_if_match, 74),
    "two clocks are taken for one": Bug(asking.clocks_are_one, 575),
    "nobody is called from the line": Bug(kept.nobody_is_called, 3),
    "a message that nobody can read circles": Bug(kept.whole_batches_are_believed_in, 30),
    "a lost ledger counts attempts anew": Bug(kept.counted_from_one, 189),
    "a redrive of an older attempt is obeyed": Bug(judged.old_redrive_obeyed, 47),
}
