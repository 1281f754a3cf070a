"""CreateImage is called twice, or too early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop
from imagedrop.ports import Ports
from imagedrop.settings import Settings
from imagedrop.workflow import dispatch, image_lookup, recovery
from imagedrop.workflow.bucket_records import claims, installation
from imagedrop.workflow.register import decisions, register
from tests.simulation.bugs.planting import Planting, changed


def no_lookup(patch: Planting) -> None:
    """CreateImage is called again after an unknown outcome, without a lookup."""
    decide = decisions.decide

    def hasty(*arguments: Any) -> decisions.Action:
        action = decide(*arguments)
        return decisions.Action.CALL if action is decisions.Action.LOOK_UP else action

    patch.setattr(register, "decide", hasty)


def not_found_is_proof(patch: Planting) -> None:
    """CreateImage is called again after 20 minutes, though IMS may hide the image during its import."""
    _with_settings(patch, ims_shows_imports=True)


def resent_too_soon(patch: Planting) -> None:
    """CreateImage is called again while the signature of the first request is still valid."""
    _with_settings(patch, resend_after=100)


def _with_settings(patch: Planting, **fields: Any) -> None:
    """What to do after a look-up is decided with other settings."""
    decide = decisions.decide_on_lookup

    def decide_otherwise(row: Drop, found: Any, began: datetime, settings: Settings, window: float) -> Any:
        return decide(row, found, began, changed(settings, **fields), window)

    patch.setattr(register, "decide_on_lookup", decide_otherwise)


def name_taken_for_granted(patch: Planting) -> None:
    """CreateImage is called again while a hidden import may run, though IMS refuses only names of existing images."""
    decide = decisions.decide_on_lookup

    def decide_otherwise(row: Drop, found: Any, began: datetime, settings: Settings, window: float) -> Any:
        unique = settings.ims_names_unique != "no"
        return decide(row, found, began, changed(settings, ims_names_unique="always") if unique else settings, window)

    patch.setattr(register, "decide_on_lookup", decide_otherwise)


def no_claim(patch: Planting) -> None:
    """No claim is written to the bucket."""
    patch.setattr(claims, "write_claim", lambda *_: None)


def older_ledger_obeyed(patch: Planting) -> None:
    """The bucket is not asked before CreateImage is called."""
    patch.setattr(recovery, "catch_up", lambda *_: False)


def other_installation_unnoticed(patch: Planting) -> None:
    """Nobody reads whose bucket it is, and whose claim."""
    patch.setattr(installation, "take_bucket", lambda *_: None)
    patch.setattr(recovery, "catch_up", lambda *_: False)


def no_clock_skew(patch: Planting) -> None:
    """An image is ignored if IMS's slower clock dates it before the request."""
    patch.setattr(image_lookup, "CLOCK_SKEW", 0.0)


def polled_before_it_is_saved(patch: Planting) -> None:
    """The poll message is sent before the job's id is in the ledger."""
    begin_import, send_next = transitions.begin_import, dispatch.send_next

    def early(row: Drop, now: datetime, **more: Any) -> Drop:
        importing = begin_import(row, now, **more)
        send_next(PORTS[-1], importing)
        return importing

    patch.setattr(transitions, "begin_import", early)
    patch.setattr(register, "register", _keeping_ports(register.register))
    patch.setattr(
        dispatch, "send_next", lambda ports, row, delay=0: row.stage == "importing" or send_next(ports, row, delay)
    )


PORTS: list[Ports] = []


def _keeping_ports(run: Callable[..., None]) -> Callable[..., None]:
    def register(ports: Ports, *arguments: Any) -> None:
        PORTS.append(ports)
        run(ports, *arguments)

    return register


def older_attempt_obeyed(patch: Planting) -> None:
    """A message of an older attempt is not ignored."""
    decide = decisions.decide

    def any_attempt(row: Drop | None, attempt: int, now: datetime) -> decisions.Action:
        return decide(row, row.attempt if row else attempt, now)

    patch.setattr(register, "decide", any_attempt)
