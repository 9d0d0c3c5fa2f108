"""The workflow of an item, and what stands beside it on the workflow side. Decides nothing itself."""
