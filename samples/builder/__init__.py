"""Builds sample disk images. They contain no code and no data of Microsoft."""
