"""The parts of what a plan shows, as data for every format."""
