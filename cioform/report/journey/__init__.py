"""Render a campaign as a picture: tree, Mermaid or SVG."""
