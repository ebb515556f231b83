"""API-triggered broadcasts and their audiences."""
