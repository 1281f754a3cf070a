"""Decompressors: pure functions whose output has a maximum size, whatever the input is."""
