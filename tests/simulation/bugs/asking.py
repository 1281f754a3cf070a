"""IMS is asked twice, or too early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.ports import Ports
from imagedrop.workflow import completion, image_lookup, register
from imagedrop.workflow.bucket_records import results


def no_look_up(patch: pytest.MonkeyPatch) -> None:
    """An unknown outcome is taken for a no, and the call is sent again."""
    judge = register.judge

    def hasty(*arguments: Any) -> register.Step:
        step = judge(*arguments)
        return register.Step.START if step is register.Step.LOOK_UP else step

    patch.setattr(register, "judge", hasty)


def not_found_proves_it(patch: pytest.MonkeyPatch) -> None:
    """After 20 minutes the call is sent again, though IMS may hide an import while it runs."""
    may = register.may_send_again
    shown = {"ims_shows_imports": True}
    patch.setattr(register, "may_send_again", lambda row, now, s: may(row, now, s.model_copy(update=shown)))


def sent_again_too_soon(patch: pytest.MonkeyPatch) -> None:
    """The first request's signature is still good when the second is sent."""
    may = register.may_send_again
    soon = {"resend_after": 100}
    patch.setattr(register, "may_send_again", lambda row, now, s: may(row, now, s.model_copy(update=soon)))


def no_claim(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(results, "claim", lambda objects, row: None)


def clocks_are_one(patch: pytest.MonkeyPatch) -> None:
    """An image that IMS's slower clock dates before the request is taken for nobody's."""
    patch.setattr(image_lookup, "CLOCKS_APART", 0.0)


def handed_off_before_it_is_saved(patch: pytest.MonkeyPatch) -> None:
    """The message that follows the job goes out before the job's id is in the ledger."""
    save, hand_on = transitions.importing, completion.hand_on

    def early(row: Drop, now: datetime, **more: Any) -> Drop:
        following = save(row, now, **more)
        hand_on(HANDS[-1], following)
        return following

    patch.setattr(transitions, "importing", early)
    patch.setattr(register, "register", _with_hands(register.register))
    patch.setattr(
        completion, "hand_on", lambda ports, row, delay=0: row.stage == "importing" or hand_on(ports, row, delay)
    )


HANDS: list[Ports] = []


def _with_hands(run: Callable[..., None]) -> Callable[..., None]:
    def register(ports: Ports, *arguments: Any) -> None:
        HANDS.append(ports)
        run(ports, *arguments)

    return register


def older_attempt_obeyed(patch: pytest.MonkeyPatch) -> None:
    judge = register.judge

    def whichever(row: Drop | None, attempt: int, now: datetime) -> register.Step:
        return judge(row, row.attempt if row else attempt, now)

    patch.setattr(register, "judge", whichever)
