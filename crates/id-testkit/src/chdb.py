"""Runs statements and queries on the ClickHouse engine that the package chdb-core brings; prints the answers as CSV."""

import json
import sys

from chdb import session

with open(sys.argv[1], encoding="utf-8") as file:
    work = json.load(file)
engine = session.Session()
engine.query("CREATE DATABASE IF NOT EXISTS trace")
engine.query("USE trace")
for statement, rows in work["statements"]:
    engine.query(f"{statement}\n{rows}" if rows else statement)
for query in work["queries"]:
    print(engine.query(query, "CSV"), end="")
engine.close()
