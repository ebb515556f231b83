"""Build the changes of a plan."""
