# SPDX-License-Identifier: Apache-2.0
"""Lighthouse over every view; its packages are installed when it first runs."""

import os
import subprocess

from steps import HERE, Steps, harness


class Lighthouse(Steps):
    def test_is_content_with_every_view(self):
        packages = os.environ["LOCKSTEP_LIGHTHOUSE"]
        subprocess.run(["sh", str(HERE.parent.parent / "web" / "npm-ci.sh"), str(HERE / "lighthouse"), packages], check=True)
        app = self.image("application", "2.0", 4000)
        self.fleet(["count=40 prefix=d- manufacturer=Example model=GW-100 component=application=1.0"], [app])
        self.upload([app])
        self.wait_devices(40)
        campaign = self.campaign()
        self.wait_campaign(campaign)
        self.steps("lighthouse.mjs", max_s=1500, campaign=campaign)


if __name__ == "__main__":
    harness.main()
