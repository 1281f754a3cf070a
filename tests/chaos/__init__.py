"""The chaos run (`make chaos`): drops through the real processes, with kills and faults, and the checks afterwards."""
