# SPDX-License-Identifier: Apache-2.0
"""Five hundred clients follow the events while things change: each sees all of them, in
order, whatever the others do; who has no right, or has it no more, sees nothing."""

import concurrent.futures
import os
import re
import selectors
import socket

import harness
from harness import wait_until

EVENT = re.compile(rb"id: (\d+)\nevent: (\w+)\ndata: (.*)")
TAG = "x" * 200
FOLLOWERS = 500


class Follower:
    def __init__(self, port, token, query="", receive_bytes=0):
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.connect(("127.0.0.1", port))
        field = f"Authorization: Bearer {token}\r\n" if token else ""
        # 1.0: what comes is not in chunks.
        self.socket.sendall(f"GET /v1/events{query} HTTP/1.0\r\nHost: x\r\n{field}\r\n".encode())
        self.socket.setblocking(False)
        self.rest, self.status, self.has_ended = b"", None, False
        self.seen = []  # (id, kind)

    def read(self):
        """What is there now."""
        try:
            part = self.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except ConnectionError:
            part = b""
        self.has_ended = not part
        self.rest += part
        if self.status is None and b"\r\n\r\n" in self.rest:
            head, _, self.rest = self.rest.partition(b"\r\n\r\n")
            self.status = int(head.split(b" ", 2)[1])
        *whole, self.rest = self.rest.split(b"\n\n")
        for text in whole:
            for number, kind, _ in EVENT.findall(text):
                self.seen.append((int(number), kind.decode()))

    @property
    def last(self):
        return self.seen[-1][0] if self.seen else 0


class Crowd(harness.Scenario):
    daemon_options = {"http_connections_per_address": "700", "http_followers_max": str(FOLLOWERS),
                      "http_heartbeat_ms": "1 s", "http_requests_per_s": "0"}

    def make_daemon(self):
        daemon = super().make_daemon()
        # What was freed shall not look like what is kept.
        daemon.env = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}
        return daemon

    def rss_kib(self):
        with open(f"/proc/{self.daemon.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def follow(self, count, token=None, **more):
        made = [Follower(self.daemon.http_port, self.api.token if token is None else token, **more)
                for _ in range(count)]
        for one in made:
            self.addCleanup(one.socket.close)
        return made

    def read_until(self, followers, is_done, what):
        """Read from all of them until is_done()."""
        with selectors.DefaultSelector() as selector:
            for one in followers:
                if not one.has_ended:
                    selector.register(one.socket, selectors.EVENT_READ, one)

            def turn():
                self.rss_max = max(self.rss_max, self.rss_kib())
                for key, _ in selector.select(0):
                    key.data.read()
                    if key.data.has_ended:
                        selector.unregister(key.fileobj)
                return is_done()
            wait_until(turn, what)

    def change(self, i):
        """One mutation: large, small, of several kinds."""
        if i % 3 == 0:
            self.api.post("/tokens", {"name": f"t-{i}", "role": "viewer"})
        else:
            self.api.request("PATCH", f"/v1/devices/d-{i % 5}", {"tags": {f"t{n}": f"{i}-{TAG}" for n in range(4 * (i % 5))}})

    def change_all(self, numbers, followers):
        """By four at once, while the followers read. @return the id of the last event"""
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            done = [pool.submit(self.change, i) for i in numbers]
            self.read_until(followers, lambda: all(d.done() for d in done), "all changes")
            for d in done:
                d.result()
        return self.newest()

    def newest(self):
        return int(self.api.request("GET", "/v1/events?limit=1", headers={"Accept": "application/json"})[2]
                   .split(b'"event_id":"')[1].split(b'"')[0])

    def log(self, after):
        text = self.api.request("GET", "/v1/events", headers={"Accept": "application/x-ndjson"})[2]
        lines = [harness.json.loads(line) for line in text.splitlines()]
        return sorted((int(e["event_id"]), e["kind"]) for e in lines if int(e["event_id"]) > after)

    def test_each_sees_all_and_nobody_more(self):
        self.api.request("POST", "/v1/devices", b"endpoint\n" + b"".join(b"d-%d\n" % i for i in range(5)),
                         {"Content-Type": "text/csv"})
        guest = self.api.post("/tokens", {"name": "guest", "role": "viewer"})["token"]
        before_kib = self.rss_max = self.rss_kib()
        deaf = self.follow(20, receive_bytes=4096)
        leaving = self.follow(20)
        guests = self.follow(20, token=guest)
        of_tokens = self.follow(40, query="?kind=token")
        readers = self.follow(FOLLOWERS - 100)
        strangers = self.follow(5, token="") + self.follow(5, token="guess")
        all_that_read = readers + of_tokens + guests + leaving
        self.read_until(all_that_read, lambda: all(f.status == 200 for f in all_that_read), "all to follow")
        more = self.follow(3)  # for three of them, or of the deaf, there is no place
        self.read_until(strangers + more, lambda: all(f.has_ended for f in strangers), "strangers to be sent away")
        self.assertEqual({f.status for f in strangers}, {401})

        begin = self.newest()
        self.change_all(range(60), all_that_read)
        for one in leaving:
            one.socket.close()
        staying = readers + of_tokens
        self.api.request("DELETE", "/v1/tokens/guest")
        revoked = self.newest()
        end = self.change_all(range(60, 120), staying + guests)
        self.api.post("/tokens", {"name": "last", "role": "viewer"})
        end = self.newest()
        self.read_until(staying + guests, lambda: all(f.last == end for f in staying) and
                        all(f.has_ended for f in guests), "all to have seen the last")
        log = self.log(begin)
        self.assertGreaterEqual(len(log), 121)
        for one in readers:
            self.assertEqual(one.seen, log)
        for one in of_tokens:
            self.assertEqual(one.seen, [e for e in log if e[1] == "token"])
        for one in guests:
            self.assertEqual(one.seen, log[:len(one.seen)])
            self.assertLessEqual(one.last, revoked)
        for one in strangers:
            self.assertEqual(one.seen, [])
        # Who has not read until now has lost nothing, and cost no more than the others.
        self.read_until(deaf, lambda: all(f.last == end or f.status == 429 for f in deaf), "the deaf to catch up")
        for one in deaf:
            self.assertEqual(one.seen, log if one.status == 200 else [])
        self.assertEqual(sorted(f.status for f in deaf + more), [200] * len(deaf) + [429] * len(more))
        self.assertLess(self.rss_max - before_kib, FOLLOWERS * 160)
        print(f"{(self.rss_max - before_kib) // FOLLOWERS} KiB a follower at most", end=" ")


if __name__ == "__main__":
    harness.main()
