# SPDX-License-Identifier: Apache-2.0
"""What people ask of devices themselves: Read, Write and Execute, now or when they wake."""

import socket
import threading

import coap
import harness
from harness import Problem, wait_until

LINE = "count=2 prefix=gw- model=GW-100 manufacturer=Example component=application=1.0"


class Asked(harness.Scenario):
    daemon_options = {"awake_ms": "1 s", "http_heartbeat_ms": "200 ms"}

    def ask(self, method, endpoint, path, body=None, query=""):
        return harness.json.loads(self.api.request(
            method, f"/v1/devices/{endpoint}/resources/{path}{query}", body)[2])

    def refused(self, *args, **more):
        with self.assertRaises(Problem) as caught:
            self.ask(*args, **more)
        problem = caught.exception.json
        return caught.exception.status, problem["type"].rsplit("/", 1)[1], problem.get("coap_code")

    def events(self, name):
        items = harness.json.loads(self.api.request(
            "GET", "/v1/events?kind=device", headers={"Accept": "application/json"})[2])["items"]
        return [e for e in items if e["event"] == name]

    def test_devices_answer_read_write_and_execute(self):
        fleet = self.fleet([LINE + " battery=77 utc-offset=+01:00"])
        self.wait_devices(2)
        answer = self.ask("GET", "gw-1", "3/0/9")
        self.assertEqual(answer, {"path": "/3/0/9", "coap_code": "2.05", "values": [
            {"path": "/3/0/9", "type": "integer", "value": 77}]})
        values = {v["path"]: v["value"] for v in self.ask("GET", "gw-1", "3/0")["values"]}
        self.assertEqual((values["/3/0/1"], values["/3/0/9"]), ("GW-100", 77))
        self.assertTrue(self.ask("GET", "gw-1", "33629")["values"])
        self.assertEqual(self.refused("GET", "gw-1", "3/0/999"), (502, "device-error", "4.04"))
        answer = self.ask("PUT", "gw-1", "33629/0/11", {"value": 1})
        self.assertEqual(answer["coap_code"], "2.04")
        self.assertEqual(self.ask("GET", "gw-1", "33629/0/11")["values"][0]["value"], 1)
        self.assertEqual(self.refused("PUT", "gw-1", "33629/0/11", {"value": "high"})[0], 422)
        self.assertEqual(self.refused("PUT", "gw-1", "33629/0/11", {})[0], 400)
        self.assertEqual(self.refused("GET", "gw-1", "3/0/65535")[0], 404)
        self.assertEqual(self.refused("GET", "nobody", "3/0/9")[0], 404)
        written = wait_until(lambda: self.events("written"), "the event")[0]
        self.assertEqual((written["actor"], written["path"], written["result"]),
                         ("admin", "/33629/0/11", "2.04"))
        before = self.events("write")[0]
        self.assertEqual((before["actor"], before["path"]), ("admin", "/33629/0/11"))
        self.assertLess(int(before["event_id"]), int(written["event_id"]))
        self.assertEqual(len(fleet.facts("execute")), 0)
        self.refused("POST", "gw-1", "33629/0/2", {"arguments": "0"})

    def test_show_what_was_exchanged_with_them(self):
        app = self.image("application", "2.0")
        self.fleet([LINE + " lifetime=4"], [app])
        self.upload([app])
        self.wait_devices(2)
        self.assertEqual(self.api.get("/devices/gw-1/trace"),
                         {"endpoint": "gw-1", "items": [], "next": None}, "nobody asked before")
        self.ask("GET", "gw-1", "3/0/9")
        trace = self.api.get("/devices/gw-1/trace")["items"][0]
        self.assertEqual([trace[k] for k in ("from", "method", "path", "outcome", "code")],
                         ["server", "GET", "/3/0/9", "answered", "2.05"])
        wait_until(lambda: [t for t in self.api.get("/devices/gw-1/trace")["items"]
                            if t["from"] == "device" and t["path"].startswith("/rd/")], "an Update")
        self.wait_campaign(self.campaign({"delivery": "push"}, q="endpoint==gw-2"))
        trace = self.api.get("/devices/gw-2/trace")["items"]
        push = [t for t in trace if t.get("blockwise")]
        blocks = -(-app.size // 1024)
        self.assertEqual([[t[k] for k in ("request_bytes", "total_bytes", "blocks", "block_bytes", "last_block")]
                          for t in push], [[app.size, app.size, blocks, 1024, blocks - 1]], trace)
        self.assertTrue([t for t in trace if t.get("observe")], trace)
        self.assertEqual([t["at"] for t in trace], sorted((t["at"] for t in trace), reverse=True))
        self.assertTrue([t for t in trace if t["method"] == "POST" and t["path"] == "/33629/0/2"])
        self.assertTrue([t for t in trace if t["outcome"] == "notified"], trace)

    def test_know_who_meant_to_execute_though_the_daemon_died(self):
        fleet = self.fleet([LINE])
        self.wait_devices(2)
        fleet.process.send_signal(harness.signal.SIGSTOP)
        asking = threading.Thread(target=lambda: self.assertRaises(
            Exception, self.api.post, "/devices/gw-1/resources/33629/0/2", {"arguments": "0"}))
        asking.start()
        wait_until(lambda: self.events("execute"), "the intention to be on record")
        self.daemon.kill()
        asking.join()
        fleet.process.send_signal(harness.signal.SIGCONT)
        self.daemon.start()
        event = self.events("execute")[0]
        self.assertEqual((event["actor"], event["path"]), ("admin", "/33629/0/2"))
        self.assertEqual(self.events("executed"), [])

    def test_are_told_to_execute_once_for_a_key(self):
        path, answers = "/v1/devices/by-hand/resources/3/0/4?timeout_s=", {"execute": None}
        device = coap.ByHand(self.daemon.coap_port, "by-hand", "</1/0>,</3/0>", lambda m: (
            answers["execute"] if m.code == coap.POST else ("4.04", None, b"")))
        self.addCleanup(device.close)
        executes = lambda: len({m.token for m in device.asked if m.code == coap.POST})
        execute = lambda key, seconds=60: self.api.request(
            "POST", f"{path}{seconds}", headers={"Idempotency-Key": key})
        wait_until(lambda: self.api.get("/devices")["items"], "the device")
        asking = threading.Thread(target=lambda: self.assertRaises(Exception, execute, "killed"))
        asking.start()
        wait_until(lambda: executes() == 1, "the Execute")
        self.daemon.kill()
        asking.join()
        self.daemon.start()
        with self.assertRaises(Problem) as silent:
            execute("silent", 1)
        self.assertEqual((silent.exception.status, executes()), (504, 2))
        answers["execute"] = ("2.04", None, b"")
        for key, seconds in (("killed", 60), ("silent", 1)):
            with self.assertRaises(Problem) as again:
                execute(key, seconds)
            self.assertEqual((again.exception.status, again.exception.json["type"], executes()),
                             (409, "/problems/conflict", 2), key)
        first = execute("answered")
        again = execute("answered")
        self.assertEqual((again[1]["Idempotency-Replayed"], again[2], executes()),
                         ("true", first[2], 3))

    def test_show_what_they_fetched(self):
        app = self.image("application", "2.0", size=70000)
        self.fleet([LINE], [app])
        self.upload([app])
        self.wait_devices(2)
        self.wait_campaign(self.campaign({"delivery": "pull"}, q="endpoint==gw-1"))
        trace = self.api.get("/devices/gw-1/trace")["items"]
        pull = [t for t in trace if t.get("blockwise")]
        keys = ("from", "method", "path", "outcome", "code", "bytes", "total_bytes", "last_block")
        self.assertEqual([[t[k] for k in keys] for t in pull],
                         [["device", "GET", "/p/" + app.sha256[:12], "served", "2.05", 70000, 70000, 68]], trace)
        self.assertEqual(pull[0]["blocks"], 69)

    def test_show_what_was_sent_again(self):
        self.fleet([LINE + " loss=30"])
        self.wait_devices(2)
        self.api.get("/devices/gw-1/trace")

        def again():
            self.ask("GET", "gw-1", "3/0/9")
            return [t for t in self.api.get("/devices/gw-1/trace")["items"] if t.get("repeats")]
        wait_until(again, "a message to be lost and sent again")

    def test_wait_for_a_device_that_sleeps(self):
        self.fleet(["count=1 prefix=d- model=GW-100 manufacturer=Example queue=yes awake-ms=1000 "
                    "lifetime=8 component=application=1.0"])
        self.wait_devices(1)
        asleep = lambda: self.api.get("/devices/d-1")["state"] == "asleep"
        wait_until(asleep, "d-1 to sleep")
        self.assertEqual(self.refused("GET", "d-1", "3/0/9", query="?timeout_s=1"),
                         (504, "device-asleep", None))
        wait_until(asleep, "d-1 to sleep")
        self.assertEqual(self.ask("GET", "d-1", "3/0/9")["values"][0]["value"], 100)

    def held(self, method, path, api=None):
        """Ask a device that sleeps for an hour, in a thread; @return what it comes to"""
        relay = coap.Relay(self.daemon.coap_port)
        self.addCleanup(relay.close)
        app = self.image("application", "2.0")
        self.fleet(["count=1 prefix=d- model=GW-100 manufacturer=Example queue=yes awake-ms=1000 "
                    "lifetime=10 component=application=1.0"], [app], options=["--server", relay.coap])
        self.upload([app])
        self.wait_devices(1)
        wait_until(lambda: self.api.get("/devices/d-1")["state"] == "asleep", "d-1 to sleep")
        came = []

        def ask():
            try:
                (api or self.api).request(method, f"/v1/devices/d-1/resources/{path}?timeout_s=3600")
            except Problem as problem:
                came.append((problem.status, problem.json.get("type")))

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        return relay, came, thread

    def test_what_is_held_when_a_campaign_begins_is_not_sent(self):
        relay, came, thread = self.held("POST", "3/0/4")
        campaign = self.campaign()
        thread.join(harness.PATIENCE_S)
        self.assertEqual(came, [(409, "/problems/device-busy")])
        self.wait_campaign(campaign)
        self.assertFalse([m for m, to_device in relay.seen if to_device and m.path == "/3/0/4"])

    def test_what_is_held_ends_with_its_token(self):
        token = self.api.post("/tokens", {"name": "ben", "role": "operator"})["token"]
        relay, came, thread = self.held("POST", "3/0/4", harness.Api(self.daemon.http_port, token))
        self.api.request("DELETE", "/v1/tokens/ben")
        thread.join(harness.PATIENCE_S)
        self.assertEqual(came, [(409, "/problems/withdrawn")])
        self.assertFalse([m for m, to_device in relay.seen if to_device and m.path == "/3/0/4"])

    def test_what_is_held_ends_with_its_client(self):
        self.held("GET", "3/0/9")[2]
        with socket.create_connection(("127.0.0.1", self.daemon.http_port)) as client:
            client.sendall(f"POST /v1/devices/d-1/resources/3/0/4?timeout_s=3600 HTTP/1.1\r\nHost: x\r\n"
                           f"Authorization: Bearer {self.api.token}\r\nContent-Length: 0\r\n\r\n".encode())
        # What was asked first is answered when it wakes: so would the Execute have been.
        wait_until(lambda: [t for t in self.api.get("/devices/d-1/trace")["items"]
                            if t["path"] == "/3/0/9"], "the Read")
        self.assertEqual(self.events("executed"), [])

    def test_who_is_erased_while_asked_is_not_named_again(self):
        relay = coap.Relay(self.daemon.coap_port, lambda m, to_device: to_device and m.path == "/3/0/4")
        self.addCleanup(relay.close)
        self.fleet([LINE], options=["--server", relay.coap])
        self.wait_devices(2)
        thread = threading.Thread(target=self.refused, args=("POST", "gw-1", "3/0/4"))
        thread.start()
        wait_until(lambda: [m for m, _ in relay.seen if m.path == "/3/0/4"], "the Execute")
        self.api.request("DELETE", "/v1/devices/gw-1")
        thread.join()
        wait_until(lambda: self.events("executed"), "that it was executed")
        events = self.api.request("GET", "/v1/events?limit=1000", headers={"Accept": "application/json"})
        self.assertNotIn("gw-1", events[2].decode())

    def test_who_does_not_answer_is_told_of(self):
        fleet = self.fleet([LINE])
        self.wait_devices(2)
        fleet.process.send_signal(harness.signal.SIGSTOP)
        try:
            self.assertEqual(self.refused("GET", "gw-1", "3/0/9", query="?timeout_s=1"),
                             (504, "device-silent", None))
        finally:
            fleet.process.send_signal(harness.signal.SIGCONT)
        self.assertEqual(self.ask("GET", "gw-1", "3/0/9")["coap_code"], "2.05")

    def test_nothing_disturbs_a_campaign(self):
        app = self.image("application", "2.0")
        self.fleet([LINE], [app])
        self.upload([app])
        self.wait_devices(2)
        campaign = self.campaign({"install": "hold"})
        wait_until(lambda: len(self.api.all(f"/campaigns/{campaign}/tasks", waiting_for="install")) == 2,
                   "both to hold")
        for method, path, body in (("POST", "33629/0/2", None), ("PUT", "33629/0/11", {"value": 1}),
                                   ("POST", "3/0/4", None), ("PUT", "5/0/1", {"value": ""})):
            self.assertEqual(self.refused(method, "gw-1", path, body), (409, "device-busy", None))
        self.assertEqual(self.ask("GET", "gw-1", "3/0/9")["values"][0]["value"], 100)
        self.api.post(f"/campaigns/{campaign}/install")
        self.wait_campaign(campaign)
        self.assertEqual(self.versions("gw-1"), {"application": "2.0"})


if __name__ == "__main__":
    harness.main()
