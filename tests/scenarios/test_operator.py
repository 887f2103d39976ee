# SPDX-License-Identifier: Apache-2.0
"""What an operator does to a campaign that runs: pause, resume, abort, hold, retry."""

import harness
from harness import package, wait_until


class Operator(harness.Scenario):
    def slow_fleet(self, count=6, more="", size=150000):
        app = self.image("application", "2.0", size)
        fleet = self.fleet([f"count={count} prefix=d- model=GW-100 manufacturer=Example "
                            f"component=application=1.0 {more}"], [app])
        self.upload([app], [package(app)])
        self.wait_devices(count)
        return fleet

    def count(self, campaign, *states):
        tasks = self.api.get(f"/campaigns/{campaign}/progress")["tasks"]
        return sum(tasks.get(s, 0) for s in states)

    def wait_updates(self, fleet, endpoints, times=2):
        """Each of them has spoken again, so often that something would have been asked of it."""
        def updates(endpoint):
            return len(fleet.facts("registration-updated", device=endpoint))
        before = {e: updates(e) for e in endpoints}
        wait_until(lambda: all(updates(e) >= before[e] + times for e in endpoints),
                   "registration updates of " + ", ".join(endpoints))

    def action(self, campaign, name):
        return self.api.post(f"/campaigns/{campaign}/{name}")

    def begun(self, fleet):
        """Downloads and Updates; one that a slow machine stalls may end late."""
        return len(fleet.facts("state", state=1)), len(fleet.facts("executes"))

    def test_pauses_and_resumes(self):
        fleet = self.slow_fleet(count=8, more="lifetime=4")
        campaign = self.campaign({"in_flight": 2})
        wait_until(lambda: self.count(campaign, "succeeded") >= 2, "the first two")
        self.action(campaign, "pause")
        wait_until(lambda: self.count(campaign, "delivering", "updating", "verifying") == 0
                   or None, "what was under way to end or stop")
        begun = self.begun(fleet)
        waiting = [e for e, t in self.tasks(campaign).items() if t["state"] == "waiting"]
        self.assertTrue(waiting)
        self.wait_updates(fleet, waiting)
        self.assertEqual(self.api.get(f"/campaigns/{campaign}")["state"], "paused")
        self.assertEqual(self.begun(fleet), begun)
        self.assertEqual(self.action(campaign, "pause")["state"], "paused", "again is fine")
        self.action(campaign, "resume")
        self.wait_campaign(campaign)
        self.assertEqual(self.count(campaign, "succeeded"), 8)

    def test_is_told_whom_a_plan_cannot_reach(self):
        self.slow_fleet(count=1)
        self.api.post("/devices", {"endpoint": "in-the-box"})
        plan = self.plan(q="endpoint==*")
        self.assertEqual((plan["devices"], plan["unregistered_devices"]), (1, 1))
        nobody = self.campaign(q="model==GW-1O0", start=False)
        with self.assertRaises(harness.Problem) as caught:
            self.action(nobody, "start")
        self.assertEqual(caught.exception.json["type"], "/problems/no-devices")
        self.assertEqual(self.api.get(f"/campaigns/{nobody}")["state"], "draft")

    def test_holds_the_installation_until_told(self):
        fleet = self.slow_fleet(count=3, size=5000)
        campaign = self.campaign({"install": "hold"})
        wait_until(lambda: len(self.api.all(f"/campaigns/{campaign}/tasks", waiting_for="install")) == 3,
                   "three devices that wait for install")
        self.assertEqual(fleet.facts("execute"), [])
        self.action(campaign, "install")
        self.wait_campaign(campaign)
        self.assertEqual(self.count(campaign, "succeeded"), 3)

    def test_aborts_and_leaves_nothing_to_install(self):
        fleet = self.slow_fleet(count=4, size=5000)
        campaign = self.campaign({"install": "hold"})
        wait_until(lambda: len(fleet.facts("package")) == 4, "all packages")
        self.action(campaign, "abort")
        self.wait_campaign(campaign, ("aborted",))
        self.assertEqual(self.count(campaign, "canceled"), 4)
        for endpoint in ("d-1", "d-2", "d-3", "d-4"):
            states = [f["state"] for f in fleet.facts("state", device=endpoint)]
            self.assertEqual(states[-1], "0", "Idle: nothing can be installed later")
        self.assertEqual(fleet.facts("execute"), [])

    def test_retries_what_failed(self):
        self.slow_fleet(count=2, more="fault=download-result:6*1", size=5000)
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.assertEqual(self.count(campaign, "failed"), 2)
        answer = self.action(campaign, "retry")
        self.assertEqual(answer["retry"], {"retried": 2, "blocked": 0, "busy": 0, "deleted": 0, "needs_attention": 0})
        wait_until(lambda: self.count(campaign, "succeeded") == 2, "two that now succeed")
        self.wait_campaign(campaign)

    def test_skips_and_cancels_single_devices(self):
        self.slow_fleet(count=4)
        campaign = self.campaign({"in_flight": 1})
        self.api.post(f"/campaigns/{campaign}/tasks/d-4/skip")
        self.api.post(f"/campaigns/{campaign}/tasks/d-3/cancel")
        self.wait_campaign(campaign)
        tasks = self.tasks(campaign)
        self.assertEqual(tasks["d-4"]["state"], "excluded")
        self.assertEqual(tasks["d-3"]["state"], "canceled")
        self.assertEqual(tasks["d-1"]["state"], "succeeded")

    def test_updates_no_device_with_a_low_battery(self):
        fleet = self.slow_fleet(count=1, more="battery=20 lifetime=4", size=5000)
        campaign = self.campaign()
        wait_until(lambda: self.api.all(f"/campaigns/{campaign}/tasks", waiting_for="condition"),
                   "a device that waits for its battery")
        self.wait_updates(fleet, ["d-1"])
        self.action(campaign, "abort")
        self.wait_campaign(campaign, ("aborted",))
        self.assertEqual(len(fleet.facts("package")), 1, "only Update waits for it")
        self.assertEqual(fleet.facts("execute"), [])

    def test_lets_a_second_campaign_wait_for_the_first(self):
        fleet = self.slow_fleet(count=2)
        first = self.campaign({"install": "hold"})
        wait_until(lambda: self.count(first, "waiting") == 2 and
                   self.api.all(f"/campaigns/{first}/tasks", waiting_for="install"), "the first to hold")
        app3 = self.image("application", "3.0", 5000)
        with open(fleet.images_file, "a", encoding="utf-8") as images:
            images.write(app3.line + "\n")
        self.upload([app3], [package(app3)], version="2026.12")
        second = self.campaign(bundle="gateway@2026.12")
        wait_until(lambda: len(self.api.all(f"/campaigns/{second}/tasks", waiting_for="campaign")) == 2,
                   "the second campaign to wait for the first")
        self.action(first, "abort")
        self.wait_campaign(first, ("aborted",))
        self.wait_campaign(second)
        self.assertEqual(self.count(second, "succeeded"), 2)

    def test_needs_the_approval_of_somebody_else(self):
        tokens = {name: self.api.post("/tokens", {"name": name, "role": "approver"})["token"]
                  for name in ("ann", "bob")}
        with self.assertRaises(harness.Problem) as taken:
            self.api.post("/tokens", {"name": "ann", "role": "admin"})
        self.assertEqual((taken.exception.status, taken.exception.json["type"]), (409, "/problems/conflict"))
        as_ = {name: harness.Api(self.daemon.http_port, token) for name, token in tokens.items()}
        operator = harness.Api(self.daemon.http_port, self.api.post(
            "/tokens", {"name": "olga", "role": "operator", "expires_s": 600})["token"])
        self.fleet(["endpoint=ap-1 model=GW-100 manufacturer=Example component=application=1.0"])
        self.wait_devices(1, "endpoint==ap-1")
        self.upload([self.image("application", "1.1")], name="approval", version="1")
        body = {"bundle": "approval@1", "q": "endpoint==ap-1",
                "policy": dict(harness.QUICK, approval=True)}
        campaign = as_["ann"].post("/campaigns", body)["id"]

        def refused(api, action):
            with self.assertRaises(harness.Problem) as caught:
                api.post(f"/campaigns/{campaign}/{action}")
            return caught.exception.status, caught.exception.json["type"]

        self.assertEqual(refused(as_["bob"], "start"), (409, "/problems/needs-approval"))
        self.assertEqual(refused(as_["ann"], "approve"), (403, "/problems/own-campaign"))
        self.assertEqual(refused(operator, "approve"), (403, "/problems/forbidden"))
        for api, policy, status, word in [(as_["bob"], {"in_flight": 9}, 403, "own-campaign"),
                                          (operator, {"approval": False}, 403, "own-campaign"),
                                          (as_["ann"], {"approval": False}, 409, "campaign-state")]:
            with self.assertRaises(harness.Problem) as caught:
                api.request("PATCH", f"/v1/campaigns/{campaign}", {"policy": policy})
            self.assertEqual((caught.exception.status, caught.exception.json["type"]), (status, f"/problems/{word}"))
        shown = as_["bob"].post(f"/campaigns/{campaign}/approve")
        self.assertEqual((shown["created_by"], shown["approved_by"], shown["state"]),
                         ("ann", "bob", "draft"))
        operator.post(f"/campaigns/{campaign}/start")
        self.assertEqual(self.wait_campaign(campaign), "finished")
        audit = [(e["event"], e["actor"]) for e in self.api.all("/audit", kind="campaign")]
        self.assertIn(("approved", "bob"), audit)

    def test_ends_a_campaign_that_expires(self):
        self.fleet(["count=1 prefix=d- model=GW-100 manufacturer=Example component=application=1.0 "
                    "fault=mute"], [])
        app = self.image("application", "2.0")
        self.upload([app], [package(app)])
        fleet = self.fleet(["count=1 endpoint=e-1 model=GW-100 manufacturer=Example "
                            "component=application=1.0 lifetime=2"], [app], name="second")
        self.wait_devices(1, q="endpoint==e-1")
        fleet.process.kill()
        campaign = self.campaign({"expires_after_s": 4}, q="endpoint==e-1")
        self.wait_campaign(campaign)
        task = self.tasks(campaign)["e-1"]
        self.assertEqual((task["state"], task["reason"]), ("canceled", "not-seen"), task)


if __name__ == "__main__":
    harness.main()
