"""Plan the requests of a change."""
