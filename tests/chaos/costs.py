"""What drops cost the clouds and the stack, as far as it can be counted from outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from imagedrop.common.timestamps import parse_timestamp

if TYPE_CHECKING:
    from tests.chaos.world import World

MOST_TASKS = "most IMS tasks at once"
REFUSED = "refused CreateImage"


def costs(world: World, seconds: float, cpu: float) -> dict[str, float]:
    """Of a whole run of `seconds`; `cpu`: what the stack had used before it."""
    state, aws = world.simulators.state(), world.relay.calls
    obs, ims = state["calls"]["obs"], state["calls"]["ims"]
    return {
        "seconds": seconds,
        "CPU seconds of the stack": world.cpu + world.stack.cpu() - cpu,
        "IMS calls": sum(ims.values()),
        "OBS requests": sum(obs.values()) - world.bucket.tries,
        "ledger writes": sum(aws[f"dynamodb.{call}"] for call in ("PutItem", "UpdateItem", "TransactWriteItems")),
        "ledger reads": sum(aws[f"dynamodb.{call}"] for call in ("GetItem", "Query")),
        "messages sent": sum(count for call, count in aws.items() if call.startswith("sqs.SendMessage")),
        "messages put back": aws["sqs.ChangeMessageVisibility"],
        REFUSED: ims.get("CreateImage", 0) - len(state["jobs"]),
        MOST_TASKS: most_at_once(state["jobs"]),
    }


def most_at_once(jobs: Iterable[Mapping[str, Any]]) -> int:
    """Images that were importing at the same time, at most; `jobs` as /_sim/state shows them."""
    steps: list[tuple[float, int]] = []
    for job in jobs:
        steps.append((parse_timestamp(job["submitted"]).timestamp(), len(job["images"])))
        if job["ended"]:
            steps.append((parse_timestamp(job["ended"]).timestamp(), -len(job["images"])))
    most = now = 0
    for _, change in sorted(steps):
        now += change
        most = max(most, now)
    return most


def table(few: int, of_few: Mapping[str, float], many: int, of_many: Mapping[str, float]) -> str:
    """Both, a drop of each, and the ratio of these."""
    lines = [f"{'':<26}{few:>10}{many:>10}{'a drop':>10}{'a drop':>10}{'ratio':>8}"]
    for name, value in of_few.items():
        line = f"{name:<26}{value:>10.0f}{of_many[name]:>10.0f}"
        if name not in (MOST_TASKS, REFUSED):
            one, other = value / few, of_many[name] / many
            line += f"{one:>10.2f}{other:>10.2f}" + (f"{other / one:>8.2f}" if one else "")
        lines.append(line)
    return "\n".join(lines)
