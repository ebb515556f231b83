"""The workflow of a campaign in the Journeys API, both ways."""
