# SPDX-License-Identifier: Apache-2.0
"""A campaign on the page from its draft to its end, with numbers that are the API's."""

from steps import GATEWAY, HALF, OLD, Steps, harness


class Watch(Steps):
    def test_watches_a_campaign_to_its_end(self):
        secure = self.image("secure-monitor", "1.1.0", 12000)
        boot = self.image("bootloader", "2023.01", 24000)
        app = self.image("application", "1.0.1", 40000)
        self.fleet([f"count=12 prefix=old- {GATEWAY}{OLD}",
                    f"count=8 prefix=half- {GATEWAY}{HALF}",
                    f"count=3 prefix=bad- {GATEWAY}{OLD} fault=download-result:6/bootloader",
                    f"count=1 prefix=odd- {GATEWAY}{OLD} fault=wrong-version:0.0.1/application"],
                   [secure, boot, app])
        self.upload([secure, boot, app], [
            harness.package(secure, ">=0.9"),
            harness.package(boot, requires={"secure-monitor": ">=1.1"}),
            harness.package(app, requires={"bootloader": ">=2023.01"}),
        ])
        self.wait_devices(24)
        campaign = self.campaign({"in_flight": 3}, start=False, name="Gateways to 2026.11")
        self.steps("watch.mjs", campaign=campaign, devices=24)
        counts = self.api.get(f"/campaigns/{campaign}/progress")["tasks"]
        self.assertEqual({s: n for s, n in counts.items() if n}, {"succeeded": 20, "failed": 4})


if __name__ == "__main__":
    harness.main()
