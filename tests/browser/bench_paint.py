# SPDX-License-Identifier: Apache-2.0
"""Size and first paint of the dashboard: what paint.mjs prints. Not a test."""

from steps import GATEWAY, OLD, Steps, harness


class Paint(Steps):
    def test_prints_how_long_it_takes(self):
        app = self.image("application", "1.0.1", 4000)
        self.fleet([f"count=200 prefix=gw- {GATEWAY}{OLD}"], [app])
        self.upload([app])
        self.wait_devices(200)
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.steps("paint.mjs", campaign=campaign)


if __name__ == "__main__":
    harness.main()
