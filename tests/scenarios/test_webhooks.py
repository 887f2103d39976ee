# SPDX-License-Identifier: Apache-2.0
"""Webhooks: signed, in order, again until they are taken, and not to just anywhere."""

import hashlib
import hmac
import http.server
import json
import socket
import subprocess
import threading

import harness
from harness import wait_until

SECRET = "a secret of some length"


class Receiver:
    """answers: what to say to the first requests, then 204; a function is called."""

    def __init__(self, *answers, location=None):
        self.answers = list(answers)
        self.location = location
        self.got = []
        self.gone = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers.pop(0) if receiver.answers else 204
                receiver.got.append((dict(self.headers), body, status))
                if status is None:  # never
                    receiver.gone.wait()
                    return
                self.send_response(status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.gone.set()
        self.server.shutdown()
        self.server.server_close()

    def events(self, *statuses):
        """What was answered so; without statuses all."""
        return [json.loads(body) for _, body, status in self.got if not statuses or status in statuses]


class Stream:
    """Reads the head of each request, and says what is given, for ever."""

    def __init__(self, first, part, pause_s=0):
        self.connections, self.is_closed, self.sent = 0, False, 0
        self.said = (first, part, pause_s)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/hook"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.is_closed:
            try:
                threading.Thread(target=self.speak, args=(self.socket.accept()[0],), daemon=True).start()
            except OSError:
                return

    def speak(self, connection):
        first, part, pause_s = self.said
        self.connections += 1
        with connection:
            try:
                connection.recv(4096)
                connection.sendall(first)
                while not self.is_closed:
                    connection.sendall(part)
                    self.sent += len(part)
                    self.tick.wait(pause_s)
            except OSError:
                pass

    tick = threading.Event()  # nobody sets it: it only waits

    def close(self):
        self.is_closed = True
        self.socket.close()


class Hooked(harness.Scenario):
    daemon_options = {"webhook_allow_private": "yes", "webhook_retry_ms": "50 ms",
                      "webhook_retry_max_ms": "200 ms", "webhook_timeout_ms": "500 ms"}

    def receiver(self, *answers, **more):
        receiver = Receiver(*answers, **more)
        self.addCleanup(receiver.close)
        return receiver

    def hook(self, url, name="chat", **more):
        return self.api.post("/webhooks", {"name": name, "url": url, **{"secret": SECRET, **more}})

    def happen(self, *names):
        for name in names:
            self.api.post("/tokens", {"name": name, "role": "viewer"})

    def deliveries(self, name="chat"):
        return self.api.get(f"/webhooks/{name}/deliveries")["items"]


class Webhooks(Hooked):
    def test_events_come_in_order_and_are_signed(self):
        receiver = self.receiver()
        self.hook(receiver.url, kinds=["token"])
        self.api.post("/devices", {"endpoint": "not-asked-for"})
        names = [f"t{i}" for i in range(30)]
        self.happen(*names)
        wait_until(lambda: len(receiver.got) >= 30, "30 events")
        events = receiver.events()
        self.assertEqual([event["id"] for event in events], names)
        self.assertEqual({event["kind"] for event in events}, {"token"})
        headers, body, _ = receiver.got[0]
        self.assertEqual(headers["Lockstep-Event"], "token")
        self.assertEqual(headers["Lockstep-Event-Id"], events[0]["event_id"])
        time, signature = [part.split("=")[1] for part in headers["Lockstep-Signature"].split(",")]
        signed = time.encode() + b"." + body
        self.assertEqual(signature, hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest())
        openssl = subprocess.run(["openssl", "dgst", "-sha256", "-hmac", SECRET], input=signed,
                                 capture_output=True, check=True).stdout
        self.assertIn(signature.encode(), openssl)
        wait_until(lambda: len([d for d in self.deliveries() if d["done"]]) == 30, "30 written down")
        self.assertEqual({(d["status"], d["tries"]) for d in self.deliveries()}, {(204, 1)})

    def test_a_failure_is_tried_again_before_the_next_event(self):
        receiver = self.receiver(500, 503)
        self.hook(receiver.url, kinds=["token"])
        self.happen("one", "two")
        wait_until(lambda: len(receiver.got) >= 4, "two failures and two events")
        self.assertEqual([event["id"] for event in receiver.events()], ["one", "one", "one", "two"])
        wait_until(lambda: len(self.deliveries()) == 4, "four tries written down")
        self.assertEqual([(d["status"], d["tries"], d["done"]) for d in reversed(self.deliveries())],
                         [(500, 1, False), (503, 2, False), (204, 3, True), (204, 1, True)])

    def test_who_does_not_take_them_is_bounded(self):
        elsewhere = self.receiver()
        self.hook(self.receiver(*[302] * 1000, location=elsewhere.url).url, "loop")
        self.hook(self.receiver(*[None] * 1000).url, "silent")
        self.hook("http://127.0.0.1:1/", "dead")
        self.hook("http://name.invalid/", "nameless")
        self.hook(self.receiver(*[400] * 1000).url, "wrong")
        good = self.receiver()
        self.hook(good.url, "good", kinds=["token"])
        self.happen(*[f"t{i}" for i in range(20)])
        wait_until(lambda: len(good.got) == 20, "the good one to get all")
        for name in ("loop", "silent", "dead", "nameless", "wrong"):
            tries = wait_until(lambda: self.deliveries(name), name)
            wait_until(lambda: self.deliveries(name)[0]["tries"] > 1, f"{name} again")
            self.assertEqual(len({d["event_id"] for d in self.deliveries(name)}), 1, name)
            self.assertFalse(tries[0]["done"])
        self.assertIn("redirects", self.deliveries("loop")[0]["error"])
        self.assertIn("tim", self.deliveries("silent")[0]["error"].lower())
        self.assertEqual(elsewhere.got, [])

    def test_an_answer_without_end_is_cut_off(self):
        ok = b"HTTP/1.1 200 OK\r\n"
        cases = {  # what is said, and whether it counts as an answer
            "body": (Stream(ok + b"Content-Length: 99999999999\r\n\r\n", b"x" * 65536), True),
            "chunks": (Stream(ok + b"Transfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + b"x" * 65535 + b"\r\n"), True),
            "fields": (Stream(ok, b"X: " + b"y" * 8000 + b"\r\n"), False),
            "field": (Stream(ok + b"X: ", b"y" * 65536), False),
            "interim": (Stream(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), False),
            "status": (Stream(b"HTTP/1.1 ", b"2" * 65536), False),
            "drip": (Stream(ok + b"X: ", b"y", 0.05), False),
            "nonsense": (Stream(b"", b"\0" * 65536), False),
        }
        before = self.rss_kib()
        for name, (stream, _) in cases.items():
            self.addCleanup(stream.close)
            self.hook(stream.url, name, kinds=["token"])
        self.happen("one")
        for name, (_, is_answer) in cases.items():
            wait_until(lambda: [d for d in self.deliveries(name) if d["done"] == is_answer and d["tries"] >= 2 - is_answer],
                       f"'{name}' to have come to something")
            newest = self.deliveries(name)[0]
            self.assertEqual(newest.get("status", 0), 200 if is_answer else 0, (name, newest))
        self.assertIn("no end", self.deliveries("fields")[0]["error"])
        self.assertLess(self.rss_kib() - before, 64 * 1024)

    def rss_kib(self):
        with open(f"/proc/{self.daemon.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def test_no_redirect_is_followed(self):
        elsewhere = self.receiver()
        loop = self.receiver()
        for status in (301, 302, 303, 307, 308):
            self.hook(self.receiver(*[status] * 100, location=elsewhere.url).url, f"away-{status}", kinds=["token"])
        loop.answers = [307] * 100
        loop.location = loop.url
        self.hook(loop.url, "loop", kinds=["token"])
        self.happen("one")
        for name in ("loop", "away-301", "away-302", "away-303", "away-307", "away-308"):
            wait_until(lambda: len(self.deliveries(name)) >= 2, f"two tries of {name}")
            self.assertIn("redirects", self.deliveries(name)[0]["error"])
        self.assertEqual(elsewhere.got, [])
        self.assertLessEqual(len(loop.got), self.deliveries("loop")[0]["tries"] + 1)

    def signed(self, got, secret):
        headers, body, _ = got
        time, signature = [part.split("=")[1] for part in headers["Lockstep-Signature"].split(",")]
        return signature == hmac.new(secret.encode(), time.encode() + b"." + body, hashlib.sha256).hexdigest()

    def test_the_secret_is_in_no_file_and_gone_with_its_key(self):
        receiver = self.receiver()
        self.hook(receiver.url, kinds=["token"])
        made = self.api.post("/webhooks", {"name": "other", "url": receiver.url, "kinds": ["plan"]})
        self.happen("one")
        wait_until(lambda: receiver.got, "the first")
        copy = self.folder / "copy.db"
        subprocess.run([str(harness.LOCKSTEPD), "--config", "/dev/null", "--set", f"state_dir={self.daemon.state}",
                        "--backup", str(copy)], check=True, capture_output=True)
        self.daemon.stop()
        files = [path for path in self.daemon.state.rglob("*") if path.is_file()] + [copy]
        self.assertIn("lockstep.db", [path.name for path in files])
        for path in files:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
            for secret in (SECRET, made["secret"]):
                self.assertNotIn(secret.encode(), path.read_bytes(), path)
                self.assertNotIn(secret.encode().hex().encode(), path.read_bytes(), path)
        self.assertNotIn((self.daemon.state / "store-key").read_text().strip().encode(), copy.read_bytes())
        (self.daemon.state / "store-key").unlink()
        self.daemon.start()
        self.happen("two")
        wait_until(lambda: "store-key" in self.deliveries()[0].get("error", ""), "its secret not to be readable")
        self.assertEqual(len(receiver.got), 1)
        self.hook(receiver.url, kinds=["token"], secret="another of some length")
        wait_until(lambda: len(receiver.got) >= 2, "the second")
        self.assertTrue(self.signed(receiver.got[0], SECRET))
        self.assertTrue(self.signed(receiver.got[1], "another of some length"))

    def test_a_restart_goes_on_where_it_was(self):
        receiver = self.receiver(*[500] * 3)
        self.hook(receiver.url, kinds=["token"])
        self.happen("one", "two", "three")
        wait_until(lambda: receiver.got, "a try")
        self.daemon.kill()
        self.daemon.start()
        wait_until(lambda: len(receiver.events(204)) >= 3, "three events")
        self.assertEqual([event["id"] for event in receiver.events(204)], ["one", "two", "three"])
        self.happen("four")
        wait_until(lambda: receiver.events(204)[-1]["id"] == "four", "the fourth")

    def test_it_is_tried_out_changed_and_deleted(self):
        receiver = self.receiver()
        self.hook("http://127.0.0.1:1/", kinds=["plan"])
        made = self.api.post("/webhooks", {"name": "other", "url": receiver.url, "kinds": ["plan"]})
        self.assertEqual(len(made["secret"]), 64)
        self.api.post("/webhooks/chat/test")
        wait_until(lambda: self.deliveries(), "a try that fails")
        again = self.api.post("/webhooks", {"name": "chat", "url": receiver.url, "kinds": ["plan"]})
        self.assertNotIn("secret", again)
        wait_until(lambda: receiver.got, "the test to come")
        self.assertEqual([(e["kind"], e["event"], e["id"]) for e in receiver.events()], [("webhook", "test", "chat")])
        self.assertEqual(self.deliveries("other"), [])
        self.assertNotIn(SECRET, json.dumps(self.api.get("/webhooks")))
        self.api.request("DELETE", "/v1/webhooks/chat")
        with self.assertRaises(harness.Problem) as raised:
            self.api.post("/webhooks/chat/test")
        self.assertEqual(raised.exception.status, 404)

    def test_nonsense_is_refused(self):
        for body in ({"url": "ftp://a/"}, {"url": "http://"}, {"url": "http://u:p@a/"}, {"url": "http://a b/"},
                     {"url": "https://a/#x"}, {"url": "http://a/" + 600 * "x"}, {"secret": "short"},
                     {"secret": "x" * 200}, {"secret": "line\nfeed and more of it"}, {"kinds": ["task", "tusk"]},
                     {"campaign": "x"}, {"name": ""}, {"more": 1}):
            with self.assertRaises(harness.Problem, msg=body) as raised:
                self.api.post("/webhooks", {"name": "x", "url": "http://a/", **body})
            self.assertEqual(raised.exception.status, 400, body)


class Closed(Hooked):
    """Nothing private, as it is by default; an event too old is given up."""

    daemon_options = dict(Hooked.daemon_options, webhook_allow_private="no", webhook_give_up_s="1 s")

    def test_private_addresses_are_not_connected_to(self):
        receiver = self.receiver()
        port = receiver.url.split(":")[2]
        for i, host in enumerate(["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0", "2130706433"]):
            self.hook(f"http://{host}:{port}", f"h{i}", kinds=["token"])
        self.happen("one")
        for i in range(6):
            wait_until(lambda: self.deliveries(f"h{i}"), f"a try of h{i}")
            self.assertIn("private", self.deliveries(f"h{i}")[-1]["error"], i)
            wait_until(lambda: self.deliveries(f"h{i}")[0]["done"], "it to be given up")
            self.assertIn("given up", self.deliveries(f"h{i}")[0]["error"])
        self.assertEqual(receiver.got, [])


if __name__ == "__main__":
    harness.main()
