"""Helpers that know nothing of drops: timestamps, display text, types, OS versions."""
