"""References between resources: names in files, ids in the workspace, and their texts."""
