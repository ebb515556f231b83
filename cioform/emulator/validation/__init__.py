"""Checks of what a request may contain."""
