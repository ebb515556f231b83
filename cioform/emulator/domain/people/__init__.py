"""People, their events and objects, and who is in which audience."""
