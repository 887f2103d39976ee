# SPDX-License-Identifier: Apache-2.0
"""The use cases of the OMA work item Advanced Firmware Update, 5.1, 5.2 and 5.3, as
three kinds of devices."""

import harness
from harness import package


class UseCases(harness.Scenario):
    def parts(self, **more):
        """Secure and normal image that need each other."""
        tee = self.image("secure", "2.0", 9000)
        app = self.image("application", "2.0", 15000)
        self.upload([tee, app], [package(tee, together_with=["application"], **more),
                                 package(app, requires={"secure": ">=2.0"})])
        return [tee, app]

    def one_fleet(self, images, components, more="", count=3):
        fleet = self.fleet([f"count={count} prefix=gw- model=GW-100 manufacturer=Example {components} {more}"],
                           images)
        self.wait_devices(count)
        return fleet

    def assert_all(self, campaign, state="succeeded"):
        for task in self.tasks(campaign).values():
            self.assertEqual(task["state"], state, task)

    # 5.1: one CPU, secure and normal mode

    def test_5_1_updates_one_image_alone(self):
        app = self.image("application", "1.5", 9000)
        self.upload([app])
        fleet = self.one_fleet([app], "component=secure=1.0 component=application=1.0")
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.assert_all(campaign)
        self.assertEqual(self.versions("gw-1"), {"secure": "1.0", "application": "1.5"})
        self.assertEqual({f["instances"] for f in fleet.facts("execute")}, {"1"})

    def test_5_1_updates_both_images_in_one_execute(self):
        images = self.parts()
        fleet = self.one_fleet(images, "component=secure=1.0 component=application=1.0")
        stages = self.plan()["groups"][0]["stages"]
        self.assertEqual(len(stages), 1, stages)
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.assert_all(campaign)
        self.assertEqual(self.versions("gw-1"), {"secure": "2.0", "application": "2.0"})
        executes = fleet.facts("execute", device="gw-1")
        self.assertEqual(len(executes), 1, executes)
        self.assertEqual(sorted(executes[0]["instances"].split(",")), ["0", "1"])

    # 5.2: two CPUs that share memory; one installs for both

    def test_5_2_accepts_siblings_that_never_show_updating(self):
        images = self.parts()
        fleet = self.one_fleet(
            images, "component=application=1.0 component=secure=1.0,hidden=yes")
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.assert_all(campaign)
        self.assertEqual(self.versions("gw-2"), {"secure": "2.0", "application": "2.0"})
        self.assert_never_twice(fleet)

    # 5.3: two CPUs on another bus; the primary directs the secondary

    def test_5_3_waits_for_a_secondary_that_ends_later(self):
        images = self.parts()
        fleet = self.one_fleet(
            images, "component=application=1.0 component=secure=1.0,after-ms=2500")
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.assert_all(campaign)
        self.assertEqual(self.versions("gw-3"), {"secure": "2.0", "application": "2.0"})
        self.assert_never_twice(fleet)

    def test_5_3_counts_one_of_two_as_a_failure_of_the_set(self):
        images = self.parts()
        self.one_fleet(images, "component=application=1.0 component=secure=1.0,after-ms=1000",
                       "fault=update-result-idle:8/secure")
        campaign = self.campaign({"retry": {"update": {"max": 0}}})
        self.wait_campaign(campaign)
        for task in self.tasks(campaign).values():
            self.assertIn(task["state"], ("failed", "partial"), task)
            self.assertEqual(task["reason"], "update-failed", task)
            states = {c["component"]: c["state"] for c in task["components"]}
            self.assertEqual(states["secure"], "failed", task)
            self.assertEqual(states["application"], "updated", task)


if __name__ == "__main__":
    harness.main()
