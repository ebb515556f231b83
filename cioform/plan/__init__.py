"""Make a plan of three snapshots. Pure: no I/O, no clock."""
