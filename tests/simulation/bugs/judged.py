"""A drop is judged by other files than it says, or begun too early."""

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
    """Whatever content lies at a key is the same drop."""
    drop_id = drops.drop_id
    patch.setattr(drops, "drop_id", lambda bucket, key, etag: drop_id(bucket, key, ""))


def swapped_sidecar_unnoticed(patch: Planting) -> None:
    """What lies there at the end of the inspection is said to have been judged, whatever was read at its beginning."""
    judge = accept.accept_or_reject

    def late(ports: Ports, row: Drop, files: Files) -> None:
        beside = object_keys.sidecar_key(row.key)
        for head in files.present():
            accept._subject(ports, row, head, files)
        judge(ports, row, replace(files, heads={**files.heads, beside: ports.objects.head(row.bucket, beside)}))

    patch.setattr(accept, "accept_or_reject", late)


def no_if_match(patch: Planting) -> None:
    """The inspection reads on, whatever lies there by now."""

    def read(objects: MemoryObjects, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        with objects._call("read"):
            body = objects.body(bucket, key)
        if body is None:
            raise ObjectChanged(key)
        return body[offset : offset + length]

    patch.setattr(MemoryObjects, "read", read)


def old_redrive_obeyed(patch: Planting) -> None:
    """A message that sets an older attempt going again sets the newest going."""
    dropped_again = validate._Validation._dropped_again

    def whichever(look: Any, row: Drop, files: Any) -> Drop | None:
        look.after_attempt = row.attempt if look.after_attempt is not None else None
        return dropped_again(look, row, files)

    patch.setattr(validate._Validation, "_dropped_again", whichever)


def untold_end_forgotten(patch: Planting) -> None:
    """A new attempt begins before the last one's end is told."""

    def at_once(look: Any, row: Drop, redriven: bool = False) -> None:
        again = transitions.new_attempt(row, look.ports.clock(), look.ports.settings.pairing_deadline)
        dispatch.revalidate(look.ports, look.ports.ledger.save(again))

    patch.setattr(validate._Validation, "_untold", at_once)
