"""What a scenario does at a line of the code, or at a time, besides the acts of owners."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from imagedrop.common.timestamps import add_seconds, format_timestamp
from imagedrop.domain.object_keys import INSTALLATION, is_claim
from imagedrop_local.memory import MemoryObjects
from imagedrop_local.project_paths import function
from tests.simulation.fault_rates import HOUR
from tests.simulation.systematic.striking import IMS_ERRORS
from tests.simulation.workload import Action, What
from tests.support.world import BUCKET

if TYPE_CHECKING:
    from tests.simulation.systematic.scenario_history import ScenarioHistory

STATUS_LIMIT = 15.0  # s


def ims_error(kind: str) -> Callable[[ScenarioHistory], None]:
    def fail(history: ScenarioHistory) -> None:
        raise IMS_ERRORS[kind]()

    return fail


def fail(history: ScenarioHistory) -> None:
    raise RuntimeError("simulated")


def ask_status(history: ScenarioHistory) -> None:
    event = {"requestContext": {"http": {"method": "GET"}, "authorizer": {"iam": {"userId": "x"}}}}
    key = {"queryStringParameters": {"key": history.scenario.actions[0].key}}
    for request in (event, event | key):
        run = partial(function("status").handle, request, history.ports)
        history.functions._invoke("status", {}, STATUS_LIMIT, run)


def delete_row(history: ScenarioHistory) -> None:
    """Somebody deletes the row of the first drop in the ledger's table."""
    history.ports.ledger.delete(next(iter(history.ports.ledger.rows())))


def delete_claims(history: ScenarioHistory) -> None:
    """A person does it, against all advice."""
    for key in filter(is_claim, history.ports.objects.keys(BUCKET)):
        MemoryObjects.delete(history.ports.objects, BUCKET, key)


def delete_installation(history: ScenarioHistory) -> None:
    """The bucket is as before the first installation."""
    history.ports.objects.delete(BUCKET, INSTALLATION)


def write_rows(history: ScenarioHistory) -> None:
    """Another worker writes every row."""
    for row in history.ports.ledger.rows():
        history.ports.ledger._write(row)


def repeat_writes(kind: str) -> Callable[[ScenarioHistory], None]:
    """Objects of this kind (a part of their keys) are written once more an hour later, as by a worker that died before
    OBS carried out its request."""

    def repeat(history: ScenarioHistory) -> None:
        objects = history.ports.objects
        for key in objects.keys(BUCKET):
            if kind in key and key != INSTALLATION:
                history.schedule.run_later(HOUR, partial(objects.upload, BUCKET, key, objects.body(BUCKET, key) or b""))

    return repeat


def act(what: What) -> Callable[[ScenarioHistory], None]:
    """What is otherwise done at a fixed time."""

    def perform(history: ScenarioHistory) -> None:
        history._owners.perform(Action(0, what), history.random(what))

    return perform


def back_up(restored_after: float) -> Callable[[ScenarioHistory], None]:
    """The ledger is backed up now, and this copy is restored later."""

    def back_up_now(history: ScenarioHistory) -> None:
        act("back up ledger")(history)
        history.schedule.run_later(restored_after, partial(act("restore ledger"), history))

    return back_up_now


def change_prefix(history: ScenarioHistory) -> None:
    """The operator sets another prefix: what waits below the old one is no longer listed."""
    settings = history.ports.settings.model_copy(update={"drop_prefix": "elsewhere/"})
    object.__setattr__(history.ports, "settings", settings)


def queue_as_older_version(history: ScenarioHistory) -> None:
    """Queued rows become such as an older version wrote: with the deadline of their attempt."""
    deadline = add_seconds(format_timestamp(history.clock()), 600)
    for row in history.ports.ledger.rows():
        if row.queued_since is not None:
            history.ports.ledger.save(row.model_copy(update={"queued_since": None, "deadline_at": deadline}))
