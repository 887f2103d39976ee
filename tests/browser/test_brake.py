# SPDX-License-Identifier: Apache-2.0
"""A braked campaign on the page."""

import os

from steps import Steps, harness


class Brake(Steps):
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

    def test_shows_a_campaign_that_stopped_by_itself(self):
        app = self.image("application", "2.0", 4000)
        self.fleet(["count=2 prefix=gw- manufacturer=Example model=GW-100 component=application=1.0"], [app])
        self.upload([app])
        self.wait_devices(2)
        campaign = self.campaign(start=False, name="Gateways")
        os.truncate(self.daemon.state / "packages" / app.sha256, 0)
        self.api.post(f"/campaigns/{campaign}/start")
        self.wait_campaign(campaign, ("paused",))

        def mend():
            self.api.request("PUT", f"/v1/packages/{app.sha256}", app.bytes)
            harness.wait_until(lambda: self.api.get("/bundles/gateway@2026.11")["state"] == "ready", "the bundle")

        self.steps("stopped.mjs", {"mend": mend}, file=app.sha256)
        self.assertEqual(self.api.get(f"/campaigns/{campaign}/progress")["tasks"], {"succeeded": 2})


if __name__ == "__main__":
    harness.main()
