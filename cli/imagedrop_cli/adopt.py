"""`imagedrop adopt`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from imagedrop.common.display_text import one_line
from imagedrop_cli import connections, options, server_settings
from imagedrop_cli.connections import ObsConnection
from imagedrop_cli.output import CommandError, InputError, print_json, print_line, print_note, print_parts

if TYPE_CHECKING:
    from imagedrop.workflow.sweep.pairing_in_order import Pair

# A copy of an object onto itself replaces its attributes, so these are given again.
KEPT = ("Metadata", "ContentType", "ContentEncoding", "ContentDisposition", "ContentLanguage", "CacheControl")


def adopt(
    context: typer.Context,
    prefix: Annotated[
        str | None, typer.Option("--prefix", metavar="PREFIX", help="Only keys that begin so. Default: drop_prefix.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since", formats=["%Y-%m-%d"], metavar="DATE", help="Only what was put on this day (UTC) or later."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Adopt them. Without it they are only listed.")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", dir_okay=False, help="Settings of `imagedrop serve`.")
    ] = None,
    folder: options.Folder = None,
    json: Annotated[bool, typer.Option("--json", help="Print the pairs as JSON.")] = False,
) -> None:
    """Make drops of images that lay in the bucket, with their sidecars, before imagedrop was started on it.

    imagedrop leaves them alone until one of their files is put again. `adopt` lists them; with --yes it copies each
    sidecar onto itself, so that it is new. Each image is then registered as any other drop. Images without a sidecar
    are only counted: put a sidecar beside them. Exit codes: 0 success; 1 not all could be adopted; 2 nothing was done,
    because an argument is wrong or imagedrop has not been started on the bucket yet.

    \b
    Examples:
      imagedrop adopt --config /etc/imagedrop/imagedrop.toml
      imagedrop adopt --prefix golden/ --since 2026-01-01 --yes
    """
    from imagedrop_cli.older_pairs import newest, older_pairs

    obs = _connection(config, _folder(context, config, folder))
    first_keys = _first_keys(obs, prefix)
    earliest = since.strftime("%Y-%m-%dT00:00:00Z") if since else ""
    with connections.obs_errors_as(CommandError):
        _check_start(obs)
        found = [pair for pair in older_pairs(obs.objects, obs.settings, first_keys) if newest(pair) >= earliest]
    pairs = [pair for pair in found if pair.sidecar]
    alone = len(found) - len(pairs)
    if not json and pairs:
        print_parts([_table(pairs)])
    put = f", and put on {since:%Y-%m-%d} or later" if since else ""
    print_note(
        f"Older than imagedrop's start on this bucket{put}: images with a sidecar: {len(pairs)}, without: {alone}"
    )
    if yes:
        _adopt(obs, pairs, print_note if json else print_line)
    elif pairs:
        print_note("Nothing was changed. To adopt them, repeat the command with --yes.")
    if json:
        keys = [pair.image_key for pair in pairs]
        print_json({"pairs": keys, "without_sidecar": alone, "adopted": yes})


def _folder(context: typer.Context, config: Path | None, folder: Path | None) -> Path | None:
    """With --config, a folder in IMAGEDROP_FOLDER is not used. Raises InputError if --folder is given too."""
    if config is None or folder is None:
        return folder
    source = context.get_parameter_source("folder")
    if source is not None and source.name == "COMMANDLINE":
        raise InputError("use --config or --folder, not both")
    return None


def _connection(config: Path | None, folder: Path | None) -> ObsConnection:
    if config is not None:
        site = server_settings.site(server_settings.read(config), os.environ)
        return ObsConnection(site.settings, site.keys)
    obs = connections.obs(folder)
    if not obs.settings.drop_bucket:
        raise InputError("the bucket is missing: set IMAGEDROP_DROP_BUCKET, or use --config or --folder")
    return obs


def _first_keys(obs: ObsConnection, prefix: str | None) -> str:
    """The prefix to list. Raises InputError if keys that begin with it are no drops."""
    required = obs.settings.drop_prefix
    if prefix is None:
        return required
    if not prefix.startswith(required):
        raise InputError(
            f"--prefix {prefix!r}: only keys that begin with {required!r} are drops (drop_prefix). "
            f"Use a prefix that begins with {required!r}, or leave --prefix out"
        )
    return prefix


def _check_start(obs: ObsConnection) -> None:
    """Raises InputError if imagedrop has not been started on the bucket."""
    from imagedrop.domain.object_keys import INSTALLATION, START

    bucket = obs.settings.drop_bucket
    if obs.objects.head(bucket, START) is not None:
        return
    if obs.objects.head(bucket, INSTALLATION) is None:
        raise InputError(
            f"imagedrop has not been started on the bucket {bucket} yet, so no image there is older than its start. "
            f"Start it first. When it has written {START}, within five minutes, repeat this command"
        )
    print_note(
        f"An earlier version of imagedrop was started on this bucket ({INSTALLATION} is there, and {START} is not). "
        "So every image in it is a drop already, and there is nothing to adopt."
    )


def _adopt(obs: ObsConnection, pairs: list[Pair], tell: Callable[[str], None]) -> None:
    """Raises CommandError after all others if one could not be adopted."""
    from botocore.exceptions import ParamValidationError

    from imagedrop.ports import ObjectsRefused, ObjectsUnavailable

    client, failed = obs.client(), 0
    for pair in pairs:
        try:
            _copy_sidecar(client, obs.settings.drop_bucket, pair)
        except (ObjectsRefused, ObjectsUnavailable, ParamValidationError) as error:
            failed += 1
            print_note(one_line(f"{pair.image_key}: {' '.join(str(error).split())}"))
        else:
            tell(one_line(f"adopted {pair.image_key}"))
    if failed:
        raise CommandError(f"{failed} of {len(pairs)} could not be adopted: see above")


def _copy_sidecar(client: Any, bucket: str, pair: Pair) -> None:
    """Onto itself, so that it is new. A sidecar that was replaced in the meantime is left as it is."""
    from imagedrop.adapters.obs.errors import translate_errors
    from imagedrop.domain.object_keys import sidecar_key

    key, etag = sidecar_key(pair.image_key), f'"{pair.sidecar.etag}"' if pair.sidecar else ""
    with translate_errors():
        head = client.head_object(Bucket=bucket, Key=key, IfMatch=etag)
        client.copy_object(
            Bucket=bucket,
            Key=key,
            CopySource={"Bucket": bucket, "Key": key},
            CopySourceIfMatch=etag,
            MetadataDirective="REPLACE",
            **{name: head[name] for name in KEPT if name in head},
        )


def _table(pairs: list[Pair]) -> Table:
    from imagedrop_cli.older_pairs import newest

    table = Table(box=None, pad_edge=False)
    table.add_column("image")
    table.add_column("last put")
    for pair in pairs:
        table.add_row(one_line(pair.image_key), newest(pair))
    return table
