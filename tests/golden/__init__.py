"""Stored and public shapes, as files that no change may alter."""
