"""events/README.md lists every sample event, under the right heading."""

from __future__ import annotations

import re

from imagedrop_local.project_paths import NAMES, ROOT

EVENTS = ROOT / "events"


def listed(part: str) -> set[str]:
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return set(re.findall(r"`([\w-]+\.(?:json|pem))`", "".join(rows)))


def test_readme_lists_every_sample_under_its_heading() -> None:
    complete, bare = (EVENTS / "README.md").read_text("utf-8").split("## Bare envelopes")
    files = {path.name for path in EVENTS.iterdir() if path.name != "README.md"}
    of_functions = {name for name in files if name.startswith(tuple(f"{function}-" for function in NAMES))}
    assert (listed(complete), listed(bare)) == (of_functions, files - of_functions)
