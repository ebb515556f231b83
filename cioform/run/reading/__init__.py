"""Read a live workspace, several kinds in parallel."""
