"""Promote changes from the files of one workspace to those of another one."""
