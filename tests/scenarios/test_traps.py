# SPDX-License-Identifier: Apache-2.0
"""Traps that fielded devices set (device-behaviour.md 1), one model for each kind of
device, all in one daemon at once."""

import harness
from harness import Image

APP = "component=application=1.0"
PUSH = {"delivery": "push"}
PULL = {"delivery": "pull"}


class Traps(harness.Scenario):
    def run_kinds(self, kinds, size=20000):
        """{name: (components and options, policy, size of the fleet)} @return {name: task}"""
        campaigns, self.fleets_of, self.images_of = {}, {}, {}
        for name, (options, policy) in kinds.items():
            component = "firmware" if "object=5" in options else "application"
            image = Image(self.folder, f"{name}.bin", {component: "2.0"}, size)
            self.images_of[name] = image
            self.fleets_of[name] = self.fleet(
                [f"endpoint={name} model=M-{name} manufacturer=Example {options}"], [image], name=name)
            self.upload([image], name=name, model="M-" + name)
        for name, (_, policy) in kinds.items():
            self.wait_devices(1, q=f"endpoint=={name}")
            campaigns[name] = self.campaign(policy, bundle=f"{name}@2026.11", q=f"endpoint=={name}")
        found = {}
        for name, campaign in campaigns.items():
            self.wait_campaign(campaign)
            found[name] = self.tasks(campaign)[name]
        return found

    def assert_states(self, tasks, state="succeeded"):
        for name, task in tasks.items():
            with self.subTest(name):
                self.assertEqual(task["state"], state, task)
                self.assert_never_twice(self.fleets_of[name])

    def test_devices_that_differ_in_what_they_have(self):
        kinds = {
            "v10-5": ("lwm2m=1.0 component=firmware=1.0,object=5", PUSH),
            "v11-5": ("lwm2m=1.1 component=firmware=1.0,object=5", PULL),
            "v10-afu": ("lwm2m=1.0 " + APP, PULL),
            "v12-afu": ("lwm2m=1.2 " + APP, PUSH),
            "tlv-only": ("lwm2m=1.1 senml-cbor=no " + APP, PUSH),
            "cbor-only": ("lwm2m=1.1 senml-cbor=yes tlv=no " + APP, PUSH),
            "alternate": ("path=lwm2m " + APP, PUSH),
            "alternate-5": ("path=lwm2m lwm2m=1.0 component=firmware=1.0,object=5", PULL),
            "small": ("register-block=32 response-block=64 pull-block=64 " + APP, PULL),
            "same-socket": ("pull-same-socket=yes " + APP, PULL),
            "con": ("notify=con composite=yes " + APP, PUSH),
            "bare": ("without=6,7,8,10,11,12,13,16,17 " + APP, PUSH),
            "push-only": ("delivery=1 " + APP, {"delivery": "auto"}),
            "pull-only": ("delivery=0 " + APP, {"delivery": "auto"}),
            "no-dedup": ("dedup=0 " + APP, PUSH),
            "no-lwm2m-object-1": ("protocols= " + APP, PULL),
        }
        self.assert_states(self.run_kinds(kinds, 9000))
        by = {name: self.fleets_of[name].facts("package")[0]["by"] for name in kinds}
        self.assertEqual((by["push-only"], by["pull-only"]), ("push", "pull"))

    def test_what_a_device_sends_is_acted_upon(self):
        # Nothing else tells of the update: no restart, no notification, and polls are rare.
        policy = {"delivery": "pull", "timers": dict(harness.QUICK["timers"], poll_s=600, updating_s=20),
                  "retry": {name: {"max": 0} for name in harness.QUICK["retry"]}}
        self.assert_states(self.run_kinds({"send-only": (
            "send=yes fault=silent fault=no-restart update-ms=1500 " + APP, policy)}, 5000))

    def test_devices_that_misbehave(self):
        kinds = {
            "deaf": ("lifetime=2 fault=deaf-push " + APP, PUSH),
            "old-failure": ("fault=old-failure lifetime=4 " + APP, PUSH),
            "again": ("fault=update-again*1 " + APP, PUSH),
            "forgets": ("fault=crash-updating*1 lifetime=3 " + APP, PUSH),
            "kept-2-8": ("fault=update-result:8*1 " + APP, PUSH),
            "lost-0-8": ("fault=update-result-idle:8*1 " + APP, PUSH),
            "kept-2-13": ("fault=update-result:13*1 " + APP, PUSH),
            "memory": ("fault=download-result:3*1 " + APP, PULL),
            "integrity": ("fault=download-result:5*1 " + APP, PUSH),
            "no-cancel-failed": ("without=10 fault=update-result:8*1 " + APP, PUSH),
        }
        tasks = self.run_kinds(kinds, 9000)
        for name, task in tasks.items():
            with self.subTest(name):
                self.assertEqual(task["state"], "succeeded", task)
                digest = [f for f in self.fleets_of[name].facts("executes")]
                self.assertLessEqual(max(int(f["count"]) for f in digest), 2, digest)

    def test_devices_that_fail(self):
        once = {"retry": {c: {"max": 0} for c in ("transient", "integrity", "update", "server", "conflict")}}
        kinds = {
            "not-enough-flash": ("fault=download-result:2 " + APP, dict(once, delivery="push")),
            "corrupt": ("fault=download-result:5 " + APP, dict(once, delivery="push")),
            "ignored": ("fault=update-ignored lifetime=3 " + APP, PUSH),
        }
        tasks = self.run_kinds(kinds, 5000)
        for name, task in tasks.items():
            with self.subTest(name):
                self.assertIn(task["state"], ("failed", "needs-attention"), task)
                self.assertTrue(task["reason"] and task["detail"], task)
        self.assertEqual(tasks["corrupt"]["reason"], "integrity-failed")
        self.assertEqual(tasks["ignored"]["state"], "needs-attention")
        self.assertEqual(len(self.fleets_of["ignored"].facts("execute")), 1, "State proves nothing")


if __name__ == "__main__":
    harness.main()
