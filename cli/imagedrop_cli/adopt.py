"""`imagedrop adopt`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from imagedrop.common.display_text import one_line
from imagedrop_cli import connections, options, server_settings
from imagedrop_cli.connections import ObsConnection
from imagedrop_cli.output import CommandError, InputError, print_json, print_line, print_note, print_parts

if TYPE_CHECKING:
    from imagedrop.workflow.sweep.pairing_in_order import Pair


def adopt(
    prefix: Annotated[
        str | None, typer.Option("--prefix", metavar="PREFIX", help="Only keys that begin so. Default: drop_prefix.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since", formats=["%Y-%m-%d"], metavar="DATE", help="Only pairs put on this day (UTC) or later."
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
    are only counted: put a sidecar beside them. Exit codes: 0 success; 1 not all could be adopted.

    \b
    Examples:
      imagedrop adopt --config /etc/imagedrop/imagedrop.toml
      imagedrop adopt --prefix golden/ --since 2026-01-01 --yes
    """
    from imagedrop_cli.older_pairs import newest, older_pairs

    obs = _connection(config, folder)
    if prefix is not None and not prefix.startswith(obs.settings.drop_prefix):
        raise InputError(f"--prefix must begin with {obs.settings.drop_prefix}: other keys are no drops (drop_prefix)")
    with connections.obs_errors_as(CommandError):
        found = list(older_pairs(obs.objects, obs.settings, obs.settings.drop_prefix if prefix is None else prefix))
    earliest = since.strftime("%Y-%m-%dT00:00:00Z") if since else ""
    pairs = [pair for pair in found if pair.image and pair.sidecar and newest(pair) >= earliest]
    alone = sum(pair.sidecar is None for pair in found)
    if not json and pairs:
        print_parts([_table(pairs)])
    print_note(f"Older than imagedrop's start on this bucket: images with a sidecar: {len(pairs)}, without: {alone}")
    if yes:
        _adopt(obs, pairs, print_note if json else print_line)
    elif pairs:
        print_note("Nothing was changed. To adopt them, repeat the command with --yes.")
    if json:
        keys = [pair.image_key for pair in pairs]
        print_json({"pairs": keys, "without_sidecar": alone, "adopted": yes})


def _connection(config: Path | None, folder: Path | None) -> ObsConnection:
    if config is not None:
        site = server_settings.site(server_settings.read(config), os.environ)
        return ObsConnection(site.settings, site.keys)
    obs = connections.obs(folder)
    if not obs.settings.drop_bucket:
        raise InputError("the bucket is missing: set IMAGEDROP_DROP_BUCKET, or use --config or --folder")
    return obs


def _adopt(obs: ObsConnection, pairs: list[Pair], say: Callable[[str], None]) -> None:
    """Raises CommandError after all others if one could not be adopted."""
    from imagedrop.adapters.obs.errors import translate_errors
    from imagedrop.domain.object_keys import sidecar_key
    from imagedrop.ports import ObjectsRefused, ObjectsUnavailable

    client, bucket, failed = obs.client(), obs.settings.drop_bucket, 0
    for pair in pairs:
        key = sidecar_key(pair.image_key)
        try:
            with translate_errors():
                client.copy_object(
                    Bucket=bucket,
                    Key=key,
                    CopySource={"Bucket": bucket, "Key": key},
                    CopySourceIfMatch=f'"{pair.sidecar.etag}"' if pair.sidecar else "",  # not over a newer sidecar
                    MetadataDirective="REPLACE",
                    ContentType="application/json",
                )
        except (ObjectsRefused, ObjectsUnavailable) as error:
            failed += 1
            print_note(f"{one_line(pair.image_key)}: {error}")
        else:
            say(f"adopted {one_line(pair.image_key)}")
    if failed:
        raise CommandError(f"{failed} of {len(pairs)} could not be adopted: see above")


def _table(pairs: list[Pair]) -> Table:
    from imagedrop_cli.older_pairs import newest

    table = Table(box=None, pad_edge=False)
    table.add_column("image")
    table.add_column("last put")
    for pair in pairs:
        table.add_row(one_line(pair.image_key), newest(pair))
    return table
