"""In a container of `sam local`, a function works with a local stack or ends at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from imagedrop.entry import runtime, sam_local
from imagedrop.entry.sam_local import NoLocalStack, need_local_stack
from imagedrop.settings import Settings, SettingsError
from imagedrop_local.project_paths import NAMES, function

STACK = Settings(aws_endpoint="http://172.17.0.1:4566")
CONTEXT = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 10_000)


class Connection:
    """Stands for socket.create_connection: notes the calls, and raises `error`."""

    def __init__(self, error: OSError | None = None) -> None:
        self.calls: list[Any] = []
        self._error = error

    def __call__(self, address: tuple[str, int], timeout: float) -> Any:
        self.calls.append((address, timeout))
        if self._error:
            raise self._error
        return SimpleNamespace(close=lambda: None)


def test_elsewhere_nothing_is_checked() -> None:
    connect = Connection()
    need_local_stack({}, Settings(), connect)
    assert connect.calls == []


def test_a_container_without_settings_is_told_to_start_a_stack_and_to_pass_its_file() -> None:
    with pytest.raises(NoLocalStack, match=r"`imagedrop up`.*`--env-vars \.imagedrop/sam-env\.json`"):
        need_local_stack({"AWS_SAM_LOCAL": "true"}, Settings(), Connection())


def test_without_the_file_the_parameters_names_stand_for_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEDROP_REGION", "Region")
    runtime.runtime.cache_clear()
    for container, error in (("true", NoLocalStack), ("", SettingsError)):
        monkeypatch.setenv("AWS_SAM_LOCAL", container)
        with pytest.raises(error):
            function("validate").handler({"Records": []}, CONTEXT)
    monkeypatch.setenv("AWS_SAM_LOCAL", "true")
    monkeypatch.setenv("IMAGEDROP_AWS_ENDPOINT", "http://172.17.0.1:4566")
    with pytest.raises(SettingsError):
        function("validate").handler({"Records": []}, CONTEXT)


def test_a_container_whose_stack_answers_may_work() -> None:
    connect = Connection()
    need_local_stack({"AWS_SAM_LOCAL": "true"}, STACK, connect)
    assert connect.calls == [(("172.17.0.1", 4566), sam_local.ANSWERS_WITHIN)]


@pytest.mark.parametrize("error", [ConnectionRefusedError("refused"), TimeoutError("timed out")])
def test_a_container_whose_stack_does_not_answer_is_told_where_it_was_looked_for(error: OSError) -> None:
    with pytest.raises(NoLocalStack, match=rf"at http://172\.17\.0\.1:4566 \({error}\).*Start `imagedrop up`"):
        need_local_stack({"AWS_SAM_LOCAL": "true"}, STACK, Connection(error))


@pytest.mark.parametrize("name", NAMES)
def test_each_function_ends_before_it_makes_a_client(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SAM_LOCAL", "true")
    fresh = SimpleNamespace(settings=Settings())  # has no ports: a function that went on would raise AttributeError
    monkeypatch.setattr(runtime, "runtime", lambda limits: fresh)
    with pytest.raises(NoLocalStack):
        function(name).handler({"Records": []}, CONTEXT)
