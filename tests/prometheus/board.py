# SPDX-License-Identifier: Apache-2.0
"""board.py PROMTOOL BOARD - every query of the Grafana dashboard is PromQL: as rules of their own
they pass `promtool check rules`."""

import json
import subprocess
import sys
import tempfile

promtool, path = sys.argv[1:]
with open(path) as board:
    queries = [t["expr"] for p in json.load(board)["panels"] for t in p.get("targets", [])]
assert len(queries) > 20, "no queries in the dashboard"
rules = [{"record": f"query:{i}", "expr": q.replace("$__rate_interval", "5m").replace("$instance", ".*")}
         for i, q in enumerate(queries)]
with tempfile.NamedTemporaryFile("w", suffix=".yml") as out:  # JSON is YAML
    json.dump({"groups": [{"name": "board", "rules": rules}]}, out)
    out.flush()
    sys.exit(subprocess.run([promtool, "check", "rules", out.name]).returncode)
