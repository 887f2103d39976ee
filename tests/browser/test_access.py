# SPDX-License-Identifier: Apache-2.0
"""Tokens, the audit, and what is deleted."""

from steps import Steps, harness


class Access(Steps):
    def test_is_given_and_taken(self):
        app = self.image("application", "2.0", 4000)
        self.fleet(["count=1 prefix=gw- manufacturer=Example model=GW-100 component=application=1.0",
                    "count=1 prefix=meter- manufacturer=Example model=M-7 component=application=1.0"], [app])
        self.upload([app])
        self.wait_devices(2)
        self.wait_campaign(self.campaign(name="Gateways"))
        operator = self.api.post("/tokens", {"name": "ada", "role": "operator"})["token"]
        self.steps("access.mjs", operator=operator)


if __name__ == "__main__":
    harness.main()
