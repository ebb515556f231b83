"""Inject errors, delays and interruptions into responses."""
