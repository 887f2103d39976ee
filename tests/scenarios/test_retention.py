# SPDX-License-Identifier: Apache-2.0
"""What an operator told to keep for so long goes, and nothing else."""

import time

import harness


class Campaigns(harness.Scenario):
    def ids(self):
        return [c["id"] for c in self.api.all("/campaigns")]

    def restart(self, **options):
        self.daemon.stop()
        self.daemon.options.update(options)
        self.daemon.start()

    def test_that_ended_long_ago_are_removed(self):
        image = harness.Image(self.folder, "app.bin", {"application": "2.0"})
        self.upload([image])
        self.fleet(["count=1 prefix=gw- model=GW-100 manufacturer=Example lifetime=60 "
                    "component=application=1.0.0"], [image])
        self.wait_devices(1)
        old = self.campaign(q="model==GW-100")
        self.wait_campaign(old, ["finished"])
        ended = time.time()
        draft = self.campaign(q="model==GW-100", start=False)
        self.restart(campaign_keep_s="365 d")
        self.assertEqual(sorted(self.ids()), sorted([old, draft]))
        # The daemon looks once a minute, and at its start.
        harness.wait_until(lambda: time.time() - ended > 2, "the old one to be old")
        self.restart(campaign_keep_s="1 s")
        harness.wait_until(lambda: self.ids() == [draft], "the old one to be removed")


if __name__ == "__main__":
    harness.main()
