"""A stack starts clean, continues from its state, and leaves no process running."""

import contextlib
import json
import os
import shutil
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
from tests.integration.stack.helpers import probe_stack, recorded, send
from tests.support.waiting import until


def put_row(stack: Stack, pk: str) -> None:
    stack.client("dynamodb").put_item(TableName=stack.outputs.ledger_table, Item={"pk": {"S": pk}})


def has_row(stack: Stack, pk: str) -> bool:
    found = stack.client("dynamodb").get_item(TableName=stack.outputs.ledger_table, Key={"pk": {"S": pk}})
    return "Item" in found


def host_pid(folder: Path) -> int:
    return int((folder / "lock").read_text())


def is_port_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_second_start_continues_from_the_state_of_the_first_and_runs_the_sweep(project: Path, tmp_path: Path) -> None:
    with probe_stack(tmp_path, project) as first:
        put_row(first, "row")
        send(first, "drops", {"case": "afterwards", "delay": 900})
        first_outputs = first.outputs
    expire_delay(tmp_path)
    make_schedule_due(tmp_path)
    with probe_stack(tmp_path, project) as second:
        assert second.outputs.ledger_table == first_outputs.ledger_table
        assert has_row(second, "row")
        assert until(lambda: recorded(second, "afterwards"))[0]["count"] == 1
        fired = until(lambda: [line for line in recorded(second, "called") if "detail-type" in line["event"]])
        assert fired[0]["event"]["detail-type"] == "Scheduled Event"


def expire_delay(folder: Path) -> None:
    """Ends the delay of the message. A short delay could end while the first stack still runs."""
    state = folder / "state/sqs.json"
    content = json.loads(state.read_text())
    (message,) = [item for queue in content["payload"]["queues"]["data"].values() for item in queue["messages"]]
    assert message["visible_at"] > time.time() + 60
    message["visible_at"] = time.time()
    state.write_text(json.dumps(content))


def make_schedule_due(folder: Path) -> None:
    """Makes the schedule due at once instead of a minute after the start of ministack."""
    state = folder / "state/eventbridge.json"
    text = state.read_text()
    assert text.count('"State": "ENABLED"') == 1
    state.write_text(text.replace('"State": "ENABLED"', '"State": "ENABLED", "CreationTime": 0'))


def test_changed_code_is_deployed_at_the_next_start(project: Path, tmp_path: Path) -> None:
    app = project / "functions/status/app.py"
    before = app.read_text()
    with probe_stack(tmp_path, project) as first:
        assert first.invoke("status", {})["statusCode"] == 201
    try:
        app.write_text("def handler(event, context):\n    return 'changed'\n")
        with probe_stack(tmp_path, project) as second:
            assert second.invoke("status", {}) == "changed"
    finally:
        app.write_text(before)


def test_after_a_kill_no_old_state_is_used(project: Path, tmp_path: Path) -> None:
    with probe_stack(tmp_path, project) as first:
        put_row(first, "old")
    stack = probe_stack(tmp_path, project)
    stack.start()
    put_row(stack, "new")
    os.kill(host_pid(tmp_path), signal.SIGKILL)
    stack.stop()
    with probe_stack(tmp_path, project) as second:
        assert not has_row(second, "new")
        assert not has_row(second, "old")


STARTER = """
import sys
from pathlib import Path
from tests.integration.stack.helpers import probe_stack

stack = probe_stack(Path(sys.argv[1]), Path(sys.argv[2]))
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
    until(lambda: not is_port_open(port))
    with probe_stack(tmp_path, project) as second:
        assert has_row(second, "row")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's table of processes")
def test_a_running_function_ends_with_its_stack(project: Path, tmp_path: Path) -> None:
    pid_file = tmp_path / "mark"
    with probe_stack(tmp_path / "stack", project) as stack:
        event = json.dumps({"do": "stay", "mark": str(pid_file), "seconds": 100})
        name = stack.outputs.functions["status"]
        stack.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=event)
        until(lambda: pid_file.exists() and pid_file.read_text())
    worker = int(pid_file.read_text())
    until(lambda: not is_running(worker), 30)  # without the stop it would run for 100 s


def is_running(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_second_stack_on_the_same_folder_is_refused(project: Path, tmp_path: Path) -> None:
    with probe_stack(tmp_path, project) as first:
        assert first.invoke("status", {})["statusCode"] == 201
        with pytest.raises(StackError, match="in use by another stack"):
            probe_stack(tmp_path, project).start()
        assert list((tmp_path / "tmp").iterdir())  # the unpacked functions of the first stack remain


def test_the_error_of_a_port_in_use_names_the_port(project: Path, tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(StackError, match=f"127.0.0.1:{port} is in use"):
            probe_stack(tmp_path, project, port=port).start()


def test_a_parameter_that_the_template_lacks_is_refused_and_nothing_is_left_running(
    project: Path, tmp_path: Path
) -> None:
    older = shutil.copytree(project, tmp_path / "older")
    template = older / "template.yaml"
    template.write_text(template.read_text().replace("  OperatorMail:\n", "  Operator:\n"))
    stack = probe_stack(tmp_path, older, settings={"operator_mail": "operator@example.com"})
    with pytest.raises(StackError, match="no parameter OperatorMail"):
        stack.start()
    assert not is_port_open(int(stack.endpoint.rpartition(":")[2]))


def open_files(process: int) -> Iterator[str]:
    for link in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed in the meantime
            yield str(link.readlink())


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's table of sockets")
def test_the_stack_listens_on_127_0_0_1_only(project: Path, tmp_path: Path) -> None:
    with probe_stack(tmp_path, project) as stack:
        inodes = set(open_files(host_pid(tmp_path)))
        listening = [
            line.split()[1]
            for table in ("tcp", "tcp6")
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
            if line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in inodes
        ]
        port = int(stack.outputs.endpoint.rpartition(":")[2])
        assert listening == [f"0100007F:{port:04X}"]
