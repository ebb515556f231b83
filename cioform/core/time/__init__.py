"""Lengths and points of time, as texts and as seconds."""
