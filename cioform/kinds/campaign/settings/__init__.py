"""Settings beside the workflow: exits, goal, re-entry."""
