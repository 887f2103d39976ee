# SPDX-License-Identifier: Apache-2.0
"""The daemon or the devices end in the middle; sleepers wake in the middle."""

import coap
import harness
from harness import wait_until

APP = "component=application=1.0"
PUSH = {"delivery": "push"}
PULL = {"delivery": "pull"}


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


if __name__ == "__main__":
    harness.main()
