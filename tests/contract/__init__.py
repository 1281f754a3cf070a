"""What a port promises, tried on its fake, its simulator and its engine alike."""
