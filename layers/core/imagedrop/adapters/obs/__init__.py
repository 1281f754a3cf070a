"""OBS behind the port Objects."""
