"""Validation: takes every drop that an object belongs to, and accepts it, rejects it, or leaves it waiting for files.

This module finds the row of a drop and decides whether its files are complete; `accept` checks what is in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from logging import WARNING
from typing import Any

from imagedrop import events
from imagedrop.common.timestamps import parse_timestamp
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import Drop, Versions
from imagedrop.domain.messages import BadMessage
from imagedrop.events.foreign_bucket import report_foreign_events
from imagedrop.findings import has_errors
from imagedrop.findings import pairing as pairing_findings
from imagedrop.inspection.source import SourceChanged
from imagedrop.observability import LOG, add_log_fields, current_log_fields, log_drop
from imagedrop.ports import Conflict, ImsError, Ports, RetryLater
from imagedrop.workflow import completion, dispatch, pairing, recovery
from imagedrop.workflow.bucket_records import end_markers, file_versions, installation, results
from imagedrop.workflow.image_lookup import DELETED_STATUSES, DROP_TAG
from imagedrop.workflow.pairing import Files, Missing
from imagedrop.workflow.validate import accept

MAX_TRIES = 3  # at once, of a drop whose files or row change during the validation
RETRY_AFTER = 30  # s


def validate_events(ports: Ports, body: dict[str, Any]) -> None:
    """Validates every drop that a message is about: `{"bucket", "key"}`, or any envelope of an OBS event. Raises
    BadMessage if a record cannot be read, after it has handled the others."""
    outcomes = events.parse(body, keys_encoded=ports.settings.event_keys_encoded)
    created = [outcome for outcome in outcomes if isinstance(outcome, events.ObjectCreated)]
    ignored = [new for new in created if not validate_key(ports, new.bucket, new.key, new.after_attempt)]
    report_foreign_events(ignored, ports)
    bad = [f"{outcome.at or 'body'}: {outcome.reason}" for outcome in outcomes if isinstance(outcome, events.Bad)]
    if bad:
        raise BadMessage("; ".join(bad))


def validate_key(ports: Ports, bucket: str, key: str, after_attempt: int | None = None) -> bool:
    """Validates every drop that the object at `key` belongs to. False: it belongs to none.

    `after_attempt`: redrives the drop that ended with that attempt, even if no file has changed, and whatever bucket,
    prefix and suffixes are set now. After all drops, raises RetryLater or what the validation of one raised."""
    failure: Exception | None = None
    failure_fields: dict[str, Any] = {}
    image_keys = pairing.image_keys_of_object(ports, bucket, key) or ([] if after_attempt is None else [key])
    if not image_keys:
        return False
    if not installation.may_work_on(ports, bucket):
        return True
    for image_key in image_keys:
        try:
            _validate_drop(ports, bucket, image_key, after_attempt)
        except Exception as error:  # noqa: BLE001 - raised below
            failure, failure_fields = error, current_log_fields()
    if key not in image_keys:  # it is a sidecar or a part of other drops: a row of its own is void
        pairing.discard_if_part(ports, bucket, key, ports.objects.head(bucket, key))
    if failure is not None:
        add_log_fields(**failure_fields)
        raise failure
    return True


def _validate_drop(ports: Ports, bucket: str, image_key: str, after_attempt: int | None) -> None:
    for _ in range(MAX_TRIES):
        try:
            _Validation(ports, bucket, image_key, after_attempt).run()
        except (SourceChanged, Conflict):
            continue
        return
    raise RetryLater(RETRY_AFTER)


@dataclass
class _Validation:
    """One try to validate one drop. Raises SourceChanged if a file changes meanwhile, Conflict if the row does."""

    ports: Ports
    bucket: str
    image_key: str
    after_attempt: int | None

    def run(self) -> None:
        head = self.ports.objects.head(self.bucket, self.image_key)
        files = Files.read(self.ports.objects, self.bucket, self.image_key, head)
        if head is None:
            self._wait_for_image(files)
            return
        found = self._find_or_create_row(head.etag, files)
        row = self._next_attempt(found, files) if found.ended else found
        if row and row.stage == "accepted" and row.open_index_partition != "queued":  # a queued one needs no message
            log_drop("was accepted before; register is called again", row)
            dispatch.send_next(self.ports, row)
        elif row and row.stage == "waiting" and not self._is_blocked(row):
            self._wait_or_decide(row, files)
        elif row:
            log_drop("nothing to do: the drop is in a later step, or waits for an older one of its key", row)
        self._discard_waiting_sidecar()  # last: until the drop has a row of its own, the sweep finds it by that one

    # --- the row -------------------------------------------------------------------------------------------------

    def _find_or_create_row(self, etag: str, files: Files) -> Drop:
        """From the ledger, else recovered from the bucket, else new."""
        ports, drop_id = self.ports, drops.drop_id(self.bucket, self.image_key, etag)
        add_log_fields(drop_id=drop_id)
        row = ports.ledger.get(drop_id)
        row = row or recovery.recover(ports, self.bucket, self.image_key, drop_id, files.owner)
        return row or self._new_row(etag)

    def _new_row(self, etag: str | None) -> Drop:
        ports = self.ports
        return transitions.new_drop(self.bucket, self.image_key, etag, ports.clock(), ports.settings.pairing_deadline)

    def _new_attempt(self, row: Drop) -> Drop:
        return transitions.new_attempt(row, self.ports.clock(), self.ports.settings.pairing_deadline)

    def _discard_waiting_sidecar(self) -> None:
        """Discards the row of a sidecar that waited for its image."""
        row = self.ports.ledger.get(drops.waiting_id(self.bucket, self.image_key))
        if row is not None and not row.ended:
            completion.discard_waiting(self.ports, row)

    def _is_blocked(self, row: Drop) -> bool:
        """True while older content of this key is being registered."""
        blocker = self.ports.ledger.get(row.blocked_by) if row.blocked_by else None
        return blocker is not None and blocker.stage in drops.LIVE

    def _next_attempt(self, row: Drop, files: Files) -> Drop | None:
        """The row of the attempt after an ended one. None: no file has changed, or there is nothing more to do now."""
        ports = self.ports
        redriven = self.after_attempt == row.attempt and row.stage != "registered"
        if not row.end_marked:
            self._notify_first(row, redriven)
            return None
        others = [key for key in row.versions if key not in files.versions]
        current = file_versions.current_versions(ports.objects, self.bucket, others) | files.versions
        if not redriven:
            if all(version == row.versions.get(key) for key, version in current.items()):
                log_drop("nothing to do: the drop has ended, and no file has changed since", row)
                results.restore_end(ports.objects, row)
                return None
            # `files` was read before the row, which may have ended with newer ones.
            if file_versions.current_versions(ports.objects, self.bucket, files.versions) != files.versions:
                raise SourceChanged(self.image_key)
        if row.stage == "registered" and self._answer_with_image(row, current):
            return None
        return self._new_attempt(row)

    def _notify_first(self, row: Drop, redriven: bool = False) -> None:
        """Has the owner notified of this end before the next attempt begins. Afterwards `notify` revalidates changed
        files itself. It does not repeat a redrive, so that message is retried."""
        dispatch.send_next(self.ports, row)
        if redriven:
            raise RetryLater(RETRY_AFTER)

    def _answer_with_image(self, row: Drop, current: Versions) -> bool:
        """Answers a registered drop that was dropped again with its image. False if IMS no longer has that image; True,
        without an answer, while IMS cannot say."""
        ports = self.ports
        system_ids = [image.id for image in row.images if image.role == "system"]  # a data image alone cannot start
        try:
            images = [image for image in ports.images.by_ids(system_ids) if image.status not in DELETED_STATUSES]
        except ImsError as error:
            # No RetryLater: the sweep finds this drop in each round, and retried messages would add up.
            log_drop("state of the image in IMS unknown", row, level=WARNING, code=error.code)
            return True
        if not images or any(image.tags.get(DROP_TAG, row.drop_id) != row.drop_id for image in images):
            return False
        finding = pairing_findings.ALREADY_REGISTERED(image=images[0].id)
        answer = transitions.answer_with_image(row, ports.clock(), current, finding)
        answer = end_markers.with_ends(ports.objects, answer)
        dispatch.send_next(ports, ports.ledger.save(answer))
        return True

    # --- the files -----------------------------------------------------------------------------------------------

    def _wait_for_image(self, files: Files) -> None:
        """There is at most a sidecar. It waits for its image; its owner is notified if that never comes."""
        ports, drop_id = self.ports, drops.waiting_id(self.bucket, self.image_key)
        if files.sidecar_head is None or pairing.sidecar_was_read(
            ports, self.bucket, self.image_key, files.sidecar_head
        ):
            LOG.info("nothing to do: no image is there", extra={"bucket": self.bucket, "key": self.image_key})
            self._discard_waiting_sidecar()
            return
        add_log_fields(drop_id=drop_id)
        row = ports.ledger.get(drop_id)
        if row is not None and row.ended:
            if not row.end_marked:
                self._notify_first(row)
                return
            if all(files.versions.get(key) == version for key, version in row.versions.items()):
                log_drop("nothing to do: the drop has ended, and no file has changed since", row)
                results.restore_end(ports.objects, row)
                return
            row = self._new_attempt(row)
        row = row or self._new_row(None)
        finding = pairing_findings.IMAGE_MISSING(
            key=self.image_key, sidecar=files.sidecar_head.key, since=row.received_at
        )
        self._wait_until_deadline(row, files, [Missing(self.image_key, finding)])

    def _wait_or_decide(self, row: Drop, files: Files) -> None:
        """Waits until every file that the sidecar names has come, unless the sidecar has errors."""
        if row.parked:
            row = transitions.unpark(row, self.ports.clock(), self.ports.settings.pairing_deadline)
        missing = pairing.missing_files(files, row)
        if missing and not has_errors(files.findings):
            self._wait_until_deadline(row, files, missing)
            return
        pairing.record_parts(self.ports, self.bucket, files)
        # Saved as waiting with nothing missing: the sweep counts redrives of such a row and gives it up after five.
        accept.accept_or_reject(self.ports, self._save_waiting(row, files, ()), files)

    def _wait_until_deadline(self, row: Drop, files: Files, missing: list[Missing]) -> None:
        """Rejects the drop if its deadline has passed. Without a sidecar it was none."""
        row = row.model_copy(update={"owner": files.owner or row.owner})
        if self.ports.clock() >= parse_timestamp(row.deadline_at):
            if files.sidecar_head is None:
                self._give_up(row)
                return
            accept.reject(
                self.ports, row, files.versions, [*files.findings, *(file.finding for file in missing if file.finding)]
            )
            return
        pairing.record_parts(self.ports, self.bucket, files)
        self._save_waiting(row, files, tuple(file.key for file in missing))

    def _give_up(self, row: Drop) -> None:
        """Nothing is written into the bucket: the operator hears of the image in the sweep's digest."""
        if row.revision:
            completion.discard_waiting(self.ports, row)
            log_drop("its sidecar has not come", row)

    def _save_waiting(self, row: Drop, files: Files, missing: tuple[str, ...]) -> Drop:
        """The row as waiting for `missing`, saved if that changes it."""
        waiting = transitions.wait(row, self.ports.clock(), versions=files.versions, missing=missing)
        if row.revision and waiting.model_copy(update={"updated_at": row.updated_at}) == row:
            return row
        saved = self.ports.ledger.save(waiting)
        log_drop("waiting" if missing else "all files are there", saved, missing=list(missing))
        return saved
