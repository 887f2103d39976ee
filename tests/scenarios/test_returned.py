# SPDX-License-Identifier: Apache-2.0
"""A device that is back with its old version is judged at once, not by a timer."""

import re
import time

from one_device import OneDevice, harness


class Returned(OneDevice):
    def test_with_the_old_version_fails_long_before_its_timer(self):
        begun = time.monotonic()
        self.run_campaign("fault=crash-updating", policy={"timers": {
            "stall_s": 300, "poll_s": 1, "updating_s": 600}, "retry": {"update": {"max": 0}}})
        self.assertEqual(self.task()["state"], "failed", self.task())
        self.assertLess(time.monotonic() - begun, 60, "the timer is 600 s")

    def late(self):
        text = self.api.request("GET", "/metrics")[2].decode()
        return int(re.search(r'lockstep_stuck_tasks\{reason="not-returned"\} (\d+)', text)[1])

    def test_after_it_left_with_an_execute_in_flight_is_not_asked_twice(self):
        fleet = self.assert_succeeds("fault=deregister-on-execute:1500*1")
        self.assertEqual(len(fleet.facts("execute")), 1)
        self.assertTrue(fleet.facts("deregistered"))

    def test_that_does_not_is_late_before_it_has_failed(self):
        app = self.image("application", "2.0", 3000)
        self.fleet(["endpoint=d-1 model=GW-100 manufacturer=Example lifetime=6 fault=brick "
                    "component=application=1.0"], [app])
        self.upload([app])
        self.wait_devices(1)
        self.campaign_id = self.campaign({"timers": {"stall_s": 5, "poll_s": 1, "updating_s": 2}})
        harness.wait_until(lambda: self.late() == 1, "a task that is late")
        self.assertLess(self.task()["deadline_at"], self.api.get("/status")["now"])
        self.assertEqual(self.api.get("/status")["stuck_tasks"], 1)
        self.wait_campaign(self.campaign_id)
        self.assertEqual(self.task()["reason"], "not-returned", self.task())
        self.assertNotIn("deadline_at", self.task())
        harness.wait_until(lambda: self.late() == 0, "nobody to be late")


if __name__ == "__main__":
    del OneDevice
    harness.main()
