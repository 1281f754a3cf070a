"""Relays make servers of 127.0.0.1 reachable at the address on Docker's bridge."""

from __future__ import annotations

import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from imagedrop_local import sam_local
from imagedrop_local.web.messages import Request, Response
from imagedrop_local.web.server import HttpServer


def answer(request: Request) -> Response:
    return Response.json(200, {"path": request.path})


def test_a_relay_on_the_bridge_reaches_the_server_until_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker = tmp_path / "docker"  # 127.0.0.1 stands for the bridge
    docker.write_text("""#!/bin/sh\necho '[{"IPAM": {"Config": [{"Gateway": "127.0.0.1"}]}}]'\n""")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    server = HttpServer("behind", answer, 0).start()
    port = int(server.url.rpartition(":")[2])
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with ExitStack() as relays:
            at = sam_local.open_relays(relays)(port)
            assert at != f"127.0.0.1:{port}"
            with direct.open(f"http://{at}/x", timeout=10) as answered:
                assert answered.read() == b'{"path": "/x"}'
        with pytest.raises(OSError, match="refused"):
            direct.open(f"http://{at}/x", timeout=10)
    finally:
        server.stop()
