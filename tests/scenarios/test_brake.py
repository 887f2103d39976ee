# SPDX-License-Identifier: Apache-2.0
"""A bundle after which devices never come back harms at most five of a thousand."""

import harness
from harness import package


class Brake(harness.Scenario):
    def test_default_policy_harms_at_most_five_of_a_thousand(self):
        app = self.image("application", "1.0.1", 3000)
        fleet = self.fleet(
            ["count=1000 prefix=gw- model=GW-100 manufacturer=Example lifetime=4 "
             "component=application=0.9.4 fault=brick"], [app])
        self.upload([app], [package(app)])
        self.wait_devices(1000)
        plan = self.plan()
        self.assertEqual(plan["devices"], 1000)
        # The default policy; only how long we wait for a device is shortened.
        policy = {"timers": {"updating_s": 4, "poll_s": 1}}
        campaign = self.api.post("/campaigns", {"plan": plan["id"], "policy": policy})["id"]
        self.api.post(f"/campaigns/{campaign}/start")
        self.wait_campaign(campaign, ("paused",), patience_s=120)

        shown = self.api.get(f"/campaigns/{campaign}")
        self.assertTrue(shown["braked"], shown)
        metrics = self.api.request("GET", "/metrics")[2].decode()
        self.assertIn(f'lockstep_campaign_braked{{campaign="{campaign}"}} 1\n', metrics)
        self.assertIn("gw-", shown["detail"], "it names devices")
        harmed = {f["device"] for f in fleet.facts("executes")}
        self.assertGreater(len(harmed), 0)
        self.assertLessEqual(len(harmed), 5)
        tasks = self.api.all(f"/campaigns/{campaign}/tasks", state="failed")
        self.assertTrue(all(t["reason"] == "not-returned" for t in tasks), tasks)
        log = self.daemon.log()
        for t in tasks:
            said = f"campaign={campaign} device={t['endpoint']} component=application state=failed reason=not-returned detail="
            self.assertEqual(log.count(said), 1, log)

    def test_devices_that_die_while_they_are_delivered_to_are_five_at_most(self):
        app = self.image("application", "1.0.1", 30000)
        self.fleet(
            ["count=200 prefix=gw- model=GW-100 manufacturer=Example lifetime=4 "
             "component=application=0.9.4 fault=vanish-push:3"], [app])
        self.upload([app], [package(app)])
        self.wait_devices(200)
        plan = self.plan()
        policy = {"timers": {"updating_s": 4, "poll_s": 1, "stall_s": 5}}
        campaign = self.api.post("/campaigns", {"plan": plan["id"], "policy": policy})["id"]
        self.api.post(f"/campaigns/{campaign}/start")
        self.wait_campaign(campaign, ("paused",), patience_s=120)

        self.assertTrue(self.api.get(f"/campaigns/{campaign}")["braked"])
        begun = {t["endpoint"] for t in self.api.all(f"/campaigns/{campaign}/tasks")
                 if t.get("waiting_for") != "wave"}
        self.assertGreater(len(begun), 0)
        self.assertLessEqual(len(begun), 5, begun)
        failed = self.api.all(f"/campaigns/{campaign}/tasks", state="failed")
        self.assertEqual({t["reason"] for t in failed}, {"not-returned"})

    def test_a_stop_after_failures_in_a_row_names_devices_and_reasons(self):
        app = self.image("application", "1.0.1", 3000)
        self.fleet(
            ["count=40 prefix=gw- model=GW-100 manufacturer=Example "
             "component=application=0.9.4 fault=download-result:6"], [app])
        self.upload([app], [package(app)])
        self.wait_devices(40)
        campaign = self.campaign({"in_flight": 1, "brake": {"first": 0, "failures_in_a_row": 3}})
        self.wait_campaign(campaign, ("paused",))
        shown = self.api.get(f"/campaigns/{campaign}")
        self.assertTrue(shown["braked"])
        self.assertEqual(len(self.api.all(f"/campaigns/{campaign}/tasks", state="failed")), 3)
        for task in self.api.all(f"/campaigns/{campaign}/tasks", state="failed"):
            self.assertIn(f"{task['endpoint']} (unsupported-package)", shown["detail"])


if __name__ == "__main__":
    harness.main()
