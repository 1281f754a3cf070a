"""`imagedrop drop`."""

from __future__ import annotations

import json as json_text
import shlex
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
from imagedrop_cli.output import (
    FAILED,
    OK,
    CommandError,
    InputError,
    print_json,
    print_line,
    print_note,
    print_parts,
    sleep,
)
from imagedrop_cli.upload import Uploader
from imagedrop_cli.upload_plan import PlannedUpload, key_prefix, target_bucket
from imagedrop_cli.upload_progress import progress_bars


def drop(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="Path of the image.")],
    bucket: Annotated[
        str,
        typer.Option(
            metavar="B",
            callback=options.check_bucket_name,
            help="Default: the stack's, or IMAGEDROP_DROP_BUCKET.",
        ),
    ] = "",
    prefix: Annotated[str, typer.Option(metavar="P", help="Folder in the bucket, as in golden/.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the result.")] = False,
    sidecar: Annotated[Path | None, typer.Option(metavar="F", help="Default: IMAGE.json.")] = None,
    no_check: Annotated[bool, typer.Option("--no-check", help="Upload even if the check finds errors.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the drop and, with --wait, its result file.")] = False,
    folder: options.Folder = None,
) -> None:
    """Check an image and upload it with its sidecar; with --wait, also wait for the result.

    Checks the files, their keys and the bucket first, and uploads nothing if there are errors. Uploads data images and
    the bitmap file, then the image, then the sidecar. `size` and `etag` are added to the uploaded sidecar, so that an
    incomplete or older image is not used. OBS is configured as for `check`.

    Exit codes: 0 uploaded (with --wait: registered); 1 errors found, rejected or failed; 2 bad arguments or unreadable
    input: nothing was done.

    \b
    Examples:
      imagedrop drop disk.vhdx --wait
      imagedrop drop disk.vhdx --bucket drops --prefix golden --sidecar w2022.json
    """
    FileLocation(image)  # raises if it is not a file
    sidecar_text = _read_sidecar(image, sidecar)
    obs = connections.obs(folder)
    plan = PlannedUpload(image, obs, target_bucket(bucket, obs), key_prefix(prefix) or obs.settings.drop_prefix)
    checked = check_image(plan, sidecar_text)
    if not checked.clean:
        _report_errors(checked, upload_anyway=no_check)
    target = _Target(obs, plan.bucket, plan.prefix)
    drop = target.upload(image, checked, sidecar_text)
    result = _wait(target, drop, quiet=json) if wait else None
    if json:
        print_json({**_public(drop), "result": result})
    elif result is not None:
        print_parts(render.drop_result(result))
    else:
        url = f"obs://{drop.bucket}/{drop.key}"
        command = ["imagedrop", "status", url, *(["--folder", str(folder)] if folder else [])]
        print_line(f"Uploaded {url}. To see its state: {shlex.join(command)}")
    raise typer.Exit(OK if result is None or result["stage"] == "registered" else FAILED)


@dataclass(frozen=True)
class _Target:
    obs: connections.ObsConnection
    bucket: str
    prefix: str

    def upload(self, image: Path, checked: CheckedImage, sidecar_text: bytes) -> UploadedDrop:
        """The sidecar last: the functions start when image and sidecar are there."""
        uploader = Uploader(self.obs.client(), self.bucket)
        parts = dict(pairing.parts(image.name, checked.sidecar)) if checked.sidecar else {}
        files = [path for path in (image.with_name(name) for name in parts) if path.is_file()]
        with connections.obs_errors_as(CommandError), progress_bars([*files, image]) as progress_for:
            for path in files:
                uploader.upload_file(path, self.prefix + path.name, progress_for(path))
            key = self.prefix + image.name
            etag = uploader.upload_file(image, key, progress_for(image))
            final_sidecar = _with_size_and_etag(sidecar_text, checked, image.stat().st_size, etag)
            uploader.put_json(object_keys.sidecar_key(key), final_sidecar)
            heads = self._head(key), self._head(object_keys.sidecar_key(key))
        return UploadedDrop(self.bucket, key, drops.drop_id(self.bucket, key, etag), *heads)

    def _head(self, key: str) -> ObjectHead:
        head = self.obs.objects.head(self.bucket, key)
        if head is None:
            raise CommandError(
                f"{key} was deleted after the upload: check the bucket's lifecycle rules and its other users"
            )
        return head


def _with_size_and_etag(sidecar_text: bytes, checked: CheckedImage, size: int, etag: str) -> bytes:
    """Unchanged if the sidecar is not valid."""
    if checked.sidecar is None:
        return sidecar_text
    fields = {**json_text.loads(sidecar_text), "size": size, "etag": etag}
    return (json_text.dumps(fields, ensure_ascii=False, indent=2) + "\n").encode()


def _read_sidecar(image: Path, sidecar: Path | None) -> bytes:
    path = sidecar or Path(object_keys.sidecar_key(str(image)))
    if sidecar is None and not path.exists():
        raise InputError(f"sidecar {path} not found: write one with `imagedrop init {image}`, or use --sidecar")
    return read_sidecar_file(path) or b""


def _report_errors(checked: CheckedImage, *, upload_anyway: bool) -> None:
    errors = [finding for finding in checked.findings if finding.severity == "error"]
    print_parts(render.findings(errors), stderr=True)
    if not upload_anyway:
        raise CommandError("nothing was uploaded: fix the errors above, or use --no-check")


def _wait(target: _Target, drop: UploadedDrop, *, quiet: bool) -> dict[str, Any]:
    if not quiet:
        print_note(f"uploaded obs://{drop.bucket}/{drop.key}; waiting for the result")
    with connections.obs_errors_as(CommandError):
        return follow(target.obs.objects, drop, sleep)


def _public(drop: UploadedDrop) -> dict[str, Any]:
    return {
        "bucket": drop.bucket,
        "key": drop.key,
        "drop_id": drop.drop_id,
        "etag": drop.image.etag,
        "size": drop.image.size,
    }
