"""The part of the Journeys API above the workspaces."""
