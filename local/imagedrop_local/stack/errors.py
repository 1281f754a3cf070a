"""Errors of the embedded stack, worded for the user who started it."""


class StackError(Exception):
    """The stack cannot start; the message says why and how to fix it."""
