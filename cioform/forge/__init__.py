"""The CI job at work, and the forge that hosts the repository: GitHub's REST API."""
