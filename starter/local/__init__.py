"""The local stack: PostgreSQL, a Temporal server and workers as children of one process.

Nothing here is used in production, where the addresses of both servers come from settings.
"""
