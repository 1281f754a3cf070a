"""Helpers without any knowledge of drops: times, text, words, OS versions."""
