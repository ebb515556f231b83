"""References between resources: names in files, IDs in the workspace, and their texts."""
