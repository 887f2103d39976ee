# SPDX-License-Identifier: Apache-2.0
"""What somebody else has begun on a device before we came."""

import json

import coap
import harness
from harness import Image, wait_until

APP = "component=application=1.0"
PUSH = {"delivery": "push"}


class LeftBehind(harness.Scenario):
    """What somebody else has begun on a device."""

    def left_in(self, state, options="", size=4000):
        """A device with a package by hand. @return its fleet"""
        app = self.image("application", "2.0", size)
        other = Image(self.folder, "other.bin", {"application": "9.9"}, 4000)
        fleet = self.fleet([f"endpoint=d-1 model=GW-100 manufacturer=Example {APP} {options}"], [app, other])
        self.upload([app])
        self.upload([other], name="other", version="1", model="GW-100")
        self.wait_devices(1)
        first = self.campaign({"install": "hold"}, bundle="other@1")
        wait_until(lambda: self.api.all(f"/campaigns/{first}/tasks", waiting_for="install"), state)
        return fleet, first

    def forget_everything(self):
        """The daemon loses its store: for it, somebody else did all that."""
        self.daemon.kill()
        harness.shutil.rmtree(self.daemon.state)
        self.daemon.start()

    def finish(self, fleet, expected="succeeded"):
        image = harness.Image(self.folder, "again.bin", {"application": "3.0"}, 4000)
        with open(fleet.images_file, "a", encoding="utf-8") as images:
            images.write(image.line + "\n")
        self.upload([image], name="mine", version="1")
        self.wait_devices(1)
        campaign = self.campaign(bundle="mine@1")
        self.wait_campaign(campaign)
        self.assertEqual(self.tasks(campaign)["d-1"]["state"], expected, self.tasks(campaign))

    def test_a_package_in_downloaded_is_reset_first(self):
        for without in ("", "10"):
            with self.subTest(without=without):
                if without:
                    self.fleets.pop().stop()
                    self.forget_everything()
                fleet, _ = self.left_in("a package", f"lifetime=3 without={without}")
                self.forget_everything()
                self.finish(fleet)
                self.assertEqual(self.versions("d-1"), {"application": "3.0"})
                executed = {f["digest"] for f in fleet.facts("executes")}
                self.assertEqual(len(executed), 1, "not the package of somebody else")
                if without:
                    self.assertTrue(fleet.facts("reset"), "by an empty URI or a zero byte")
                else:
                    self.assertTrue(fleet.facts("canceled"))

    def test_updating_by_somebody_else_is_waited_for(self):
        fleet, first = self.left_in("a package", "lifetime=3 update-ms=2500")
        self.api.post(f"/campaigns/{first}/install")
        wait_until(lambda: fleet.facts("state", state=3), "Updating")
        self.forget_everything()
        self.finish(fleet)
        self.assertEqual([f["to"] for f in fleet.facts("version")], ["9.9", "3.0"])
        self.assert_never_twice(fleet)


class LeftByHand(harness.Scenario):
    """A device made of answers, so that it shows what no client of ours does."""

    def test_a_download_that_somebody_elses_failure_left_is_reset_first(self):
        shown = {3: 1, 5: 4, 9: 1, 14: "application", 15: "1.0"}
        written = []

        def answer(m):
            path = m.path.split("/")[1:]
            if m.code == coap.POST and path == ["33629", "0", "10"]:
                written.append("cancel")
                shown.update({3: 0, 5: 10})
                return ("2.04", None, b"")
            if m.code == coap.PUT and path == ["33629", "0", "0"]:
                written.append("package")
                return ("4.15", None, b"")
            if m.code != coap.GET or m.number(coap.ACCEPT) == coap.LINK:
                return ("4.05", None, b"")
            values = {"3": {0: "Example", 1: "GW-100", 3: "1.0"}, "33629": shown}[path[0]]
            if path[2:]:
                values = {int(path[2]): values[int(path[2])]} if int(path[2]) in values else {}
            entries = [{"n": f"/{path[0]}/0/{n}", "vs" if isinstance(v, str) else "v": v} for n, v in values.items()]
            return ("2.05", coap.SENML_JSON, json.dumps(entries).encode()) if entries else ("4.04", None, b"")

        device = coap.ByHand(self.daemon.coap_port, "d-1", "</1/0>,</3/0>,</33629/0>", answer)
        self.addCleanup(device.close)
        self.upload([self.image("application", "2.0", 500)])
        self.wait_devices(1)
        self.assertEqual(self.api.get("/devices/d-1")["components"][0]["state"], "downloading")
        campaign = self.campaign(PUSH)
        self.wait_campaign(campaign)
        task = self.tasks(campaign)["d-1"]
        self.assertEqual((task["state"], task["reason"]), ("failed", "delivery-refused"), task)
        self.assertEqual(written, ["cancel", "package"], "nothing is written into it before State 0")


if __name__ == "__main__":
    harness.main()
