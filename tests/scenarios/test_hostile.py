# SPDX-License-Identifier: Apache-2.0
"""What once broke under attack: requests that cross, files that are damaged, floods."""

import hashlib
import json
import os
import socket
import threading
import time

import coap
import harness


def register(daemon, endpoint, patience_s=5.0, source=None):
    """@return the name of the answer's code, None without one"""
    number, mid, token = coap.POST, os.urandom(2), os.urandom(4)
    options = [(coap.URI_PATH, b"rd"), (coap.CONTENT_FORMAT, coap.uint(coap.LINK)),
               (coap.URI_QUERY, b"ep=" + endpoint.encode()), (coap.URI_QUERY, b"lt=300")]
    message = coap.Message(coap.CON, number, int.from_bytes(mid, "big"), token, options,
                           b"</1/0>,</3/0>,</5/0>")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        if source:
            s.bind((source, 0))
        s.connect(("127.0.0.1", daemon.coap_port))
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            s.send(message.encode())
            s.settimeout(0.3)
            try:
                answer = coap.Message.decode(s.recv(2048))
            except (TimeoutError, ConnectionError):
                continue
            if answer.code != 0:
                return answer.name
    return None


class Hostile(harness.Scenario):
    daemon_options = {"body_max_bytes": "2 KiB"}

    def status(self, method, path, body=None, headers=None):
        try:
            return self.api.request(method, path, body, headers)[0]
        except harness.Problem as problem:
            return problem.status

    def test_a_device_that_registers_while_it_is_deleted(self):
        stop = threading.Event()
        statuses = []

        def delete():
            while not stop.is_set():
                statuses.append(self.status("DELETE", "/v1/devices/crossing"))

        threads = [threading.Thread(target=delete) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(60):
            register(self.daemon, "crossing")
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(register(self.daemon, "crossing"), "2.01")
        self.assertEqual(self.status("DELETE", "/v1/devices/crossing"), 204)
        self.assertEqual(self.status("GET", "/v1/devices/crossing"), 404)
        events = self.api.all("/audit", kind="device")
        self.assertEqual(len([e for e in events if e["event"] == "deleted"]),
                         1 + statuses.count(204), "each has an event, whoever came between")
        self.assertLess(self.daemon.log().count("change=refused"), 50)

    def test_the_last_admin_token_revoked_is_replaced_at_the_next_start(self):
        self.api.post("/tokens", {"name": "screen", "role": "viewer"})
        self.assertEqual(self.status("DELETE", "/v1/tokens/admin"), 204)
        self.assertEqual(self.status("GET", "/v1/tokens"), 401)
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.assertEqual({t["name"] for t in self.api.all("/tokens")}, {"admin", "screen"})

    def test_a_stream_ends_with_its_token(self):
        token = self.api.post("/tokens", {"name": "screen", "role": "viewer"})["token"]
        head = f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        self.api.post("/devices", {"endpoint": "later"})
        with socket.create_connection(("127.0.0.1", self.daemon.http_port)) as stream:
            stream.sendall(head.encode())
            heard = stream.recv(4096)
            self.assertIn(b"200 OK", heard)
            self.api.request("DELETE", "/v1/tokens/screen")
            self.api.request("PUT", "/v1/devices/later/tags", {"secret": "told"})
            stream.settimeout(harness.PATIENCE_S)
            while part := stream.recv(4096):
                heard += part
                self.assertNotIn(b"secret", heard)
                if heard.endswith(b"0\r\n\r\n"):
                    break

    def test_nothing_is_acknowledged_while_the_daemon_stops(self):
        """A device that hears an empty acknowledgement does not repeat its Register."""
        path = (f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.api.token}\r\n\r\n")
        streams = [socket.create_connection(("127.0.0.1", self.daemon.http_port)) for _ in range(20)]
        for stream in streams:
            stream.sendall(path.encode())
            stream.recv(1)
        self.daemon.process.terminate()
        harness.wait_until(lambda: "state=stopping" in self.daemon.log(), "the stop")
        options = [(coap.URI_PATH, b"rd"), (coap.URI_QUERY, b"ep=late"), (coap.URI_QUERY, b"lt=300")]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(("127.0.0.1", self.daemon.coap_port))
            s.settimeout(0.6)
            with self.assertRaises((TimeoutError, ConnectionError)):
                s.send(coap.Message(coap.CON, coap.POST, 1, b"1", options, b"</3/0>").encode())
                s.recv(2048)
        for stream in streams:
            stream.close()

    def test_a_damaged_package_is_repaired_by_an_upload(self):
        image = self.image("modem", "2.0", 40000)
        path = f"/v1/packages/{image.sha256}"
        self.assertEqual(self.status("PUT", path, image.bytes), 201)
        os.truncate(self.daemon.state / "packages" / image.sha256, 100)

        def state():
            return json.loads(self.api.request("GET", path)[2])

        def is_seen():  # a package is served soon after it was stored, not at once
            options = [(coap.URI_PATH, b"p"), (coap.URI_PATH, image.sha256.encode()),
                       (coap.BLOCK2, coap.block(30, False, 6))]
            mid = int.from_bytes(os.urandom(2), "big")
            s.send(coap.Message(coap.CON, coap.GET, mid, os.urandom(4), options).encode())
            return state()["state"] == "damaged"

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(("127.0.0.1", self.daemon.coap_port))
            harness.wait_until(is_seen, "the damage to be seen")
        self.assertEqual(state()["size"], image.size)
        self.assertEqual(self.status("PUT", path, image.bytes), 201)
        self.assertEqual((state()["state"], state()["size"]), ("ready", image.size))
        file = self.daemon.state / "packages" / image.sha256
        self.assertEqual(hashlib.sha256(file.read_bytes()).hexdigest(), image.sha256)

    def test_a_package_cut_short_while_the_daemon_was_down(self):
        image = self.image("modem", "2.0", 40000)
        path = f"/v1/packages/{image.sha256}"
        self.assertEqual(self.status("PUT", path, image.bytes), 201)
        self.assertEqual(self.daemon.stop(), 0)
        os.truncate(self.daemon.state / "packages" / image.sha256, 100)
        self.daemon.start()
        harness.wait_until(lambda: self.api.get(f"/packages/{image.sha256}")["state"] == "damaged",
                           "the damage to be seen")


class Left(harness.Scenario):
    daemon_options = {"http_followers_max": 4, "http_heartbeat_ms": "200 ms"}

    def test_a_wait_whose_client_left_is_over(self):
        image = self.image("modem", "2.0")
        self.fleet(["count=1 prefix=d- model=GW-100 manufacturer=Example component=modem=1.0"], [image])
        self.upload([image])
        self.wait_devices(1)
        campaign = self.campaign(start=False)
        path = f"/v1/campaigns/{campaign}/wait?timeout_s="
        head = f"GET {path}3600 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.api.token}\r\n\r\n"

        def status():
            try:
                return self.api.request("GET", path + "0")[0]
            except harness.Problem as problem:
                return problem.status

        for times in range(3):
            waits = [socket.create_connection(("127.0.0.1", self.daemon.http_port)) for _ in range(4)]
            for wait in waits:
                wait.sendall(head.encode())
            harness.wait_until(lambda: status() == 429, f"all to wait, {times}")
            for wait in waits:
                wait.close()
            harness.wait_until(lambda: status() == 202, f"a place for another, {times}")


class Full(harness.Scenario):
    daemon_options = {"devices_max": 1}

    def test_one_device_too_many_gets_no_answer(self):
        self.assertEqual(register(self.daemon, "first"), "2.01")
        self.assertIsNone(register(self.daemon, "second", 1.5))
        self.assertEqual(register(self.daemon, "first"), "2.01")


if __name__ == "__main__":
    harness.main()
