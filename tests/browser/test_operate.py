# SPDX-License-Identifier: Apache-2.0
"""The whole of a campaign by people who have nothing but the page."""

import json

from steps import GATEWAY, HALF, OLD, Steps, harness


class Operate(Steps):
    def test_operates_a_campaign_from_the_bundle_to_its_end(self):
        secure = self.image("secure-monitor", "1.1.0", 12000)
        boot = self.image("bootloader", "2023.01", 24000)
        app = self.image("application", "1.0.1", 40000)
        radio = self.image("radio", "7.2", 9000)
        images = [secure, boot, app, radio]
        self.fleet([f"count=5 prefix=old- {GATEWAY}{OLD} component=radio=7.1",
                    f"count=3 prefix=half- {GATEWAY}{HALF} component=radio=7.1",
                    f"count=1 prefix=shy- {GATEWAY}{HALF} component=radio=7.1 fault=download-result:5*1/application",
                    f"count=1 prefix=odd- {GATEWAY}{HALF} component=radio=5.0",
                    "count=2 prefix=meter- manufacturer=Example model=M-7 component=application=1.0"], images)
        self.wait_devices(12)
        bundle = self.folder / "bundle.json"
        bundle.write_text(json.dumps(harness.manifest([
            harness.package(secure, ">=0.9"),
            harness.package(boot, requires={"secure-monitor": ">=1.1"}),
            harness.package(app, requires={"bootloader": ">=2023.01"}, together_with=["radio"]),
            harness.package(radio, ">=6"),
        ])))
        operator = self.api.post("/tokens", {"name": "ada", "role": "operator"})["token"]
        approver = self.api.post("/tokens", {"name": "grace", "role": "approver"})["token"]
        self.steps("operate.mjs", operator=operator, approver=approver,
                   files=[str(p) for p in [bundle] + [i.path for i in images]])


if __name__ == "__main__":
    harness.main()
