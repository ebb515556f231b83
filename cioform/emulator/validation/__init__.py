"""Check what a request may contain."""
