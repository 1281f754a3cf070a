"""A drop is validated by other files than its row names, or begins too early."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys, transitions
from imagedrop.domain.drop import Drop
from imagedrop.ports import ObjectChanged, Ports
from imagedrop.workflow import dispatch
from imagedrop.workflow.pairing import Files
from imagedrop.workflow.validate import accept, validate
from imagedrop_local.memory import MemoryObjects
from tests.simulation.bugs.planting import Planting


def no_etag(patch: Planting) -> None:
    """The drop id does not depend on the content."""
    drop_id = drops.drop_id
    patch.setattr(drops, "drop_id", lambda bucket, key, etag: drop_id(bucket, key, ""))


def swapped_sidecar_unnoticed(patch: Planting) -> None:
    """The row names the sidecar at the end of the inspection, not the one that was read at its beginning."""
    accept_or_reject = accept.accept_or_reject

    def late(ports: Ports, row: Drop, files: Files) -> None:
        sidecar = object_keys.sidecar_key(row.key)
        for head in files.present():
            accept._subject(ports, row, head, files)
        again = Files.read(ports.objects, row.bucket, row.key, files.image_head)
        heads = {**files.heads, sidecar: again.sidecar_head}
        accept_or_reject(ports, row, replace(files, heads=heads))

    patch.setattr(accept, "accept_or_reject", late)


def no_if_match(patch: Planting) -> None:
    """The inspection goes on reading after the object was replaced."""

    def read(objects: MemoryObjects, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        with objects._call("read"):
            body = objects.body(bucket, key)
        if body is None:
            raise ObjectChanged(key)
        return body[offset : offset + length]

    patch.setattr(MemoryObjects, "read", read)


def old_redrive_obeyed(patch: Planting) -> None:
    """A message that redrives an older attempt redrives the newest one."""
    dropped_again = validate._Validation._next_attempt

    def any_attempt(validation: Any, row: Drop, files: Any) -> Drop | None:
        validation.after_attempt = row.attempt if validation.after_attempt is not None else None
        return dropped_again(validation, row, files)

    patch.setattr(validate._Validation, "_next_attempt", any_attempt)


def unnotified_end_forgotten(patch: Planting) -> None:
    """A new attempt begins before the owner is notified of the last one's end."""

    def at_once(validation: Any, row: Drop, redriven: bool = False) -> None:
        ports = validation.ports
        again = transitions.new_attempt(row, ports.clock(), ports.settings.pairing_deadline)
        dispatch.revalidate(ports, ports.ledger.save(again))

    patch.setattr(validate._Validation, "_notify_first", at_once)
