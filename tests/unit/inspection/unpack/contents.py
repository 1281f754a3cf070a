"""Content for property tests, and how they change it."""

from __future__ import annotations

from hypothesis import strategies as st


def contents(max_size: int) -> st.SearchStrategy[bytes]:
    """Literals, runs, repetitions and x86 calls; 1 to `max_size` bytes."""
    piece = st.one_of(
        st.binary(min_size=1, max_size=40),
        st.builds(
            lambda byte, count: bytes([byte]) * count, st.integers(0, 255), st.sampled_from([3, 17, 18, 273, 6000])
        ),
        st.builds(lambda data, count: data * count, st.binary(min_size=1, max_size=9), st.integers(2, 90)),
        st.builds(lambda target: b"\xe8" + target.to_bytes(4, "little", signed=True), st.integers(-70000, 12_000_100)),
    )
    return st.lists(piece, min_size=1, max_size=20).map(lambda pieces: b"".join(pieces)[:max_size])


def mutated(data: bytes) -> st.SearchStrategy[bytes]:
    """`data` with up to four bytes changed, and sometimes cut off."""

    def changed(changes: list[tuple[int, int]], end: int) -> bytes:
        out = bytearray(data)
        for at, byte in changes:
            out[at] = byte
        return bytes(out[:end])

    change = st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255))
    end = st.one_of(st.just(len(data)), st.integers(0, len(data)))
    return st.builds(changed, st.lists(change, max_size=4), end)
