"""Find the steps of two workflows that are the same, moved or replaced."""
