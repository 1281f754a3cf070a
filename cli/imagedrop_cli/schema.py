"""`imagedrop schema`."""

from __future__ import annotations

from imagedrop import sidecar
from imagedrop_cli.output import print_json


def schema() -> None:
    """Print the JSON Schema of the sidecar.

    Set `$schema` in a sidecar to this file, and your editor completes and checks the sidecar as you type.

    \b
    Example:
      imagedrop schema > sidecar.schema.json
    """
    print_json(sidecar.schema())
