# SPDX-License-Identifier: Apache-2.0
"""Scenarios about the behaviour of one kind of device: a fleet of a few, one campaign."""

import harness
from harness import package


class OneDevice(harness.Scenario):
    """run() brings `application` (or other images) to devices with the given options."""

    def run_campaign(self, options, *, components="component=application=1.0", images=None,
                     packages=None, policy=None, count=1, size=20000, patience_s=None,
                     fleet_options=(), states=("finished", "aborted")):
        images = images or [self.image("application", "2.0", size)]
        fleet = self.fleet([f"count={count} prefix=d- model=GW-100 manufacturer=Example {components} {options}"],
                           images, options=fleet_options)
        self.upload(images, packages)
        self.wait_devices(count)
        self.campaign_id = self.campaign(policy)
        self.wait_campaign(self.campaign_id, states, patience_s)
        return fleet

    def task(self, endpoint="d-1"):
        return self.tasks(self.campaign_id)[endpoint]

    def assert_succeeds(self, options, **more):
        fleet = self.run_campaign(options, **more)
        for task in self.tasks(self.campaign_id).values():
            self.assertEqual(task["state"], "succeeded", task)
        self.assert_never_twice(fleet)
        return fleet

    def assert_fails(self, reason, options, state="failed", **more):
        fleet = self.run_campaign(options, **more)
        for task in self.tasks(self.campaign_id).values():
            self.assertEqual((task["state"], task["reason"]), (state, reason), task)
        return fleet


__all__ = ["OneDevice", "harness", "package"]
