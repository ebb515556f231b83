"""One module for each resource of each API."""
