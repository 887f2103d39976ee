# SPDX-License-Identifier: Apache-2.0
"""A device that is away when its task ends keeps nothing that could be installed later."""

import harness
from harness import wait_until


class Absent(harness.Scenario):
    def held_and_gone(self):
        """Downloaded and held; then its process is killed and its registration runs out."""
        app = self.image("application", "2.0", 5000)
        self.device = self.fleet(["endpoint=d-1 model=GW-100 manufacturer=Example lifetime=2 "
                                  "component=application=1.0 fault=crash-keeps:100000"], [app],
                                 options=["--state-file", str(self.folder / "flash")])
        self.upload([app])
        self.wait_devices(1)
        campaign = self.campaign({"install": "hold"})
        wait_until(lambda: self.api.all(f"/campaigns/{campaign}/tasks", waiting_for="install"), "a held package")
        self.device.process.kill()
        self.device.process.wait()
        wait_until(lambda: self.api.get("/devices/d-1")["state"] == "expired", "its registration to end")
        return campaign

    def is_waited_for(self, campaign):
        return self.api.all(f"/campaigns/{campaign}/tasks", waiting_for="online")

    def assert_ends_clean(self, campaign, state, reason):
        wait_until(lambda: self.is_waited_for(campaign), "a task that waits to be cleaned")
        self.device.start()
        self.wait_campaign(campaign)
        task = self.tasks(campaign)["d-1"]
        self.assertEqual((task["state"], task["reason"]), (state, reason), task)
        self.assertEqual(self.device.facts("state")[-1]["state"], "0", "nothing can be installed later")
        self.assertEqual(self.device.facts("execute"), [])

    def test_skipped(self):
        campaign = self.held_and_gone()
        self.api.post(f"/campaigns/{campaign}/tasks/d-1/skip")
        self.assert_ends_clean(campaign, "excluded", "skipped")

    def test_aborted_and_the_daemon_restarts(self):
        campaign = self.held_and_gone()
        self.api.post(f"/campaigns/{campaign}/abort")
        wait_until(lambda: self.is_waited_for(campaign), "a task that waits to be cleaned")
        self.daemon.kill()
        self.daemon.options["coap_listen"] = self.daemon.coap
        self.daemon.start()
        self.assert_ends_clean(campaign, "canceled", "aborted")


if __name__ == "__main__":
    harness.main()
