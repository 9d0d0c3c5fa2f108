"""The import of a real event log: rows of a CSV become items and their events, by a mapping file.

mapping_file  ──►  mapping ─┐
                            ├──►  plan  ──►  importer   through the servers
rows  ◄── the CSV ──────────┘        └────►  simulate   decide() alone
                                                └─────►  check: both ended alike
"""
