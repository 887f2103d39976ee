# SPDX-License-Identifier: Apache-2.0
"""A daemon, devices, and steps on the page that are a file for Node.js next to this one."""

import json
import os
import pathlib
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scenarios"))

import harness  # noqa: E402 (tests import it from here, so that it is found)

STEPS_MAX_S = 240

# Devices of the bundle gateway@2026.11: with nothing of it, and with its first stage.
GATEWAY = "manufacturer=Example model=GW-100 "
OLD = "component=secure-monitor=1.0.0 component=bootloader=2022.10 component=application=0.9.4"
HALF = "component=secure-monitor=1.1.0 component=bootloader=2022.10 component=application=0.9.4"


class Steps(harness.Scenario):
    def steps(self, script, answers=None, max_s=STEPS_MAX_S, **given):
        """Run the steps; a line "@word" of theirs asks for answers[word]()."""
        given.update(base=self.api.base, token=self.api.token)
        process = subprocess.Popen(
            [os.environ.get("NODE", "node"), str(HERE / script), json.dumps(given)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE)
        watchdog = threading.Timer(max_s, process.kill)
        watchdog.start()
        try:
            for line in process.stdout:
                if line.startswith("@"):
                    (answers or {})[line[1:].strip()]()
                    process.stdin.write("done\n")
                    process.stdin.flush()
                else:
                    print(line, end="", flush=True)
            self.assertEqual(process.wait(), 0, f"{script} failed")
        finally:
            watchdog.cancel()
            process.kill()
            process.stdin.close()
            process.stdout.close()
            process.wait()
