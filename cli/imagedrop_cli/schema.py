"""`imagedrop schema`."""

from __future__ import annotations

from imagedrop import sidecar
from imagedrop_cli.output import print_json


def schema() -> None:
    """Print the JSON Schema of the sidecar.

    Point `$schema` of a sidecar at the file, and an editor completes and checks it while you type.

    \b
    Example:
      imagedrop schema > sidecar.schema.json
    """
    print_json(sidecar.schema())
