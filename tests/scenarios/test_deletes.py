#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What nobody needs any more goes: packages, bundles and campaigns."""

import hashlib
import json

import harness
from harness import Problem, package


class Deletes(harness.Scenario):
    daemon_options = {"package_keep_s": "1 s"}

    def files(self):
        return {f.name for f in (self.daemon.state / "packages").iterdir()}

    def refused(self, method, path):
        with self.assertRaises(Problem) as caught:
            self.api.request(method, "/v1" + path)
        return caught.exception

    def delete(self, path):
        self.assertEqual(self.api.request("DELETE", "/v1" + path)[0], 204)

    def is_gone(self, image):
        try:
            self.api.get(f"/packages/{image.sha256}")
        except Problem as problem:
            self.assertEqual(problem.status, 404)
            return not any(image.sha256 in name for name in self.files())
        return False

    def test_a_package_that_no_bundle_needs_goes_and_one_that_is_needed_stays(self):
        needed, other = self.image("modem", "2.0"), self.image("modem", "3.0")
        self.upload([needed])
        self.api.request("PUT", f"/v1/packages/{other.sha256}", other.bytes)
        harness.wait_until(lambda: self.is_gone(other), "the package without a bundle to go")
        self.assertEqual(self.api.get(f"/packages/{needed.sha256}")["state"], "ready")
        self.api.post("/bundles/gateway@2026.11/withdraw")
        harness.wait_until(lambda: self.is_gone(needed), "the package of a withdrawn bundle to go")
        # It can come again.
        self.upload([needed], version="2026.12")
        self.assertEqual(self.api.get("/bundles/gateway@2026.12")["state"], "ready")

    def test_what_is_in_use_stays_and_says_by_whom(self):
        image = self.image("application", "2.0")
        fleet = self.fleet(["count=3 prefix=d- model=GW-100 manufacturer=Example "
                            "component=application=1.0"], [image])
        self.upload([image])
        self.wait_devices(3)
        held = self.campaign({"install": "hold"})
        problem = self.refused("DELETE", f"/packages/{image.sha256}")
        self.assertEqual((problem.status, problem.json["type"]), (409, "/problems/package-in-use"))
        self.assertIn("gateway@2026.11", problem.json["detail"])
        self.api.post("/bundles/gateway@2026.11/withdraw")
        problem = self.refused("DELETE", f"/packages/{image.sha256}")
        self.assertEqual((problem.status, problem.json["campaign"]), (409, held))
        problem = self.refused("DELETE", "/bundles/gateway@2026.11")
        self.assertEqual((problem.status, problem.json["campaign"]), (409, held))
        self.assertEqual(self.refused("DELETE", f"/campaigns/{held}").status, 409)
        # The campaign goes on to its end with what it has.
        self.api.post(f"/campaigns/{held}/install")
        self.wait_campaign(held)
        self.assertEqual({t["state"] for t in self.tasks(held).values()}, {"succeeded"})
        harness.wait_until(lambda: self.is_gone(image), "the package to go after its last campaign")
        self.assertEqual(self.refused("DELETE", "/bundles/gateway@2026.11").json["campaign"], held)
        self.assert_never_twice(fleet)

        self.delete(f"/campaigns/{held}")
        self.assertEqual(self.refused("GET", f"/campaigns/{held}").status, 404)
        harness.wait_until(lambda: not self.api.all("/devices/d-1/tasks"), "its tasks to go")
        self.assertEqual(len(self.api.get("/devices/d-1/attempts")["items"]), 1, "what was executed is kept")
        self.assertEqual(self.versions("d-1"), {"application": "2.0"})
        self.delete("/bundles/gateway@2026.11")
        self.assertEqual(self.api.all("/bundles"), [])
        listed = self.api.request("GET", "/v1/events?limit=1000", headers={"Accept": "application/json"})[2]
        names = {(e["kind"], e["event"]) for e in json.loads(listed)["items"]}
        self.assertTrue({("campaign", "deleted"), ("bundle", "deleted"), ("package", "deleted")} <= names, names)

    def test_a_kill_leaves_no_file_without_a_row(self):
        stray = hashlib.sha256(b"stray").hexdigest()
        image = self.image("modem", "2.0")
        self.upload([image])
        self.daemon.kill()
        (self.daemon.state / "packages" / stray).write_bytes(b"stray")
        self.daemon.start()
        self.assertNotIn(stray, self.files())
        self.assertIn(image.sha256, self.files())
        self.api.request("PUT", f"/v1/packages/{stray}", b"stray")
        self.assertIn(stray, self.files())

    def test_a_campaign_whose_deletion_was_killed_is_gone_and_so_is_what_it_had(self):
        image = self.image("application", "2.0", 2000)
        self.fleet(["count=400 prefix=d- model=GW-100 manufacturer=Example component=application=2.0"], [image])
        self.upload([image], [package(image)])
        self.wait_devices(400)
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.delete(f"/campaigns/{campaign}")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.refused("GET", f"/campaigns/{campaign}").status, 404)
        harness.wait_until(lambda: not self.api.all("/devices/d-399/tasks") and not self.api.all("/devices/d-1/tasks"),
                           "its tasks to go")
        self.assertNotEqual(self.campaign(start=False), campaign)


if __name__ == "__main__":
    harness.main()
