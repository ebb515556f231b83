"""A state in files on this machine, and a lock against other processes."""
