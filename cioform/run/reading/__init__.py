"""Read a live workspace, kind by kind, side by side."""
