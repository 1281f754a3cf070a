"""Builds sample disk images: everything in them is made here, nothing of theirs is Microsoft's code or data."""
