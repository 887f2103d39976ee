# SPDX-License-Identifier: Apache-2.0
"""Traps that fielded devices set (device-behaviour.md 1), one model for each kind of
device, all in one daemon at once."""

import json

import coap
import harness
from harness import Image, package, wait_until

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


class LeftBehind(harness.Scenario):
    """What somebody else has begun on a device."""

    def left_in(self, state, options="", size=4000):
        """A device with a package by hand. @return its fleet"""
        app = self.image("application", "2.0", size)
        other = Image(self.folder, "other.bin", {"application": "9.9"}, 4000)
        fleet = self.fleet([f"endpoint=d-1 model=GW-100 manufacturer=Example {APP} {options}"], [app, other])
        self.upload([app])
        self.upload([other], name="other", version="1", model="GW-100")
        self.wait_devices(1)
        first = self.campaign({"install": "hold"}, bundle="other@1")
        wait_until(lambda: self.api.all(f"/campaigns/{first}/tasks", waiting_for="install"), state)
        return fleet, first

    def forget_everything(self):
        """The daemon loses its store: for it, somebody else did all that."""
        self.daemon.kill()
        harness.shutil.rmtree(self.daemon.state)
        self.daemon.start()

    def finish(self, fleet, expected="succeeded"):
        image = harness.Image(self.folder, "again.bin", {"application": "3.0"}, 4000)
        with open(fleet.images_file, "a", encoding="utf-8") as images:
            images.write(image.line + "\n")
        self.upload([image], name="mine", version="1")
        self.wait_devices(1)
        campaign = self.campaign(bundle="mine@1")
        self.wait_campaign(campaign)
        self.assertEqual(self.tasks(campaign)["d-1"]["state"], expected, self.tasks(campaign))

    def test_a_package_in_downloaded_is_reset_first(self):
        for without in ("", "10"):
            with self.subTest(without=without):
                if without:
                    self.fleets.pop().stop()
                    self.forget_everything()
                fleet, _ = self.left_in("a package", f"lifetime=3 without={without}")
                self.forget_everything()
                self.finish(fleet)
                self.assertEqual(self.versions("d-1"), {"application": "3.0"})
                executed = {f["digest"] for f in fleet.facts("executes")}
                self.assertEqual(len(executed), 1, "not the package of somebody else")
                if without:
                    self.assertTrue(fleet.facts("reset"), "by an empty URI or a zero byte")
                else:
                    self.assertTrue(fleet.facts("canceled"))

    def test_updating_by_somebody_else_is_waited_for(self):
        fleet, first = self.left_in("a package", "lifetime=3 update-ms=2500")
        self.api.post(f"/campaigns/{first}/install")
        wait_until(lambda: fleet.facts("state", state=3), "Updating")
        self.forget_everything()
        self.finish(fleet)
        self.assertEqual([f["to"] for f in fleet.facts("version")], ["9.9", "3.0"])
        self.assert_never_twice(fleet)


class Interrupted(harness.Scenario):
    """The daemon or the devices end in the middle."""

    def begin(self, options="", policy=None, size=60000, relayed=None):
        self.app = self.image("application", "2.0", size)
        more = ["--state-file", str(self.folder / "flash")]
        if relayed:
            more += ["--server", relayed.coap]
        self.device = self.fleet([f"endpoint=d-1 model=GW-100 manufacturer=Example lifetime=4 {APP} {options}"],
                                 [self.app], options=more)
        self.upload([self.app])
        self.wait_devices(1)
        return self.campaign(policy)

    def finish(self, campaign):
        self.wait_campaign(campaign)
        self.assertEqual(self.tasks(campaign)["d-1"]["state"], "succeeded", self.tasks(campaign))
        self.assertEqual(self.versions("d-1"), {"application": "2.0"})
        self.assert_never_twice(self.device)

    def restart_daemon(self):
        self.daemon.kill()
        self.daemon.start()

    def test_the_daemon_is_killed_in_a_push(self):
        blocks = []

        def drop(message, to_device):
            if to_device and message.code == coap.PUT and message.number(coap.BLOCK1, 0) >> 4 == 20:
                blocks.append(message)
            return to_device and len(blocks) in range(1, 4)

        relay = coap.Relay(self.daemon.coap_port, drop)
        self.addCleanup(relay.close)
        campaign = self.begin("push-timeout-ms=2000", PUSH, relayed=relay)
        wait_until(lambda: blocks, "block 20")
        self.restart_daemon()
        blocks += [None] * 3
        self.finish(campaign)

    def test_the_daemon_is_killed_in_a_pull(self):
        campaign = self.begin("pull-gap-ms=50", PULL)
        wait_until(lambda: self.device.facts("state", state=1), "Downloading")
        self.restart_daemon()
        self.finish(campaign)

    def test_the_daemon_is_killed_in_updating(self):
        campaign = self.begin("update-ms=1500", PULL, 9000)
        wait_until(lambda: self.device.facts("state", state=3), "Updating")
        self.restart_daemon()
        self.finish(campaign)

    def test_it_is_killed_between_execute_and_its_answer(self):
        lost = []

        def drop(message, to_device):
            if to_device and message.code == coap.POST and message.path.endswith("/2"):
                lost.append(message.mid)
            # the answer to Execute never comes, nor anything else before the kill
            return not to_device and message.mid in lost and message.kind == coap.ACK

        relay = coap.Relay(self.daemon.coap_port, drop)
        self.addCleanup(relay.close)
        campaign = self.begin("update-ms=2000", PUSH, 9000, relay)
        wait_until(lambda: self.device.facts("execute"), "Execute")
        self.restart_daemon()
        self.finish(campaign)
        self.assertEqual(len(self.device.facts("execute")), 1)

    def test_it_is_killed_before_execute_arrives(self):
        dropped = []

        def drop(message, to_device):
            is_execute = to_device and message.code == coap.POST and message.path.endswith("/2")
            if is_execute and len(dropped) < 3:
                dropped.append(message)
                return True
            return False

        relay = coap.Relay(self.daemon.coap_port, drop)
        self.addCleanup(relay.close)
        campaign = self.begin("", PUSH, 9000, relay)
        wait_until(lambda: dropped, "an Execute that is lost")
        self.restart_daemon()
        dropped += [None] * 3
        self.finish(campaign)

    def test_the_devices_restart_with_what_they_had_downloaded(self):
        campaign = self.begin("fault=crash-keeps:100000", dict(PUSH, install="hold"), 9000)
        wait_until(lambda: self.api.all(f"/campaigns/{campaign}/tasks", waiting_for="install"), "a held package")
        self.device.process.kill()
        self.device.process.wait()
        self.device.start()
        wait_until(lambda: len(self.device.facts("registered")) == 2, "the device again")
        self.api.post(f"/campaigns/{campaign}/install")
        self.finish(campaign)

    def test_a_request_to_a_sleeper_is_held_until_its_update(self):
        first = self.update_a_sleeper("lifetime=6")
        self.assertTrue(first.path.startswith("/rd/"), first.path)

    def test_a_sleeper_may_wake_with_a_new_register(self):
        first = self.update_a_sleeper("lifetime=6 wake-by-register=yes")
        self.assertEqual(first.path, "/rd")

    def update_a_sleeper(self, options):
        """@return the message that it woke with"""
        relay = coap.Relay(self.daemon.coap_port)
        self.addCleanup(relay.close)
        self.daemon.stop()
        self.daemon.options["awake_ms"] = "700 ms"
        self.daemon.options["coap_listen"] = self.daemon.coap
        self.daemon.start()
        app = self.image("application", "2.0", 3000)
        self.fleet([f"endpoint=d-1 model=GW-100 manufacturer=Example {options} queue=yes awake-ms=700 "
                    f"lwm2m=1.1 {APP}"], [app], options=["--server", relay.coap])
        self.upload([app])
        self.wait_devices(1)
        wait_until(lambda: self.api.get("/devices/d-1")["state"] == "asleep", "asleep")
        since = len(relay.seen)
        campaign = self.campaign(PULL)
        wait_until(lambda: len(relay.seen) > since, "the next message")
        first, to_device = relay.seen[since]
        self.assertFalse(to_device, "the device speaks first")
        self.assertEqual((first.code, first.path.split("/")[1]), (coap.POST, "rd"))
        self.assertEqual(self.api.get("/devices/d-1")["queue_mode"], True)
        self.wait_campaign(campaign)
        self.assertEqual(self.tasks(campaign)["d-1"]["state"], "succeeded", self.tasks(campaign))
        # One at a time: no request before the answer to the one before.
        waiting = None
        for message, to_device in relay.seen[since:]:
            if to_device and message.kind == coap.CON and 1 <= message.code < 32:
                self.assertIn(waiting, (None, message.mid), message.path)
                waiting = message.mid
            elif not to_device and message.kind in (coap.ACK, coap.RST) and message.mid == waiting:
                waiting = None
        return first


class LeftByHand(harness.Scenario):
    """A device made of answers, so that it shows what no client of ours does."""

    def test_a_download_that_somebody_elses_failure_left_is_reset_first(self):
        shown = {3: 1, 5: 4, 9: 1, 14: "application", 15: "1.0"}
        written = []

        def answer(m):
            path = m.path.split("/")[1:]
            if m.code == coap.POST and path == ["33629", "0", "10"]:
                written.append("cancel")
                shown.update({3: 0, 5: 10})
                return ("2.04", None, b"")
            if m.code == coap.PUT and path == ["33629", "0", "0"]:
                written.append("package")
                return ("4.15", None, b"")
            if m.code != coap.GET or m.number(coap.ACCEPT) == coap.LINK:
                return ("4.05", None, b"")
            values = {"3": {0: "Example", 1: "GW-100", 3: "1.0"}, "33629": shown}[path[0]]
            if path[2:]:
                values = {int(path[2]): values[int(path[2])]} if int(path[2]) in values else {}
            entries = [{"n": f"/{path[0]}/0/{n}", "vs" if isinstance(v, str) else "v": v} for n, v in values.items()]
            return ("2.05", coap.SENML_JSON, json.dumps(entries).encode()) if entries else ("4.04", None, b"")

        device = coap.ByHand(self.daemon.coap_port, "d-1", "</1/0>,</3/0>,</33629/0>", answer)
        self.addCleanup(device.close)
        self.upload([self.image("application", "2.0", 500)])
        self.wait_devices(1)
        self.assertEqual(self.api.get("/devices/d-1")["components"][0]["state"], "downloading")
        campaign = self.campaign(PUSH)
        self.wait_campaign(campaign)
        task = self.tasks(campaign)["d-1"]
        self.assertEqual((task["state"], task["reason"]), ("failed", "delivery-refused"), task)
        self.assertEqual(written, ["cancel", "package"], "nothing is written into it before State 0")


if __name__ == "__main__":
    harness.main()
