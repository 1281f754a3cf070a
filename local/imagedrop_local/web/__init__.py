"""The parts of imagedrop_local.http."""
