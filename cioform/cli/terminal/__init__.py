"""Progress, counters and charts on a terminal."""
