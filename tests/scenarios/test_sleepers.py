# SPDX-License-Identifier: Apache-2.0
"""Queue mode: requests are held until the device speaks."""

from one_device import OneDevice, harness


class Sleepers(OneDevice):
    daemon_options = {"awake_ms": "1500 ms"}

    def test_are_updated_in_their_awake_windows(self):
        fleet = self.assert_succeeds("queue=yes awake-ms=1500 lifetime=6", count=3)
        self.assertEqual({f["by"] for f in fleet.facts("package")}, {"pull"}, "cheaper for sleepers")

    def test_are_shown_as_asleep_and_as_registered(self):
        self.fleet(["count=1 prefix=d- model=GW-100 manufacturer=Example queue=yes awake-ms=1500 "
                    "lifetime=8 component=application=1.0"])
        self.wait_devices(1)
        for state in ("asleep", "registered", "asleep"):
            harness.wait_until(lambda state=state: self.api.get("/devices/d-1")["state"] == state, state)


if __name__ == "__main__":
    del OneDevice
    harness.main()
