"""Lay out and draw a journey as SVG."""
