"""The files of a project: its folders, Git, new files and edits that keep comments."""
