"""Render people, deliveries and metrics for a terminal."""
