"""Errors of the embedded stack, worded for the user who started it."""


class StackError(Exception):
    """The stack cannot start; the message says why and how to fix it."""


def error_text(error: Exception) -> str:
    """The error as text; an operating system's error with its file name and without its number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
