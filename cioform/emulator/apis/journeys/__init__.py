"""The Journeys API."""
