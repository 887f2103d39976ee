# SPDX-License-Identifier: Apache-2.0
"""What is found on devices, who is left out of a plan and why; profiles and admission."""

import json

import harness
from harness import package, wait_until

GW = "count=1 model=GW-100 manufacturer=Example"


class Inventories(harness.Scenario):
    def excluded(self, plan):
        """{reason: {endpoints}}"""
        found = {}
        for group in plan["excluded"]:
            found.setdefault(group["reason"], set()).update(group.get("sample", []))
        return found

    def test_who_is_left_out_and_why(self):
        app = self.image("application", "2.0", 3000)
        fw = self.image("firmware", "2.0", 3000)
        fleet = self.fleet([
            f"{GW} endpoint=well component=application=1.0",
            f"{GW} endpoint=new component=application=2.0",
            f"{GW} endpoint=twins component=application=1.0 component=application=1.1",
            f"{GW} endpoint=forbidden component=application=1.0 component=modem=1.0 fault=unauthorized/modem",
            f"{GW} endpoint=forbidden-5 lwm2m=1.1 component=firmware=1.0,object=5 fault=unauthorized",
            f"{GW} endpoint=no-hardware hardware= component=application=1.0",
            f"{GW} endpoint=other-hardware hardware=9 component=application=1.0",
            f"{GW} endpoint=lacks component=modem=1.0",
            f"{GW} endpoint=ancient component=application=0.1",
            f"{GW} endpoint=both component=application=1.0 component=firmware=7,object=5",
            f"{GW} endpoint=root path=lwm2m component=application=1.0",
        ], [app, fw])
        self.upload([app], [package(app, ">=0.9")],
                    applies_to={"manufacturer": "Example", "model": ["GW-100"], "hardware": "1"})
        self.wait_devices(11)
        # Both objects: only 33629 is used.
        self.assertEqual(self.versions("both"), {"application": "1.0"})
        self.assertEqual(self.api.get("/devices/root")["root_path"], "/lwm2m")
        plan = self.plan()
        reasons = self.excluded(plan)
        for reason, who in {"duplicate-component": {"twins"},
                            "forbidden-component": {"forbidden", "forbidden-5"},
                            "unknown-hardware": {"no-hardware"}, "not-applicable": {"other-hardware"},
                            "missing-component": {"lacks"}, "no-path": {"ancient"}}.items():
            with self.subTest(reason):
                self.assertEqual(reasons.get(reason), who, plan["excluded"])
        for group in plan["excluded"]:
            self.assertTrue(group.get("detail"), group)
        campaign = self.campaign()
        self.wait_campaign(campaign)
        states = {e: t["state"] for e, t in self.tasks(campaign).items()}
        for endpoint in ("well", "both", "root"):
            self.assertEqual(states[endpoint], "succeeded", states)
            self.assertEqual(self.versions(endpoint)["application"], "2.0")
        for endpoint in ("twins", "forbidden", "no-hardware", "ancient"):
            self.assertIn(states.get(endpoint, "excluded"), ("excluded",))
        self.assertEqual({f["device"] for f in fleet.facts("execute")}, {"well", "both", "root"})

    def test_a_profile_renames_instances_of_object_5(self):
        modem = self.image("modem", "3.0", 3000)
        main = self.image("firmware", "2.0", 3000)
        profile = {"name": "gw", "manufacturer": "Example", "model": ["GW-100"],
                   "components": [{"name": "modem", "object": 5, "instance": 1}]}
        self.api.request("PUT", "/v1/profiles/gw", profile)
        # The device calls it firmware.1; so its image is one of firmware.1 there.
        line = f"{modem.sha256} firmware.1 3.0"
        fleet = harness.Fleet(self.folder, self.daemon, [
            f"{GW} endpoint=d-1 lwm2m=1.1 component=firmware=1.0,object=5 component=firmware.1=1.0,object=5"],
            [main.line, line])
        self.fleets.append(fleet)
        fleet.start()
        self.wait_devices(1)
        names = {c["component"]: c["instance"] for c in self.api.get("/devices/d-1")["components"]}
        self.assertEqual(names, {"firmware": 0, "modem": 1})
        self.upload([modem], [package(modem, verify="result")])
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.assertEqual(self.tasks(campaign)["d-1"]["state"], "succeeded", self.tasks(campaign))
        self.assertEqual({f["instance"] for f in fleet.facts("executes")}, {"1"})


class ProfileFiles(harness.Scenario):
    def setUp(self):
        super().setUp()
        self.profiles = self.folder / "profiles"
        self.profiles.mkdir()

    def restart(self):
        self.daemon.stop()
        self.daemon.options["profiles_dir"] = self.profiles
        return self.daemon.start()

    def test_are_read_at_start_and_used(self):
        (self.profiles / "gw.json").write_text(json.dumps(
            {"name": "gw", "manufacturer": "Example", "model": ["GW-100"], "quirks": ["push-only"],
             "components": [{"name": "main", "object": 5, "instance": 0}]}))
        self.restart()
        self.assertEqual(self.api.get("/profiles/gw")["manufacturer"], "Example")
        image = self.image("main", "2.0", 3000)
        fleet = harness.Fleet(self.folder, self.daemon,
                              [f"{GW} endpoint=d-1 lwm2m=1.0 component=firmware=1.0,object=5 queue=yes"],
                              [f"{image.sha256} firmware 2.0"])
        self.fleets.append(fleet)
        fleet.start()
        self.wait_devices(1)
        self.upload([image])
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.assertEqual(self.tasks(campaign)["d-1"]["state"], "succeeded", self.tasks(campaign))
        self.assertEqual(self.versions("d-1"), {"main": "2.0"})
        self.assertEqual({f["by"] for f in fleet.facts("package")}, {"push"}, "the profile says so")

    def test_with_an_error_are_named_at_start(self):
        (self.profiles / "bad.json").write_text("{\"name\": \"bad\", \"quirks\": [\"loud\"]}")
        self.daemon.stop()
        self.daemon.options["profiles_dir"] = self.profiles
        with self.assertRaises(AssertionError) as caught:
            self.daemon.start()
        self.assertIn("bad.json", str(caught.exception))
        self.assertIn("quirks", str(caught.exception))
        (self.profiles / "bad.json").unlink()
        self.daemon.start()


class Admission(harness.Scenario):
    daemon_options = {"admit": "known"}

    def test_an_unknown_device_is_pending_until_it_is_admitted(self):
        app = self.image("application", "2.0", 3000)
        fleet = self.fleet(["count=2 prefix=d- model=GW-100 manufacturer=Example lifetime=4 "
                            "component=application=1.0"], [app])
        self.upload([app])
        wait_until(lambda: [d["state"] for d in self.api.all("/devices", q="endpoint==*")] == ["pending"] * 2,
                   "two pending devices")
        self.api.post("/devices/d-1/admit")
        wait_until(lambda: self.api.get("/devices/d-1").get("model"), "the inventory of the admitted one")
        campaign = self.campaign(q="endpoint==d-*")
        self.wait_campaign(campaign)
        self.assertEqual(self.tasks(campaign)["d-1"]["state"], "succeeded")
        self.assertNotIn("succeeded", [t["state"] for e, t in self.tasks(campaign).items() if e != "d-1"])
        self.assertEqual({f["device"] for f in fleet.facts("package")}, {"d-1"})
        self.assertEqual(self.api.get("/devices/d-2")["state"], "pending")


if __name__ == "__main__":
    harness.main()
