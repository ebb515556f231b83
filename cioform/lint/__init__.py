"""Check what resources say: rules, findings, the baseline and fixes. Pure: no I/O, no clock."""
