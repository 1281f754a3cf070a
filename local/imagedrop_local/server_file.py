"""The settings file of `imagedrop serve`, in TOML: the functions' settings, and a table `server`. It has no secrets."""

from __future__ import annotations

import json
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from imagedrop.settings import Settings, SettingsError

REQUIRED = ("region", "project_id", "drop_bucket")
# They follow from the embedded stack, and from the secrets in the environment.
SET_BY_SERVER = (
    "credentials",
    "webhook_secret",
    "smtp_credentials",
    "aws_endpoint",
    "ledger_table",
    "drops_queue",
    "registrations_queue",
    "polls_queue",
    "notices_queue",
    "topic_arn",
)


class ServerTable(BaseModel):
    """The table `server`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = Field(Path("/var/lib/imagedrop"), description="Folder for the state.")
    sweep_every: int = Field(1, ge=1, le=1440, description="Minutes between two listings of the bucket.")
    port: int = Field(4566, ge=0, le=65_535, description="Port of the embedded AWS on 127.0.0.1; 0: any free one.")
    intake_port: int = Field(
        4583, ge=0, le=65_535, description="Port of the intake on 127.0.0.1, for a reverse proxy that passes events on."
    )
    status_port: int = Field(4584, ge=0, le=65_535, description="Port of the status function on 127.0.0.1.")


@dataclass(frozen=True)
class ServerFile:
    """`given`: the settings in the file."""

    settings: Settings
    given: Mapping[str, Any]
    server: ServerTable


def read(path: Path) -> ServerFile:
    """Raises SettingsError with every fault, and OSError."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"it is not TOML: {error}") from None
    table = found.pop("server", {})
    faults = [
        f"{name} cannot be set here: serve sets it itself"
        for name in SET_BY_SERVER
        if found.pop(name, None) is not None
    ]
    settings, wrong = _settings(found)
    server, wrong_table = _server_table(table)
    faults += [*wrong, *wrong_table, *_missing(found)]
    if faults or settings is None or server is None:
        raise SettingsError(*faults)
    return ServerFile(settings, found, server)


def example() -> str:
    """A file with every setting, commented. The required ones are empty."""
    lines = [
        "# Settings of `imagedrop serve`. Names and meanings are those of docs/settings.md.",
        "# Secrets are not here but in environment variables: HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, with",
        "# HUAWEICLOUD_SDK_SECURITY_TOKEN for temporary keys; SMTP_USER and SMTP_PASSWORD; WEBHOOK_SECRET.",
        *(line for name in Settings.model_fields if name not in SET_BY_SERVER for line in _example_of(Settings, name)),
        "",
        "[server]",
        *(line for name in ServerTable.model_fields for line in _example_of(ServerTable, name)),
    ]
    return "\n".join(lines) + "\n"


def _settings(found: Mapping[str, Any]) -> tuple[Settings | None, tuple[str, ...]]:
    try:
        return Settings.of(found), ()
    except SettingsError as error:
        return None, error.faults


def _server_table(table: Any) -> tuple[ServerTable | None, list[str]]:
    try:
        return ServerTable.model_validate(table), []
    except ValidationError as error:
        return None, [_explain(fault) for fault in error.errors()]


def _explain(fault: Any) -> str:
    name = ".".join(["server", *map(str, fault["loc"])])
    if fault["type"] == "extra_forbidden":
        return f"{name} is no setting; known here: {', '.join(ServerTable.model_fields)}"
    return f"{name}: {fault['msg']}, not {fault['input']!r}"


def _missing(found: Mapping[str, Any]) -> Iterator[str]:
    for name in REQUIRED:
        if not found.get(name):
            yield f"{name} is missing. {Settings.model_fields[name].description}"
    if found.get("mail_from") and not found.get("smtp_host"):
        yield "mail_from needs smtp_host: without an AWS account there is no SES. Or leave both out: no mail is sent."


def _example_of(model: type[BaseModel], name: str) -> Iterator[str]:
    field = model.model_fields[name]
    yield ""
    yield from textwrap.wrap(field.description or "", 100, initial_indent="# ", subsequent_indent="# ")
    given = name in (*REQUIRED, "declarations_accepted")
    yield f"{'' if given else '# '}{name} = {_toml(field.default)}"


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
