# SPDX-License-Identifier: Apache-2.0
"""The main job: discover, plan, deliver, update, track."""

import harness
from harness import package


class FirstCampaign(harness.Scenario):
    def test_updates_components_in_the_order_that_they_need(self):
        secure = self.image("secure-monitor", "1.1.0")
        boot = self.image("bootloader", "2023.01")
        app = self.image("application", "1.0.1", 70000)
        fleet = self.fleet(
            ["count=4 prefix=gw- model=GW-100 manufacturer=Example component=secure-monitor=1.0.0 "
             "component=bootloader=2022.10 component=application=0.9.4"],
            [secure, boot, app])
        self.upload([secure, boot, app], [
            package(secure, ">=0.9"),
            package(boot, requires={"secure-monitor": ">=1.1"}),
            package(app, requires={"bootloader": ">=2023.01"}),
        ])
        self.wait_devices(4)
        plan = self.plan()
        self.assertEqual(plan["devices"], 4)
        self.assertEqual([[c["component"] for c in s["components"]] for s in plan["groups"][0]["stages"]],
                         [["secure-monitor"], ["bootloader"], ["application"]])
        campaign = self.campaign()
        self.wait_campaign(campaign)
        for endpoint, task in self.tasks(campaign).items():
            self.assertEqual(task["state"], "succeeded", task)
            self.assertEqual(self.versions(endpoint), {
                "secure-monitor": "1.1.0", "bootloader": "2023.01", "application": "1.0.1"})
        self.assert_never_twice(fleet)
        order = [f["component"] for f in fleet.facts("version", device="gw-1")]
        self.assertEqual(order, ["secure-monitor", "bootloader", "application"])
        metrics = self.api.request("GET", "/metrics")[2].decode()
        self.assertIn('lockstep_component_results_total{result="1"} 12\n', metrics)
        progress = self.api.get(f"/campaigns/{campaign}/progress")
        self.assertEqual(progress["tasks"]["succeeded"], 4)
        self.assertEqual(self.api.get(f"/campaigns/{campaign}/wait", timeout_s=1)["state"], "finished")


if __name__ == "__main__":
    harness.main()
