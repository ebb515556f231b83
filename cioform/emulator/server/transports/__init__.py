"""Serve the emulator: in the same process, or on a port with TLS."""
