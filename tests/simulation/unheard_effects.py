"""Effects that their worker does not hear of: a write to OBS that lands after its worker's death, and a write of the
ledger that AWS's client repeats after a success, so that it reports a conflict with itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagedrop.domain.drop import Drop
from imagedrop.domain.object_keys import RESULT_SUFFIX
from imagedrop.ports import Conflict, ObjectsUnavailable
from tests.simulation.workers import Crash

if TYPE_CHECKING:
    from tests.simulation.histories import History

# s after which a write may land. Less than until the message of a crashed worker is received again (template.yaml):
# what a later worker writes is not overwritten by a write that a dead one began.
AFTER_CRASH, AFTER_ERROR = 170.0, 8.0


def install(history: History) -> None:
    if history.rates.late_effect:
        _land_late(history)
    if history.rates.repeated_write:
        _repeat_writes(history)


def _land_late(history: History) -> None:
    objects = history.ports.objects
    put, delete = objects.put, objects.delete

    def late_put(bucket: str, key: str, body: bytes, content_type: str = "") -> None:
        before = objects._bucket(bucket).objects.get(key)

        def land() -> None:
            """Nothing finds a result file again that is older than the end that was told last."""
            if not key.endswith(RESULT_SUFFIX) or objects._bucket(bucket).objects.get(key) is before:
                objects.upload(bucket, key, body)

        try:
            put(bucket, key, body, content_type)
        except (Crash, ObjectsUnavailable) as error:
            if objects._bucket(bucket).objects.get(key) is before:
                _plan(history, error, f"put {key}", land)
            raise

    def late_delete(bucket: str, key: str) -> None:
        try:
            delete(bucket, key)
        except (Crash, ObjectsUnavailable) as error:
            if key in objects._bucket(bucket).objects:
                _plan(history, error, f"delete {key}", lambda: delete(bucket, key))
            raise

    objects.put = late_put  # type: ignore[method-assign]
    objects.delete = late_delete  # type: ignore[method-assign]


def _plan(history: History, error: BaseException, what: str, effect: Any) -> None:
    worker = history.workers.current
    if worker is None or not history.faults.occurs(worker, "late effect", history.rates.late_effect):
        return
    delay = worker.random.random() * (AFTER_CRASH if isinstance(error, Crash) else AFTER_ERROR)

    def land() -> None:
        history.log(f"lands late: {what}")
        effect()

    history.schedule.run_later(delay, land)


def _repeat_writes(history: History) -> None:
    ledger = history.ports.ledger
    save = ledger.save

    def repeated(drop: Drop) -> Drop:
        saved, worker = save(drop), history.workers.current
        if worker is not None and history.faults.occurs(worker, "repeated write", history.rates.repeated_write):
            history.count_fault()
            history.log("ledger.save is repeated after a success")
            raise Conflict(f"{drop.drop_id}: revision {drop.revision} was read")
        return saved

    ledger.save = repeated  # type: ignore[method-assign]
