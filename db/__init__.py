"""What the building remembers: tables, queries, ingest, change stream, migrations."""
