# SPDX-License-Identifier: Apache-2.0
"""200 devices, three inventories, lost packets, every tenth device faulty: the campaign
ends, healthy devices have all versions, faulty ones the right reason, and the numbers
agree wherever they are shown."""

import collections
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "browser"))

from steps import Steps, harness  # noqa: E402

from harness import package  # noqa: E402

COMPONENTS = "manufacturer=Example model=GW-100 hardware=2 "
OLD = "component=secure-monitor=1.0.0 component=bootloader=2022.10 component=application=0.9.4"
HALF = "component=secure-monitor=1.1.0 component=bootloader=2022.10 component=application=0.9.4"
RADIO = OLD + " component=radio=7.1"

# reason -> how such a device is made
FAULTY = {
    "not-returned": "fault=brick/application",
    "version-mismatch": "fault=wrong-version:0.0.1/application",
    "integrity-failed": "fault=download-result:5/application",
    "unsupported-package": "fault=download-result:6/bootloader",
}


class FleetOf200(Steps):
    daemon_options = {"test_loss_pct": "5"}

    def test_every_device_ends_as_it_must(self):
        secure = self.image("secure-monitor", "1.1.0", 8000)
        boot = self.image("bootloader", "2023.01", 12000)
        app = self.image("application", "1.0.1", 16000)
        lines = [f"count=60 prefix=old- {COMPONENTS}{OLD} lifetime=6",
                 f"count=60 prefix=half- {COMPONENTS}{HALF} lifetime=6",
                 f"count=60 prefix=radio- {COMPONENTS}{RADIO} lifetime=6"]
        lines += [f"count=5 prefix={reason}- {COMPONENTS}{OLD} lifetime=6 {fault}"
                  for reason, fault in FAULTY.items()]
        fleet = self.fleet(lines, [secure, boot, app], options=["--loss-in", "5", "--loss-out", "5"])
        self.upload([secure, boot, app], [
            package(secure, ">=0.9"),
            package(boot, requires={"secure-monitor": ">=1.1"}),
            package(app, requires={"bootloader": ">=2023.01"}),
        ])
        self.wait_devices(200)
        self.assertEqual(sorted(g["devices"] for g in self.plan()["groups"]), [60, 60, 80])
        campaign = self.campaign({"in_flight": 100, "timers": dict(harness.QUICK["timers"], updating_s=15)})
        self.wait_campaign(campaign, patience_s=240)

        tasks = self.tasks(campaign)
        self.assertEqual(len(tasks), 200)
        target = {"secure-monitor": "1.1.0", "bootloader": "2023.01", "application": "1.0.1"}
        for endpoint, task in tasks.items():
            kind = endpoint.rsplit("-", 1)[0]
            if kind in FAULTY:
                self.assertIn(task["state"], ("failed", "needs-attention"), task)
                self.assertEqual(task["reason"], kind, task)
            else:
                self.assertEqual(task["state"], "succeeded", task)
                versions = self.versions(endpoint)
                self.assertEqual({c: versions[c] for c in target}, target, endpoint)
        self.assert_never_twice(fleet)
        self._numbers_agree(campaign, tasks)

    def _numbers_agree(self, campaign, tasks):
        counted = collections.Counter(t["state"] for t in tasks.values())
        progress = self.api.get(f"/campaigns/{campaign}/progress")
        shown = {state: n for state, n in progress["tasks"].items() if n}
        self.assertEqual(shown, dict(counted))
        with sqlite3.connect(f"file:{self.daemon.state}/lockstep.db?mode=ro", uri=True) as db:
            stored = dict(db.execute("SELECT state, count(*) FROM task WHERE campaign_id = ? GROUP BY state",
                                     (int(campaign),)))
            by_component = collections.defaultdict(dict)
            for component, state, n in db.execute(
                    "SELECT c.component, c.state, count(*) FROM task_component c JOIN task t ON t.id = c.task_id"
                    " WHERE t.campaign_id = ? GROUP BY 1, 2", (int(campaign),)):
                by_component[component][state] = n
        self.assertEqual(stored, dict(counted))
        self.assertEqual({c: {s: n for s, n in states.items() if n}
                          for c, states in progress["components"].items()}, dict(by_component))
        self.steps("numbers.mjs", campaign=campaign, devices=len(tasks), succeeded=counted["succeeded"])


if __name__ == "__main__":
    harness.main()
