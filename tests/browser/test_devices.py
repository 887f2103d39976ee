# SPDX-License-Identifier: Apache-2.0
"""Devices that are added and asked on the page."""

from steps import GATEWAY, OLD, Steps, harness


class Devices(Steps):
    daemon_options = {"awake_ms": "1 s"}

    def test_are_added_and_asked(self):
        self.fleet([f"count=2 prefix=gw- {GATEWAY}{OLD} battery=77"])
        sleeper = self.fleet([f"count=1 prefix=sleeper- {GATEWAY}{OLD} queue=yes awake-ms=1000 lifetime=3600"], name="sleeper")
        self.wait_devices(3)
        self.api.post("/profiles", {"name": "GW", "model": "GW-100", "block_bytes": 512,
                                    "components": [{"name": "application", "updating_max_s": 60}]})
        operator = self.api.post("/tokens", {"name": "ada", "role": "operator"})["token"]
        viewer = self.api.post("/tokens", {"name": "guest", "role": "viewer"})["token"]

        def wake():
            """Much sooner than it would by itself."""
            sleeper.process.kill()
            sleeper.process.wait()
            sleeper.start()

        self.steps("devices.mjs", {"wake": wake}, operator=operator, viewer=viewer)


if __name__ == "__main__":
    harness.main()
