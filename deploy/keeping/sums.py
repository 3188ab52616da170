"""How many rows a table has, and one number that is another when any of them is."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.sql import SQL

STEADY = """
    SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';
    SET extra_float_digits = 1; SET xmlbinary = 'base64'; SET lc_monetary = 'C'; SET client_encoding = 'UTF8';
    SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0;
    SET synchronize_seqscans = off
"""
"""Settings under which a row reads the same on any server."""
BY_VALUE = "SELECT count(*), coalesce(sum(hash_record_extended(ROW({columns}), 0)), 0) FROM {table} t"
"""Fast, for columns whose hashes are the same on every PostgreSQL (partitions by hash rely on that)."""
BY_TEXT = "SELECT count(*), coalesce(sum(hashtextextended(ROW({columns})::text, 0)), 0) FROM {table} t"
PLAIN = {"int2", "int4", "int8", "float8", "bool", "timestamptz", "date", "uuid"}


def count(
    connection: psycopg.Connection[tuple[Any, ...]], table: str, columns: list[tuple[str, str]]
) -> tuple[int, int]:
    """Rows and checksum of a table (its quoted name) over these columns (quoted name, type)."""
    plain = all(kind in PLAIN for _, kind in columns)
    question = (BY_VALUE if plain else BY_TEXT).replace("{table}", table)
    words = SQL(question.replace("{columns}", ", ".join(name for name, _ in columns)))
    rows, checksum = connection.execute(words).fetchone() or (0, 0)
    return int(rows), int(checksum)


__all__ = ["STEADY", "count"]
