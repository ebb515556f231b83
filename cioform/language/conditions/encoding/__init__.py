"""Conditions to and from each of the wire forms."""
