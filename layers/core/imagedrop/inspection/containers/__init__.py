"""The ten formats: one module each, the byte layout as a table at its top."""
