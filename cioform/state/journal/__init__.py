"""The journal of a run: write it, read it back, and find out how its changes ended."""
