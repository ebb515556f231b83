"""Rules that hold for a whole campaign."""
