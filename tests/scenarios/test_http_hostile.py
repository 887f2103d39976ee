# SPDX-License-Identifier: Apache-2.0
"""HTTP clients that mean ill, or fail: all are cut off, and the others are served."""

import os
import socket

import harness
from harness import wait_until


# libmicrohttpd has no room for their parts, nor for its own answer.
FLOODS = (b"GET /?" + b"&".join([b"a"] * 2000) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
          b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 1500 + b"\r\n")


class Hostile(harness.Scenario):
    daemon_options = {"http_idle_timeout_s": "1 s", "http_connections_max": "64",
                      "http_connections_per_address": "48", "http_followers_max": "600",
                      "http_heartbeat_ms": "200 ms"}

    def dial(self, source="127.0.0.1"):
        made = socket.create_connection(("127.0.0.1", self.daemon.http_port), 30, (source, 0))
        self.addCleanup(made.close)
        return made

    def read(self, connection):
        """All that comes until the other side closes."""
        text = b""
        while True:
            try:
                part = connection.recv(65536)
            except ConnectionError:
                return text
            if not part:
                return text
            text += part

    def raw(self, *parts):
        connection = self.dial()
        for part in parts:
            try:
                connection.sendall(part)
            except ConnectionError:
                break
        return self.read(connection)

    def is_well(self):
        self.assertEqual(self.api.get("/status")["version"][:1].isdigit(), True)

    def bearer(self):
        return f"Authorization: Bearer {self.api.token}\r\n".encode()

    def test_cuts_off_who_is_slow(self):
        post = b"POST /v1/plans HTTP/1.1\r\nHost: x\r\n" + self.bearer()
        for begun in (b"", b"GET /hea", b"GET /healthz HTTP/1.1\r\nHo", b"GET /healthz HTTP/1.1\r\nHost: x\r\n",
                      post + b"Content-Length: 50\r\n\r\n{", post + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"):
            self.assertNotIn(b" 200 ", self.raw(begun), begun)
        self.is_well()

    def test_takes_a_request_byte_by_byte(self):
        body = b'{"bundle":"none@1","q":"endpoint==*"}'
        request = (b"POST /v1/plans HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + self.bearer() +
                   b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = self.raw(*(request[i:i + 1] for i in range(len(request))))
        self.assertIn(b" 404 ", answer.partition(b"\r\n")[0])
        self.assertIn(b"/problems/not-found", answer)

    def test_refuses_floods_of_fields_and_bodies(self):
        get = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
        fields = b"".join(b"X-%d: a\r\n" % i for i in range(3000))
        self.assertIn(b" 431 ", self.raw(get + fields[:2000] + b"\r\n\r\n").partition(b"\r\n")[0])
        for flood in (get + fields * 3 + b"\r\n", get + b"X: " + b"a" * 300000 + b"\r\n\r\n",
                      b"GET /" + b"a" * 300000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"):
            self.assertNotIn(b" 200 ", self.raw(flood).partition(b"\r\n")[0])
        post = b"POST /v1/plans HTTP/1.1\r\nHost: x\r\n" + self.bearer()
        large = self.raw(post + b"Content-Length: 999999999\r\n\r\n")
        self.assertIn(b" 413 ", large.partition(b"\r\n")[0])
        chunks = (b"10000\r\n" + b" " * 0x10000 + b"\r\n" for _ in range(2000))
        self.assertNotIn(b" 201 ", self.raw(post + b"Transfer-Encoding: chunked\r\n\r\n", *chunks))
        self.is_well()

    def test_requests_without_room_leave_nothing_behind(self):
        """ASan finds at the end what is left of them."""
        for flood in FLOODS:
            flooded = [self.dial() for _ in range(40)]
            for connection in flooded:
                connection.sendall(flood)
            for connection in flooded:
                self.assertNotIn(b" 200 ", self.read(connection).partition(b"\r\n")[0])
        self.is_well()
        self.assertEqual(self.daemon.stop(), 0, self.daemon.log()[-3000:])

    def test_one_address_does_not_take_all_connections(self):
        held = [self.dial() for _ in range(60)]

        def refused():
            """Those beyond the limit are closed before they said anything."""
            count = 0
            for connection in held:
                connection.setblocking(False)
                try:
                    count += connection.recv(1) == b""
                except BlockingIOError:
                    pass
                except ConnectionError:
                    count += 1
            return count
        wait_until(lambda: refused() >= 12, "12 of 60 to be refused")
        other = self.dial("127.0.0.2")
        other.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertIn(b" 200 ", self.read(other))
        for connection in held:
            connection.close()
        wait_until(lambda: self.serves(), "room again")

    def serves(self):
        try:
            return self.api.get("/status")
        except OSError:
            return None

    def test_requests_of_a_token_are_limited(self):
        self.daemon.stop()
        self.daemon.options["http_requests_per_s"] = 5
        self.daemon.start()
        other = self.api.post("/tokens", {"name": "other", "role": "viewer"})["token"]

        def ask(token):
            try:
                harness.Api(self.daemon.http_port, token).request("GET", "/v1/status")
                return None
            except harness.Problem as problem:
                self.assertEqual((problem.status, problem.json["type"]), (429, "/problems/too-many"))
                return problem
        problem = next(filter(None, (ask(self.api.token) for _ in range(200))))
        self.assertEqual(problem.headers.get_all("Retry-After"), ["1"])
        self.assertIsNone(ask(other))
        wait_until(lambda: ask(self.api.token) is None, "the limit to be over")


class Stop(harness.Scenario):
    """libmicrohttpd dies of an answer of its own while it stops."""

    daemon_options = {"http_connections_per_address": "600"}

    def test_amid_floods(self):
        for flood in FLOODS:
            for _ in range(300):
                with socket.create_connection(("127.0.0.1", self.daemon.http_port), 30) as made:
                    made.sendall(flood)
            self.assertEqual(self.daemon.stop(), 0, self.daemon.log()[-3000:])
            self.daemon.start()


class Gone(harness.Scenario):
    """Five hundred followers, of whom all leave without a word."""

    daemon_options = {"http_heartbeat_ms": "200 ms", "http_connections_per_address": "600",
                      "http_idle_timeout_s": "5 s"}

    def rss_kib(self):
        with open(f"/proc/{self.daemon.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))

    def follow(self, count):
        request = (f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.api.token}"
                   "\r\n\r\n").encode()
        made = []
        for _ in range(count):
            made.append(socket.create_connection(("127.0.0.1", self.daemon.http_port), 30))
            made[-1].sendall(request)
        for connection in made:
            self.assertIn(b" 200 ", connection.recv(4096))
        return made

    def round(self, number):
        before = self.descriptors()
        for connection in self.follow(500):
            connection.close()
        for i in range(20):
            self.api.post("/tokens", {"name": f"t-{number}-{i}", "role": "viewer"})
        wait_until(lambda: self.descriptors() <= before + 5, "the connections of who is gone to be closed")
        return self.rss_kib()

    def test_cost_no_memory(self):
        first = [self.round(n) for n in range(2)][-1]
        last = [self.round(n) for n in range(2, 5)][-1]
        # ASan keeps what was freed; what a follower costs while it is there is 64 KiB and more.
        self.assertLess(last - first, 500 * 64)
        self.assertEqual(self.api.get("/status")["status"], "ok")


if __name__ == "__main__":
    harness.main()
