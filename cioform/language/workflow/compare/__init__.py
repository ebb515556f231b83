"""Which steps of two workflows are the same, moved or replaced."""
