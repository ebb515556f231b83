"""The CI job that runs cioform, and the forge that hosts the repository: GitHub's REST API."""
