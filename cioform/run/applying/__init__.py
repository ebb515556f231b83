"""Apply a plan: check that nothing moved, write, verify."""
