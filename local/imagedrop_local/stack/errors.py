"""What can go wrong with the embedded stack, in words for whoever started it."""


class StackError(Exception):
    """The stack cannot start; the message says why and how to mend it."""
