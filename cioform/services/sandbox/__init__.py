"""The sandbox as people use it: serve it, fill or empty it, and edit in it as somebody else."""
