"""Bounded decompressors: pure functions whose answers are capped, whatever the input says."""
