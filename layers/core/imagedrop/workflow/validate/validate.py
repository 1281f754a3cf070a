"""Validation: from "something lies at this key" to a drop that is accepted, rejected or waits for its parts.

look      every drop that an object belongs to; which row, and which of its files are there
judging   sidecar, file and place against each other: accepted or rejected
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
from imagedrop.findings import Finding, has_errors
from imagedrop.findings import pairing as kinds
from imagedrop.inspection.source import SourceChanged
from imagedrop.intake.enqueue import report_foreign_events
from imagedrop.observability import log_drop
from imagedrop.ports import Conflict, ImsError, ObjectHead, Ports, RetryLater
from imagedrop.workflow import completion, dispatch, pairing, recovery
from imagedrop.workflow.bucket_records import end_markers, file_versions, results
from imagedrop.workflow.image_lookup import DELETED_STATUSES, DROP_TAG
from imagedrop.workflow.pairing import Files
from imagedrop.workflow.validate import accept

TRIES = 3  # a drop whose files change under the inspection is looked at so often, then later


def validate_events(ports: Ports, body: dict[str, Any]) -> None:
    """Validates every drop that a message is about: `{"bucket", "key"}`, or any envelope of an OBS event. Raises
    BadMessage if any record cannot be read, after the others."""
    outcomes = events.parse(body, keys_encoded=ports.settings.event_keys_encoded)
    report_foreign_events(outcomes, ports)
    for outcome in outcomes:
        if isinstance(outcome, events.ObjectCreated) and outcome.bucket == ports.settings.drop_bucket:
            validate_key(ports, outcome.bucket, outcome.key, outcome.after_attempt)
    bad = [f"{outcome.at or 'body'}: {outcome.reason}" for outcome in outcomes if isinstance(outcome, events.Bad)]
    if bad:
        raise BadMessage("; ".join(bad))


def validate_key(ports: Ports, bucket: str, key: str, after_attempt: int | None = None) -> None:
    """Judges every drop that the object at `key` belongs to. `after_attempt`: sets that ended attempt going again,
    though nothing has changed. Raises PutBack to be called again later, and whatever one of the drops has raised, but
    not before the others have had their turn."""
    trouble: Exception | None = None
    images = pairing.images_concerned(ports, bucket, key)
    for image_key in images:
        try:
            _settled(ports, bucket, image_key, after_attempt)
        except Exception as error:  # noqa: BLE001 - raised below
            trouble = error
    if images and key not in images:
        pairing.discard_if_part(ports, bucket, key, ports.objects.head(bucket, key))
    if trouble is not None:
        raise trouble


def _settled(ports: Ports, bucket: str, image_key: str, after_attempt: int | None) -> None:
    for _ in range(TRIES):
        try:
            _Validation(ports, bucket, image_key, after_attempt).take()
        except (SourceChanged, Conflict):
            continue
        return
    raise RetryLater(30)


@dataclass
class _Validation:
    """One look at one drop. Raises SourceChanged or Conflict where the world moved under it."""

    ports: Ports
    bucket: str
    image_key: str
    after_attempt: int | None

    def take(self) -> None:
        objects = self.ports.objects
        head = objects.head(self.bucket, self.image_key)
        files = pairing.Files.gather(objects, self.bucket, self.image_key, head)
        if head is None:
            self._without_image(files)
            return
        self._forget_orphan()
        row: Drop | None = self._row(head, files)
        if row and row.ended:
            row = self._dropped_again(row, files)
        if row and row.stage == "accepted" and row.open_index_partition != "queued":  # who stands in line is called
            dispatch.send_next(self.ports, row)
        elif row and row.stage == "waiting" and not self._behind(row):
            self._pair(row, files)

    # --- which row -----------------------------------------------------------------------------------------------

    def _row(self, head: ObjectHead, files: Files) -> Drop:
        """The drop's row: as the ledger has it, rebuilt where it has lost it, or new."""
        ports = self.ports
        drop_id = drops.drop_id(self.bucket, self.image_key, head.etag)
        known = ports.ledger.get(drop_id)
        known = known or recovery.recover(ports, self.bucket, self.image_key, drop_id, files.owner)
        return known or self._new(head.etag)

    def _new(self, etag: str | None) -> Drop:
        ports = self.ports
        return transitions.new_drop(self.bucket, self.image_key, etag, ports.clock(), ports.settings.pairing_deadline)

    def _forget_orphan(self) -> None:
        """The sidecar waits for its image no longer."""
        orphan = self.ports.ledger.get(drops.waiting_id(self.bucket, self.image_key))
        if orphan is not None and not orphan.ended:
            completion.discard_waiting(self.ports, orphan)

    def _behind(self, row: Drop) -> bool:
        """Older content of this key is on its way: this one waits for its end."""
        ahead = self.ports.ledger.get(row.blocked_by) if row.blocked_by else None
        return ahead is not None and ahead.stage in drops.LIVE

    def _dropped_again(self, row: Drop, files: Files) -> Drop | None:
        """A drop that has ended: the row of its next attempt, or None where there is nothing to do."""
        ports = self.ports
        redriven = self.after_attempt == row.attempt and row.stage != "registered"
        if not row.end_marked:
            self._untold(row, redriven)
            return None
        others = [key for key in row.versions if key not in files.versions]
        seen = file_versions.current_versions(ports.objects, self.bucket, others) | files.versions
        if not redriven and all(seen[key] == row.versions.get(key) for key in seen):
            results.restore_end(ports.objects, row)
            return None
        if (
            not redriven
            and file_versions.current_versions(ports.objects, self.bucket, files.versions) != files.versions
        ):
            raise SourceChanged(self.image_key)  # the row may have seen what came since
        if row.stage == "registered" and self._answered(row, seen):
            return None
        return transitions.new_attempt(row, ports.clock(), ports.settings.pairing_deadline)

    def _untold(self, row: Drop, redriven: bool = False) -> None:
        """An end is told before another attempt begins, or it never would be. Then its files are looked at again."""
        dispatch.send_next(self.ports, row)
        if redriven:  # which no file tells
            raise RetryLater(30)

    def _answered(self, row: Drop, seen: Versions) -> bool:
        """A registered drop is not registered twice, unless IMS no longer has its image."""
        ports = self.ports
        system = [one.id for one in row.images if one.role == "system"]  # a data image alone starts nothing
        try:
            kept = [image for image in ports.images.by_ids(system) if image.status not in DELETED_STATUSES]
        except ImsError as error:
            # The sweep, which finds it again each time, is patience enough: a message that came back too would add up.
            log_drop("IMS cannot say whether it has the image", row, level=WARNING, code=error.code)
            return True
        if not kept or any(image.tags.get(DROP_TAG, row.drop_id) != row.drop_id for image in kept):
            return False
        finding = kinds.ALREADY_REGISTERED(image=kept[0].id)
        answer = end_markers.with_attempt_number(
            ports.objects, transitions.answer_with_image(row, ports.clock(), seen, finding)
        )
        dispatch.send_next(ports, ports.ledger.save(answer))
        return True

    # --- pairing -------------------------------------------------------------------------------------------------

    def _without_image(self, files: Files) -> None:
        """Only a sidecar: it waits for its image, and its owner is told when that never comes."""
        ports, now = self.ports, self.ports.clock()
        if files.sidecar is None or pairing.has_been_read(ports, self.bucket, self.image_key, files.sidecar):
            self._forget_orphan()
            return
        row = ports.ledger.get(drops.waiting_id(self.bucket, self.image_key))
        if row is not None and row.ended:
            if not row.end_marked:
                self._untold(row)
                return
            if all(files.versions.get(key) == seen for key, seen in row.versions.items()):
                results.restore_end(ports.objects, row)
                return
            row = transitions.new_attempt(row, now, ports.settings.pairing_deadline)
        row = row or self._new(None)
        late = kinds.IMAGE_MISSING(key=self.image_key, sidecar=files.sidecar.key, since=row.received_at)
        self._wait(row, files, (self.image_key,), [late])

    def _pair(self, row: Drop, files: Files) -> None:
        """Everything that the sidecar calls for must be there, and be what it says, before anything is read."""
        waits = pairing.missing(files, row)
        if waits and not has_errors(files.faults):
            self._wait(row, files, tuple(wait.key for wait in waits), [wait.finding for wait in waits])
            return
        pairing.record_parts(self.ports, self.bucket, files)
        accept.accept_or_reject(self.ports, self._kept(row, files, ()), files)

    def _wait(self, row: Drop, files: Files, missing: tuple[str, ...], late: list[Finding]) -> None:
        """`late`: what is said if the deadline is past."""
        now = self.ports.clock()
        row = row.model_copy(update={"owner": files.owner or row.owner})
        if now >= parse_timestamp(row.deadline_at):
            accept.reject(self.ports, row, files.versions, [*files.faults, *late])
            return
        pairing.record_parts(self.ports, self.bucket, files)
        self._kept(row, files, missing)

    def _kept(self, row: Drop, files: Files, missing: tuple[str, ...]) -> Drop:
        """The waiting row, saved if it says anything new. Nothing missing: it is being judged, and where that fails
        each time the sweep gives it up."""
        waiting = transitions.wait(row, self.ports.clock(), versions=files.versions, missing=missing)
        if row.revision and waiting.model_copy(update={"updated_at": row.updated_at}) == row:
            return row
        saved = self.ports.ledger.save(waiting)
        log_drop("waiting", saved, missing=list(missing))
        return saved
