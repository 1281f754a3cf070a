"""Histories open no connection. The logs of their handlers are not shown."""

import logging
from collections.abc import Iterator

import pytest
from pytest_socket import disable_socket


@pytest.fixture(autouse=True)
def _without_sockets_and_logs() -> Iterator[None]:
    disable_socket()
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
