"""Measurements of the product beside the floor: `python -m benchmarks`. See README.md."""
