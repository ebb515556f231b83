"""What we last put there, and the record of how: the state file and the journal."""
