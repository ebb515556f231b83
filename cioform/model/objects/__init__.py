"""Objects as they are, were applied, and are wanted."""
