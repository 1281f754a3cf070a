"""`imagedrop drop`."""

from __future__ import annotations

import json as json_text
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys
from imagedrop.ports import ObjectHead
from imagedrop.workflow import pairing
from imagedrop_cli import connections, options, render
from imagedrop_cli.check_image import CheckedImage, check_image, read_sidecar_file
from imagedrop_cli.follow import UploadedDrop, follow
from imagedrop_cli.image_location import FileLocation
from imagedrop_cli.output import FAILED, OK, USAGE, CommandError, print_json, print_line, print_note, print_parts, sleep
from imagedrop_cli.upload import Uploader
from imagedrop_cli.upload_plan import PlannedUpload, key_prefix, target_bucket
from imagedrop_cli.upload_progress import progress_bars


def drop(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="The image's file.")],
    bucket: Annotated[
        str,
        typer.Option(
            metavar="B", callback=options.check_bucket_name, help="Default: the stack's, or IMAGEDROP_DROP_BUCKET."
        ),
    ] = "",
    prefix: Annotated[str, typer.Option(metavar="P", help="Folder in the bucket.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Follow the drop to its end.")] = False,
    sidecar: Annotated[Path | None, typer.Option(metavar="F", help="Default: IMAGE.json.")] = None,
    no_check: Annotated[bool, typer.Option("--no-check", help="Upload whatever is wrong with it.")] = False,
    json: Annotated[bool, typer.Option("--json", help="What was dropped and, with --wait, its result file.")] = False,
    folder: options.Folder = None,
) -> None:
    """Check an image, upload it with all that its sidecar names, the sidecar last, and follow it to its end.

    What is wrong with the files, their keys or the bucket is told before anything is uploaded. Large files go in parts
    whose ETag is computed on the way; the sidecar is uploaded with `size` and `etag` filled in, so that no older or
    broken upload is taken for this one. Keys and addresses as for `check`.
    Exit code: 0 dropped (with --wait: registered), 1 rejected or failed, 2 nothing was tried.

    \b
    Examples:
      imagedrop drop disk.vhdx --wait
      imagedrop drop disk.vhdx --bucket drops --prefix golden --sidecar w2022.json
    """
    FileLocation(image)  # is there, and is a file
    text = _sidecar_of(image, sidecar)
    obs = connections.obs(folder)
    outgoing = PlannedUpload(image, obs, target_bucket(bucket, obs), key_prefix(prefix) or obs.settings.drop_prefix)
    found = check_image(outgoing, text)
    target = _Target(obs, outgoing.bucket, outgoing.prefix)
    if not found.clean:
        _refuse(found, anyway=no_check)
    dropped = target.upload(image, found, text)
    result = _followed(target, dropped, quiet=json) if wait else None
    if json:
        print_json({**_dropped(dropped), "result": result})
    elif result is not None:
        print_parts(render.drop_result(result))
    else:
        print_line(f"dropped obs://{dropped.bucket}/{dropped.key}; `imagedrop status {dropped.key}` tells how it goes")
    raise typer.Exit(OK if result is None or result["stage"] == "registered" else FAILED)


@dataclass(frozen=True)
class _Target:
    obs: connections.ObsConnection
    bucket: str
    folder: str

    def upload(self, image: Path, found: CheckedImage, text: bytes) -> UploadedDrop:
        """What the sidecar names first, then the image, then the sidecar: it makes the drop whole."""
        uploader = Uploader(self.obs.client(), self.bucket)
        parts = dict(pairing.parts(image.name, found.wanted)) if found.wanted else {}
        files = [path for path in (image.with_name(name) for name in parts) if path.is_file()]
        with connections.obs_errors_as(FAILED), progress_bars([*files, image]) as told:
            for path in files:
                uploader.file(path, self.folder + path.name, told(path))
            key = self.folder + image.name
            etag = uploader.file(image, key, told(image))
            uploader.text(object_keys.sidecar_key(key), _sealed(text, found, image.stat().st_size, etag))
            heads = self._head(key), self._head(object_keys.sidecar_key(key))
        return UploadedDrop(self.bucket, key, drops.drop_id(self.bucket, key, etag), *heads)

    def _head(self, key: str) -> ObjectHead:
        head = self.obs.objects.head(self.bucket, key)
        if head is None:
            raise CommandError(f"{key} is gone again: somebody or a rule of the bucket deletes what is uploaded")
        return head


def _sealed(text: bytes, found: CheckedImage, size: int, etag: str) -> bytes:
    """The sidecar with what this upload is known by; as it is where it cannot be read."""
    if found.wanted is None:
        return text
    fields = {**json_text.loads(text), "size": size, "etag": etag}
    return (json_text.dumps(fields, ensure_ascii=False, indent=2) + "\n").encode()


def _sidecar_of(image: Path, sidecar: Path | None) -> bytes:
    path = sidecar or Path(object_keys.sidecar_key(str(image)))
    if sidecar is None and not path.exists():
        raise CommandError(f"{image} has no sidecar {path}: `imagedrop init {image}` writes one", USAGE)
    return read_sidecar_file(path) or b""


def _refuse(found: CheckedImage, *, anyway: bool) -> None:
    errors = [one for one in found.findings if one.severity == "error"]
    print_parts(render.findings(errors), stderr=True)
    if not anyway:
        raise CommandError("nothing was uploaded: mend the errors above, or use --no-check")


def _followed(target: _Target, dropped: UploadedDrop, *, quiet: bool) -> dict[str, Any]:
    if not quiet:
        print_note(f"dropped obs://{dropped.bucket}/{dropped.key}; waiting for its end")
    with connections.obs_errors_as(FAILED):
        return follow(target.obs.objects, dropped, sleep)


def _dropped(dropped: UploadedDrop) -> dict[str, Any]:
    return {
        "bucket": dropped.bucket,
        "key": dropped.key,
        "drop_id": dropped.drop_id,
        "etag": dropped.image.etag,
        "size": dropped.image.size,
    }
