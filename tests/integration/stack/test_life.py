"""A stack starts clean, goes on where it was, and leaves nothing running."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagedrop_local.stack.errors import StackError
from imagedrop_local.stack.stack import Stack
from tests.integration.stack.helpers import make, said, send
from tests.support.waiting import until


def put(stack: Stack, pk: str) -> None:
    stack.client("dynamodb").put_item(TableName=stack.outputs.ledger_table, Item={"pk": {"S": pk}})


def has(stack: Stack, pk: str) -> bool:
    found = stack.client("dynamodb").get_item(TableName=stack.outputs.ledger_table, Key={"pk": {"S": pk}})
    return "Item" in found


def host(folder: Path) -> int:
    return int((folder / "lock").read_text())


def open_port(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_second_start_continues_from_the_state_of_the_first_and_runs_the_sweep(project: Path, tmp_path: Path) -> None:
    with make(tmp_path, project) as first:
        put(first, "row")
        send(first, "drops", {"case": "afterwards", "delay": 900})
        named = first.outputs
    age_the_message(tmp_path)
    age_the_schedule(tmp_path)
    with make(tmp_path, project) as second:
        assert second.outputs.ledger_table == named.ledger_table
        assert has(second, "row")
        assert until(lambda: said(second, "afterwards"))[0]["count"] == 1
        fired = until(lambda: [line for line in said(second, "called") if "detail-type" in line["event"]])
        assert fired[0]["event"]["detail-type"] == "Scheduled Event"


def age_the_message(folder: Path) -> None:
    """Its delay is over. A short one could be over while the first stack still runs."""
    state = folder / "state/sqs.json"
    kept = json.loads(state.read_text())
    (message,) = [one for queue in kept["payload"]["queues"]["data"].values() for one in queue["messages"]]
    assert message["visible_at"] > time.time() + 60
    message["visible_at"] = time.time()
    state.write_text(json.dumps(kept))


def age_the_schedule(folder: Path) -> None:
    """The rate would count from ministack's start, and nobody wants to wait a minute for it."""
    state = folder / "state/eventbridge.json"
    text = state.read_text()
    assert text.count('"State": "ENABLED"') == 1
    state.write_text(text.replace('"State": "ENABLED"', '"State": "ENABLED", "CreationTime": 0'))


def test_changed_code_is_deployed_at_the_next_start(project: Path, tmp_path: Path) -> None:
    app = project / "functions/status/app.py"
    before = app.read_text()
    with make(tmp_path, project) as first:
        assert first.invoke("status", {})["statusCode"] == 201
    try:
        app.write_text("def handler(event, context):\n    return 'changed'\n")
        with make(tmp_path, project) as second:
            assert second.invoke("status", {}) == "changed"
    finally:
        app.write_text(before)


def test_after_a_kill_no_old_state_is_used(project: Path, tmp_path: Path) -> None:
    with make(tmp_path, project) as first:
        put(first, "old")
    stack = make(tmp_path, project)
    stack.start()
    put(stack, "new")
    os.kill(host(tmp_path), signal.SIGKILL)
    stack.stop()
    with make(tmp_path, project) as second:
        assert not has(second, "new")
        assert not has(second, "old")


STARTER = """
import sys
from pathlib import Path
from tests.integration.stack.helpers import make

stack = make(Path(sys.argv[1]), Path(sys.argv[2]))
stack.start()
stack.client("dynamodb").put_item(TableName=stack.outputs.ledger_table, Item={"pk": {"S": "row"}})
print(stack.outputs.endpoint, flush=True)
sys.stdin.read()
"""


def test_ministack_saves_its_state_when_its_parent_is_killed(project: Path, tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path), str(project)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline().rpartition(b":")[2])
        parent.kill()
    until(lambda: not open_port(port))
    with make(tmp_path, project) as second:
        assert has(second, "row")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's table of processes")
def test_a_running_function_ends_with_its_stack(project: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with make(tmp_path / "stack", project) as stack:
        event = json.dumps({"do": "stay", "mark": str(mark), "seconds": 100})
        name = stack.outputs.functions["status"]
        stack.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=event)
        until(lambda: mark.exists() and mark.read_text())
    worker = int(mark.read_text())
    until(lambda: not works(worker), 30)  # by itself it would end later


def works(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_second_stack_on_the_same_folder_is_refused(project: Path, tmp_path: Path) -> None:
    with make(tmp_path, project) as first:
        assert first.invoke("status", {})["statusCode"] == 201
        with pytest.raises(StackError, match="in use by another stack"):
            make(tmp_path, project).start()
        assert list((tmp_path / "tmp").iterdir())  # what the first has unpacked is still there


def test_the_error_of_a_port_in_use_names_the_port(project: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=f"127.0.0.1:{port} is in use"):
            make(tmp_path, project, port=port).start()


def test_an_unknown_parameter_is_refused_and_nothing_is_left_running(project: Path, tmp_path: Path) -> None:
    stack = make(tmp_path, project, parameters={"Regoin": "x"})
    with pytest.raises(StackError, match="no parameter Regoin"):
        stack.start()
    assert not open_port(int(stack.endpoint.rpartition(":")[2]))


def open_files(process: int) -> Iterator[str]:
    for link in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since
            yield str(link.readlink())


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's table of sockets")
def test_the_stack_listens_on_127_0_0_1_only(project: Path, tmp_path: Path) -> None:
    with make(tmp_path, project) as stack:
        inodes = set(open_files(host(tmp_path)))
        listening = [
            line.split()[1]
            for table in ("tcp", "tcp6")
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
            if line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in inodes
        ]
        port = int(stack.outputs.endpoint.rpartition(":")[2])
        assert listening == [f"0100007F:{port:04X}"]
