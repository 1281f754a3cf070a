"""The chaos run: the real processes, killed and hindered, and what must hold all the same. `make chaos`."""
