"""From three snapshots to a plan. Pure: no I/O, no clock."""
