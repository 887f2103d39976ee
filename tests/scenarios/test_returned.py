# SPDX-License-Identifier: Apache-2.0
"""A device that is back with its old version is judged at once, not by a timer."""

import time

from one_device import OneDevice, harness


class Returned(OneDevice):
    def test_with_the_old_version_fails_long_before_its_timer(self):
        begun = time.monotonic()
        self.run_campaign("fault=crash-updating", policy={"timers": {
            "stall_s": 300, "poll_s": 1, "updating_s": 600}, "retry": {"update": {"max": 0}}})
        self.assertEqual(self.task()["state"], "failed", self.task())
        self.assertLess(time.monotonic() - begun, 60, "the timer is 600 s")


if __name__ == "__main__":
    del OneDevice
    harness.main()
