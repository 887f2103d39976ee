# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon in the middle of campaigns; used by test_kill and slow_kill."""

import random

import harness
from harness import package


class Kills(harness.Scenario):
    """Subclasses say how often, and with which seed."""

    kills = 0
    seed = 1
    devices = 12

    def run_with_kills(self):
        dice = random.Random(self.seed)
        boot = self.image("bootloader", "2023.01", 12000)
        app = self.image("application", "1.0.1", 40000)
        radio = self.image("radio", "7.2", 9000)
        fleet = self.fleet(
            [f"count={self.devices} prefix=gw- model=GW-100 manufacturer=Example lifetime=6 reboot-ms=300 "
             "component=bootloader=2022.10 component=application=0.9.4 component=radio=7.1"],
            [boot, app, radio])
        self.upload([boot, app, radio], [
            package(boot),
            package(app, requires={"bootloader": ">=2023.01"}, together_with=["radio"]),
            package(radio),
        ])
        self.wait_devices(self.devices)
        campaign = self.campaign({"in_flight": 4})
        done = 0
        for _ in range(self.kills):
            # A moment is so many further lines in the devices' journal.
            moment = len(fleet.facts()) + dice.randint(1, 12)
            harness.wait_until(
                lambda moment=moment: len(fleet.facts()) >= moment
                or self.api.get(f"/campaigns/{campaign}")["state"] == "finished", "the next moment")
            if self.api.get(f"/campaigns/{campaign}")["state"] == "finished":
                break
            self.daemon.kill()
            self.daemon.start()
            done += 1
        self.wait_campaign(campaign, patience_s=240)
        self.assertGreater(done, 0, "the campaign ended before anything was killed")
        for endpoint, task in self.tasks(campaign).items():
            self.assertEqual(task["state"], "succeeded", task)
            self.assertEqual(self.versions(endpoint), {
                "bootloader": "2023.01", "application": "1.0.1", "radio": "7.2"})
        self.assert_never_twice(fleet)
        print(f"killed {done} times")
