# SPDX-License-Identifier: Apache-2.0
"""The dashboard in Chromium: the daemon and the devices start here, each test's steps on
the page are a file for Node.js next to this one."""

import json
import urllib.parse

from steps import Steps, harness  # first: it finds the harness

from harness import package

GATEWAY = "manufacturer=Example model=GW-100 "
OLD = "component=secure-monitor=1.0.0 component=bootloader=2022.10 component=application=0.9.4"
HALF = "component=secure-monitor=1.1.0 component=bootloader=2022.10 component=application=0.9.4"


class Dashboard(Steps):
    def gateways(self, lines):
        secure = self.image("secure-monitor", "1.1.0", 12000)
        boot = self.image("bootloader", "2023.01", 24000)
        app = self.image("application", "1.0.1", 40000)
        self.fleet(lines, [secure, boot, app])
        self.upload([secure, boot, app], [
            package(secure, ">=0.9"),
            package(boot, requires={"secure-monitor": ">=1.1"}),
            package(app, requires={"bootloader": ">=2023.01"}),
        ])

    def test_watches_a_campaign_to_its_end(self):
        self.gateways([f"count=12 prefix=old- {GATEWAY}{OLD}",
                       f"count=8 prefix=half- {GATEWAY}{HALF}",
                       f"count=3 prefix=bad- {GATEWAY}{OLD} fault=download-result:6/bootloader",
                       f"count=1 prefix=odd- {GATEWAY}{OLD} fault=wrong-version:0.0.1/application"])
        self.wait_devices(24)
        campaign = self.campaign({"in_flight": 3}, start=False, name="Gateways to 2026.11")
        self.steps("watch.mjs", campaign=campaign, devices=24)
        counts = self.api.get(f"/campaigns/{campaign}/progress")["tasks"]
        self.assertEqual({s: n for s, n in counts.items() if n}, {"succeeded": 20, "failed": 4})

    def test_shows_the_brake_and_lets_an_operator_decide(self):
        app = self.image("application", "2.0", 4000)
        self.fleet(["count=12 prefix=meter- manufacturer=Example model=M-7 component=application=1.0 "
                    "fault=download-result:6"], [app])
        self.upload([app], name="meter", version="2.0", model="M-7")
        self.wait_devices(12)
        campaign = self.campaign({"in_flight": 1, "brake": {"first": 2, "failures_in_a_row": 2}},
                                 q="model==M-7", bundle="meter@2.0", name="Meters")
        self.wait_campaign(campaign, ("paused",))
        viewer = self.api.post("/tokens", {"name": "guest", "role": "viewer"})["token"]
        self.steps("brake.mjs", campaign=campaign, viewer=viewer)
        self.assertEqual(self.api.get(f"/campaigns/{campaign}")["state"], "aborted")

    def test_says_when_the_daemon_is_away_and_comes_back(self):
        app = self.image("application", "2.0", 4000)
        self.fleet(["count=3 prefix=d- manufacturer=Example model=GW-100 component=application=1.0 "
                    "lifetime=2"], [app])
        self.upload([app])
        self.wait_devices(3)
        self.campaign(start=False, name="Before")
        self.daemon.options["http_listen"] = f"127.0.0.1:{self.daemon.http_port}"

        def start():
            self.daemon.start()
            self.campaign(start=False, name="Meanwhile")

        self.steps("offline.mjs", {"kill": self.daemon.kill, "start": start})

    def test_operates_a_campaign_from_the_bundle_to_its_end(self):
        secure = self.image("secure-monitor", "1.1.0", 12000)
        boot = self.image("bootloader", "2023.01", 24000)
        app = self.image("application", "1.0.1", 40000)
        radio = self.image("radio", "7.2", 9000)
        images = [secure, boot, app, radio]
        self.fleet([f"count=5 prefix=old- {GATEWAY}{OLD} component=radio=7.1",
                    f"count=3 prefix=half- {GATEWAY}{HALF} component=radio=7.1",
                    f"count=1 prefix=odd- {GATEWAY}{HALF} component=radio=5.0",
                    "count=2 prefix=meter- manufacturer=Example model=M-7 component=application=1.0"], images)
        self.wait_devices(11)
        bundle = self.folder / "bundle.json"
        bundle.write_text(json.dumps(harness.manifest([
            package(secure, ">=0.9"),
            package(boot, requires={"secure-monitor": ">=1.1"}),
            package(app, requires={"bootloader": ">=2023.01"}, together_with=["radio"]),
            package(radio, ">=6"),
        ])))
        operator = self.api.post("/tokens", {"name": "ada", "role": "operator"})["token"]
        self.steps("operate.mjs", operator=operator, files=[str(p) for p in [bundle] + [i.path for i in images]])

    def test_shows_hostile_names_as_text(self):
        script = "<img src=x onerror=alert(1)>"
        tight = "<script>alert(1)</script>"
        model = harness.Image(self.folder, "model.bin", {tight: "2.0"}, 3000)
        self.fleet([f"count=2 prefix={tight}- manufacturer=<b>&amp;{tight} model={tight} component={tight}=1.0"], [model])
        self.wait_devices(2)
        endpoint = f"{tight}-1"
        quoted = urllib.parse.quote(endpoint, safe="")
        self.api.request("PUT", f"/v1/devices/{quoted}/tags", {"site": script, "link": "javascript:alert(1)"})
        self.upload([model], [package(model)],
                    name="hostile", version="1", model=tight, vendor=script, notes=script, applies_to={
                        "manufacturer": f"<b>&amp;{tight}", "model": [tight]})
        campaign = self.campaign(q="", bundle="hostile@1", name=script)
        self.wait_campaign(campaign)
        self.api.post("/tokens", {"name": script, "role": "viewer"})
        both = [script, tight]
        self.steps("hostile.mjs", campaign=campaign, endpoint=endpoint, bundle="hostile@1", names={
            "fleet": both, "campaigns": [script], "campaign": both, "bundles": [script], "bundle": both,
            "device": both, "access": [script], "create": both, "completion": [script]})

    def test_helps_at_the_first_visit(self):
        self.steps("first.mjs")


class Devices(Steps):
    daemon_options = {"awake_ms": "1 s"}

    def test_are_added_and_asked(self):
        self.fleet([f"count=2 prefix=gw- {GATEWAY}{OLD} battery=77",
                    f"count=1 prefix=sleeper- {GATEWAY}{OLD} queue=yes awake-ms=1000 lifetime=8"])
        self.wait_devices(3)
        self.api.post("/profiles", {"name": "GW", "model": "GW-100", "block_bytes": 512,
                                    "components": [{"name": "application", "updating_max_s": 60}]})
        operator = self.api.post("/tokens", {"name": "ada", "role": "operator"})["token"]
        viewer = self.api.post("/tokens", {"name": "guest", "role": "viewer"})["token"]
        self.steps("devices.mjs", operator=operator, viewer=viewer)


if __name__ == "__main__":
    harness.main()
