"""IMS is asked twice, or too early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.ports import Ports
from imagedrop.workflow import dispatch, image_lookup, register
from imagedrop.workflow.bucket_records import claims
from tests.simulation.bugs.planting import Planting, changed


def no_look_up(patch: Planting) -> None:
    """An unknown outcome is taken for a no, and the call is sent again."""
    judge = register.decide

    def hasty(*arguments: Any) -> register.Action:
        step = judge(*arguments)
        return register.Action.START if step is register.Action.LOOK_UP else step

    patch.setattr(register, "decide", hasty)


def not_found_proves_it(patch: Planting) -> None:
    """After 20 minutes the call is sent again, though IMS may hide an import while it runs."""
    may = register.may_resend
    patch.setattr(register, "may_resend", lambda row, now, s: may(row, now, changed(s, ims_shows_imports=True)))


def sent_again_too_soon(patch: Planting) -> None:
    """The first request's signature is still good when the second is sent."""
    may = register.may_resend
    patch.setattr(register, "may_resend", lambda row, now, s: may(row, now, changed(s, resend_after=100)))


def no_claim(patch: Planting) -> None:
    patch.setattr(claims, "write_claim", lambda objects, row: None)


def clocks_are_one(patch: Planting) -> None:
    """An image that IMS's slower clock dates before the request is taken for nobody's."""
    patch.setattr(image_lookup, "CLOCK_SKEW", 0.0)


def handed_off_before_it_is_saved(patch: Planting) -> None:
    """The message that follows the job goes out before the job's id is in the ledger."""
    save, hand_on = transitions.begin_import, dispatch.send_next

    def early(row: Drop, now: datetime, **more: Any) -> Drop:
        following = save(row, now, **more)
        hand_on(HANDS[-1], following)
        return following

    patch.setattr(transitions, "begin_import", early)
    patch.setattr(register, "register", _with_hands(register.register))
    patch.setattr(
        dispatch, "send_next", lambda ports, row, delay=0: row.stage == "importing" or hand_on(ports, row, delay)
    )


HANDS: list[Ports] = []


def _with_hands(run: Callable[..., None]) -> Callable[..., None]:
    def register(ports: Ports, *arguments: Any) -> None:
        HANDS.append(ports)
        run(ports, *arguments)

    return register


def older_attempt_obeyed(patch: Planting) -> None:
    judge = register.decide

    def whichever(row: Drop | None, attempt: int, now: datetime) -> register.Action:
        return judge(row, row.attempt if row else attempt, now)

    patch.setattr(register, "decide", whichever)
