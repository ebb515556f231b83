"""How a change would be written."""
