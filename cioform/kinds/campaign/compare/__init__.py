"""Compare two campaigns: their steps, and what a change does."""
