"""`sam local` runs a function in a container on a developer's machine. There, it works with a local stack only.

The SAM CLI gives the container the AWS keys of the shell. Without a local stack, the function would call the real AWS
with them.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from imagedrop.settings import DOCUMENT, PREFIX, Settings

ANSWERS_WITHIN = 2.0  # s
START = "Start `imagedrop up` in another terminal"
ENV_FILE = ".imagedrop/sam-env.json"  # `imagedrop up` writes it

NO_SETTINGS = (
    "This function has no settings of a local stack, and it would call the real AWS with your keys. "
    f"{START}, and call `sam local` with `--env-vars {ENV_FILE}`: that is the file with the settings, which "
    "`imagedrop up` writes (docs/sam-local.md)."
)

Connect = Callable[[tuple[str, int], float], Any]  # as socket.create_connection


class NoLocalStack(Exception):
    """The message says what is missing and how to fix it."""


def need_settings_of_a_stack(environment: Mapping[str, str]) -> None:
    """For settings that are wrong. Without `--env-vars`, the SAM CLI gives the name of a parameter as its value: then
    it raises NoLocalStack."""
    given = environment.get(f"{PREFIX}AWS_ENDPOINT") or '"aws_endpoint"' in environment.get(DOCUMENT, "")
    if environment.get("AWS_SAM_LOCAL") == "true" and not given:
        raise NoLocalStack(NO_SETTINGS)


def need_local_stack(
    environment: Mapping[str, str], settings: Settings, connect: Connect = socket.create_connection
) -> None:
    """Raises NoLocalStack if this is a container of `sam local` that has no local stack."""
    if environment.get("AWS_SAM_LOCAL") != "true":
        return
    endpoint = settings.aws_endpoint
    if not endpoint:
        raise NoLocalStack(NO_SETTINGS)
    address = urlsplit(endpoint)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        connect((address.hostname or "", port), ANSWERS_WITHIN).close()
    except OSError as error:
        raise NoLocalStack(
            f"The local stack does not answer at {endpoint} ({error}). {START} and try again. If it runs: on Linux, "
            "Docker must have been started before it (docs/sam-local.md)."
        ) from None
