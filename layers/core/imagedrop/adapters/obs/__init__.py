"""The port Objects in OBS."""
