# SPDX-License-Identifier: Apache-2.0
"""The daemon is away, and comes back."""

from steps import Steps, harness


class Offline(Steps):
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


if __name__ == "__main__":
    harness.main()
