# SPDX-License-Identifier: Apache-2.0
"""Devices as an operator keeps them: known before they register, tagged, deleted."""

import socket
import threading
import urllib.parse

import coap
import harness
from harness import Problem, wait_until

LINE = "count=2 prefix=gw- model=GW-100 manufacturer=Example component=application=1.0"


class Known(harness.Scenario):
    daemon_options = {"admit": "known", "devices_max": 4}

    def device(self, endpoint):
        return self.api.get("/devices/" + urllib.parse.quote(endpoint, safe=""))

    def load(self, kind, text, query=""):
        body = self.api.request("POST", "/v1/devices" + query, text.encode(),
                                {"Content-Type": kind})[2]
        return harness.json.loads(body)

    def test_lets_in_who_was_created(self):
        answer = self.load("text/csv", "endpoint,tag.site\ngw-1,north\nurn:x/1,south\n")
        self.assertEqual((answer["created"], answer["failed"]), (2, 0), answer)
        self.assertEqual(self.device("gw-1")["state"], "expected")
        self.assertEqual(self.device("urn:x/1")["tags"], {"site": "south"})
        self.fleet([LINE])
        wait_until(lambda: self.device("gw-1")["state"] == "registered", "gw-1 to be let in")
        wait_until(lambda: self.api.get("/devices", q="state==pending", count="true")["count"] == 1,
                   "gw-2 to wait")
        self.assertEqual(self.device("gw-1")["tags"], {"site": "north"})
        wait_until(lambda: self.device("gw-1").get("model") == "GW-100", "the inventory of gw-1")
        # Who waits already is let in by the list as well.
        answer = self.load("application/x-ndjson", '{"endpoint":"gw-2"}\n{"endpoint":"gw-3"}\n')
        self.assertEqual((answer["created"], answer["updated"]), (1, 1), answer)
        self.assertEqual(self.device("gw-2")["state"], "registered")

    def test_nothing_is_answered_before_its_event_is_kept(self):
        self.load("text/csv", "endpoint\nx-1\n")
        for n in range(40):
            self.api.request("PUT", "/v1/devices/x-1/tags", b'{"n": "%d"}' % n)
            newest = self.api.get("/audit", kind="device", limit=1)["items"][0]
            self.assertEqual((newest["event"], newest.get("tags")), ("tagged", {"n": str(n)}))

    def test_who_created_one_is_known(self):
        self.api.post("/devices", {"endpoint": "x-1", "tags": {"a": "1"}})
        self.api.post("/devices", {"endpoint": "x-2"})
        with self.assertRaises(Problem):
            self.api.post("/devices", {"endpoint": "x-1", "tags": {"a": "2"}})
        told = [(e["event"], e["actor"], e["endpoint"], e["tags"])
                for e in self.api.get("/audit", kind="device")["items"]]
        self.assertEqual(told, [("created", "admin", "x-2", {}),
                                ("created", "admin", "x-1", {"a": "1"})])

    def test_a_kept_answer_goes_with_its_device_and_with_its_token(self):
        def create(api, key, endpoint):
            return api.request("POST", "/v1/devices", {"endpoint": endpoint}, {"Idempotency-Key": key})[1]
        replays = lambda *args: "Idempotency-Replayed" in create(*args)
        self.assertFalse(replays(self.api, "a", "x-1"))
        self.assertFalse(replays(self.api, "b", "x-2"))
        self.api.request("DELETE", "/v1/devices/x-1")
        self.assertTrue(replays(self.api, "b", "x-2"))
        self.assertFalse(replays(self.api, "a", "x-1"))
        self.assertEqual(self.device("x-1")["state"], "expected")
        sam = lambda: harness.Api(self.daemon.http_port, self.api.post(
            "/tokens", {"name": "sam", "role": "operator"})["token"])
        first = sam()
        self.assertFalse(replays(first, "c", "x-3"))
        self.assertTrue(replays(first, "c", "x-3"))
        self.api.request("DELETE", "/v1/tokens/sam")
        with self.assertRaises(Problem) as caught:
            create(sam(), "c", "x-3")
        self.assertEqual(caught.exception.json["type"], "/problems/device-exists")

    def test_keeps_them_over_a_restart(self):
        self.load("text/csv", "endpoint,tag.a\nx-1,1\nx-2,2\n")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.device("x-2")["state"], "expected")
        self.assertEqual(self.api.get("/status")["devices"], {"expected": 2})
        with self.assertRaises(Problem) as caught:
            self.api.post("/devices", {"endpoint": "x-1"})
        self.assertEqual(caught.exception.json["type"], "/problems/device-exists")
        self.assertEqual(self.api.post("/devices", {"endpoint": "x-3"})["state"], "expected")

    def test_imports_nothing_of_a_broken_list_unless_told(self):
        with self.assertRaises(Problem) as caught:
            self.load("text/csv", "endpoint,tag.a\nx-1,1\nx-2\n")
        problem = caught.exception.json
        self.assertEqual(problem["errors"], [{"line": 3, "reason": "it has too few columns"}])
        self.assertEqual(self.api.get("/status")["devices"], {})
        answer = self.load("text/csv", "endpoint,tag.a\nx-1,1\nx-2\n", "?on_error=skip")
        self.assertEqual((answer["rows"], answer["created"], answer["failed"]), (2, 1, 1))
        events = harness.json.loads(self.api.request(
            "GET", "/v1/events?kind=device", headers={"Accept": "application/json"})[2])["items"]
        self.assertEqual([(e["event"], e["actor"]) for e in events][:1], [("imported", "admin")])

    def test_names_rows_of_an_endpoint_that_the_list_had(self):
        rows = "endpoint,tag.a\nx-1,1\nx-2,2\nx-1,3\n"
        with self.assertRaises(Problem) as caught:
            self.load("text/csv", rows)
        errors = [{"line": 4, "reason": "the endpoint is that of line 2"}]
        self.assertEqual(caught.exception.json["errors"], errors)
        answer = self.load("text/csv", rows, "?on_error=skip")
        self.assertEqual((answer["created"], answer["errors"]), (2, errors))
        self.assertEqual(self.device("x-1")["tags"], {"a": "1"})

    def test_says_why_it_took_a_row_no_more(self):
        self.load("text/csv", "endpoint\n" + "".join(f"x-{n}\n" for n in range(3)))
        answer = self.load("text/csv", "endpoint,tag.a\nx-1,1\ny-1,2\n\ny-2,3\n", "?on_error=skip")
        self.assertEqual((answer["rows"], answer["created"], answer["updated"], answer["failed"]),
                         (3, 1, 1, 1))
        full = "there are as many devices as devices_max allows"
        self.assertEqual(answer["errors"], [{"line": 5, "reason": full}])
        with self.assertRaises(Problem) as caught:
            self.api.post("/devices", {"endpoint": "y-3"})
        self.assertEqual((caught.exception.status, caught.exception.json["detail"]), (409, full))

    def test_counts_a_row_with_too_many_tags_once(self):
        names = [f"t{n}" for n in range(32)]
        self.load("text/csv", "".join(["endpoint", *(f",tag.{n}" for n in names), "\n"])
                  + "".join(f"x-{n}" + ",v" * 32 + "\n" for n in range(2)))
        one_more = "endpoint,tag.new\nx-0,v\ny-1,v\nx-1,v\n"
        with self.assertRaises(Problem) as caught:
            self.load("text/csv", one_more)
        refused = caught.exception.json
        answer = self.load("text/csv", one_more, "?on_error=skip")
        self.assertEqual({k: answer[k] for k in ("rows", "created", "updated", "failed")},
                         {"rows": 3, "created": 1, "updated": 0, "failed": 2})
        self.assertEqual([e["line"] for e in answer["errors"]], [2, 4])
        self.assertEqual((refused["failed"], refused["errors"]), (2, answer["errors"]))

    def test_tags_only_what_it_saw(self):
        self.load("text/csv", "endpoint,tag.a\nx-1,1\n")
        etag = self.api.request("GET", "/v1/devices/x-1")[1]["ETag"]
        patch = lambda body: self.api.request("PATCH", "/v1/devices/x-1", body, {"If-Match": etag})
        patch({"tags": {"b": "2", "a": None}})
        self.assertEqual(self.device("x-1")["tags"], {"b": "2"})
        with self.assertRaises(Problem) as caught:
            patch({"tags": {"c": "3"}})
        self.assertEqual(caught.exception.status, 412)
        self.assertEqual(self.device("x-1")["tags"], {"b": "2"})


class Deleted(harness.Scenario):
    def test_leave_nothing_but_numbers(self):
        app = self.image("application", "2.0")
        fleet = self.fleet([LINE + " lifetime=6"], [app])
        self.upload([app])
        self.wait_devices(2)
        self.api.request("PUT", "/v1/devices/gw-1/tags", {"site": "secret-place"})
        campaign = self.campaign({"install": "hold"})
        wait_until(lambda: len(self.api.all(f"/campaigns/{campaign}/tasks", waiting_for="install")) == 2,
                   "both to hold")
        with self.assertRaises(Problem) as caught:
            self.api.request("DELETE", "/v1/devices/gw-1")
        self.assertEqual((caught.exception.status, caught.exception.json["type"]),
                         (409, "/problems/device-busy"))
        self.assertEqual(caught.exception.json["detail"],
                         f"An update of campaign {campaign} is on its way (waiting, for install): "
                         "cancel the task, or wait for its end.")
        self.api.post(f"/campaigns/{campaign}/install")
        self.wait_campaign(campaign)
        fleet.process.send_signal(harness.signal.SIGSTOP)
        old = self.api.get("/devices/gw-1")["id"]
        self.api.request("DELETE", "/v1/devices/gw-1")
        with self.assertRaises(Problem):
            self.api.get("/devices/gw-1")
        self.assertEqual(set(self.tasks(campaign)), {"", "gw-2"})
        self.assertEqual(self.api.get(f"/campaigns/{campaign}/progress")["tasks"], {"succeeded": 2})
        events = self.api.request("GET", "/v1/events?limit=1000",
                                  headers={"Accept": "application/json"})[2].decode()
        self.assertNotIn("gw-1", events)
        self.assertNotIn("secret-place", events)
        self.assertIn('"event":"deleted","actor":"admin"', self.api.request(
            "GET", "/v1/events?kind=device", headers={"Accept": "application/json"})[2].decode(),
            "who did it")
        fleet.process.send_signal(harness.signal.SIGCONT)
        again = wait_until(lambda: [d for d in self.api.all("/devices", include="tags")
                                    if d["endpoint"] == "gw-1"], "gw-1 to register anew")[0]
        self.assertEqual(again["tags"], {})
        self.assertNotEqual(again["id"], old)


class CutOff(harness.Scenario):
    daemon_options = {"devices_max": 100000}

    def load(self):
        body = "endpoint\n" + "".join(f"y-{n}\n" for n in range(30000))
        try:
            self.api.request("POST", "/v1/devices", body.encode(), {"Content-Type": "text/csv"})
        except OSError:
            pass  # the daemon was killed

    def test_who_began_an_import_is_known(self):
        there = lambda: self.api.get("/status")["devices"].get("expected", 0)
        loading = threading.Thread(target=self.load)
        loading.start()
        wait_until(lambda: there() > 0, "the first chunk")
        self.daemon.kill()
        loading.join()
        self.daemon.start()
        self.assertGreater(there(), 0)
        events = [(e["event"], e["actor"], e["rows"]) for e in self.api.all("/audit", kind="device")]
        self.assertEqual(events[-1], ("importing", "admin", 30000))


class Waiting(harness.Scenario):
    def test_devices_leave_with_their_tasks(self):
        app = self.image("application", "2.0")
        self.fleet([LINE + " update-ms=5000"], [app])
        self.upload([app])
        self.wait_devices(2)
        campaign = self.campaign({"brake": {"first": 1}})
        in_state = lambda **what: [t["endpoint"] for t in self.api.all(
            f"/campaigns/{campaign}/tasks", **what)]
        held = wait_until(lambda: in_state(state="updating"), "one to update")
        other = in_state(waiting_for="wave")
        self.assertEqual((len(held), len(other)), (1, 1))
        self.assertEqual(self.api.request("DELETE", "/v1/devices/" + other[0])[0], 204)
        self.wait_campaign(campaign)
        tasks = self.tasks(campaign)
        self.assertEqual({name: (t["state"], t.get("reason")) for name, t in tasks.items()},
                         {held[0]: ("succeeded", None), "": ("canceled", "deleted")})
        events = harness.json.loads(self.api.request(
            "GET", "/v1/events?kind=task", headers={"Accept": "application/json"})[2])["items"]
        self.assertEqual([e["actor"] for e in events if e["event"] == "cancel"], ["admin"])


class Moved(harness.Scenario):
    def register(self, source):
        client = coap.Client(self.daemon.coap_port)
        client.socket.close()
        client.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.socket.bind((source, 0))
        client.socket.connect(("127.0.0.1", self.daemon.coap_port))
        self.addCleanup(client.close)
        answer = client.register(["ep=gw-1", "lt=300", "lwm2m=1.1", "b=U"], "</1/0>,</3/0>")
        self.assertEqual(answer.name, "2.01")

    def moves(self):
        events = harness.json.loads(self.api.request(
            "GET", "/v1/events?kind=device", headers={"Accept": "application/json"})[2])["items"]
        return [(e["endpoint"], e["from"], e["to"]) for e in events if e["event"] == "moved"]

    def test_devices_are_told_of_unless_only_the_port_is_another(self):
        self.register("127.0.0.1")
        self.register("127.0.0.1")
        self.assertEqual(self.moves(), [])
        self.register("127.0.0.2")
        wait_until(lambda: self.moves() == [("gw-1", "127.0.0.1", "127.0.0.2")], "the event")


class Profiled(harness.Scenario):
    def test_components_are_shown_with_role_and_processor(self):
        self.api.post("/profiles", {"name": "gw", "manufacturer": "Example", "model": "GW-100", "components": [
            {"name": "application", "role": "application", "processor": "nrf91"}]})
        app = self.image("application", "2.0")
        self.fleet([LINE], [app])
        self.upload([app])
        self.wait_devices(2)
        kind = lambda c: (c["component"], c.get("role"), c.get("processor"))
        expected = ("application", "application", "nrf91")
        plan = self.api.post("/plans", {"bundle": "gateway@2026.11", "q": "endpoint==*"})
        self.assertEqual([kind(c) for c in plan["groups"][0]["stages"][0]["components"]], [expected])
        campaign = self.campaign({"brake": {"first": 0}})
        self.wait_campaign(campaign)
        task = self.api.get(f"/campaigns/{campaign}/tasks/gw-1")
        self.assertEqual([kind(c) for c in task["components"]], [expected])
        for task in self.api.all(f"/campaigns/{campaign}/tasks", include="components"):
            self.assertEqual([kind(c) for c in task["components"]], [expected])


class Full(harness.Scenario):
    daemon_options = {"devices_max": 3}

    def test_takes_no_more_than_it_may(self):
        rows = "endpoint\n" + "".join(f"x-{i}\n" for i in range(4))
        with self.assertRaises(Problem) as caught:
            self.api.request("POST", "/v1/devices", rows.encode(), {"Content-Type": "text/csv"})
        self.assertEqual(caught.exception.status, 409)
        self.assertEqual(self.api.get("/status")["devices"], {})
        answer = self.api.request("POST", "/v1/devices?on_error=skip", rows.encode(),
                                  {"Content-Type": "text/csv"})[2]
        self.assertEqual(harness.json.loads(answer)["failed"], 1)
        self.assertEqual(self.api.get("/status")["devices"], {"expected": 3})


if __name__ == "__main__":
    harness.main()
