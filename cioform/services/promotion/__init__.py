"""Promote what the files of one workspace say into those of another one."""
