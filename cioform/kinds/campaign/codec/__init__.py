"""Convert between a campaign in canonical form and the actions and edges of the Journeys API."""
