"""`imagedrop doctor --probe`: registers a tiny image and deletes it, to see what no document says."""
