"""Counts of deliveries by period."""
