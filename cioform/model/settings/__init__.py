"""Settings of a workspace that plans and rules use."""
