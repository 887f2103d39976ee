#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The disk of the daemon is full, and then it is not: nothing that was said is lost.

The state folder is a small file system of memory, in a mount namespace that only the
daemon lives in; its files are reached through /proc.
"""

import http.client
import os
import subprocess
import unittest

import coap
import harness
from harness import Problem

MIB = 1 << 20
SIZE = 24 * MIB
SMALL = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
         'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"', "sh", str(SIZE)]


def is_permitted():
    with open(os.devnull, "wb") as null:
        return subprocess.run(SMALL + ["/mnt", "true"], stdout=null, stderr=null, check=False).returncode == 0


class FullDisk(harness.Scenario):
    daemon_options = {"disk_reserve_bytes": "8 MiB"}

    def setUp(self):
        if not is_permitted():
            raise unittest.SkipTest("mounting a file system in a namespace of its own is not permitted here")
        super().setUp()

    def make_daemon(self):
        daemon = super().make_daemon()
        daemon.state.mkdir()
        daemon.wrapper = SMALL + [str(daemon.state)]
        return daemon

    def fill(self):
        """Until not one more byte fits. @return the file that does it"""
        filler = self.daemon.state / "filler"
        with open(filler, "wb", buffering=0) as out:
            for size in (MIB, 4096, 1):
                try:
                    while out.write(b"x" * size) == size:
                        pass
                except OSError:
                    pass
        return filler

    def status_of(self, method, path, body=None):
        try:
            return self.api.request(method, path, body)[0], {}
        except Problem as problem:
            return problem.status, problem.json

    def import_by_chunks(self, size):
        """A list whose length nobody is told before. @return status and problem"""
        row = b'{"endpoint":"listed"' + b" " * 1000 + b"}\n"
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.http_port, timeout=60)
        try:
            connection.request("POST", "/v1/devices?on_error=skip", (64 * row for _ in range(size // (64 * len(row)))),
                               {"Authorization": "Bearer " + self.api.token,
                                "Content-Type": "application/x-ndjson"}, encode_chunked=True)
        except OSError:
            pass  # it was answered before the end
        answer = connection.getresponse()
        problem = harness.json.loads(answer.read())
        connection.close()
        return answer.status, problem.get("type")

    def test_a_full_disk_delays_and_loses_nothing(self):
        image = self.image("application", "2.0", 40000)
        fleet = self.fleet(["count=6 prefix=d- model=GW-100 manufacturer=Example lifetime=20 "
                            "component=application=1.0"], [image])
        self.upload([image])
        self.wait_devices(6)
        campaign = self.campaign({"in_flight": 1})

        # Uploads end first, with a reserve left for the database.
        status, problem = self.status_of("PUT", "/v1/packages/" + "0" * 64, b"x" * (20 * MIB))
        self.assertEqual((status, problem.get("type")), (507, "/problems/storage-full"), problem)
        self.assertEqual(self.import_by_chunks(20 * MIB), (507, "/problems/storage-full"))
        self.api.post("/profiles", {"name": "kept", "manufacturer": "x"})

        filler = self.fill()
        self.fleet(["count=3 prefix=late- model=GW-100 manufacturer=Example lifetime=20 "
                           "component=application=1.0"], [image], name="late")
        harness.wait_until(lambda: self.status_of("GET", "/healthz")[0] == 503, "/healthz to say it")
        self.assertEqual(self.api.get("/status")["status"], "storage-full")
        status, problem = self.status_of("POST", "/v1/profiles", {"name": "refused", "manufacturer": "x"})
        self.assertEqual((status, problem.get("type")), (507, "/problems/no-space"), problem)
        self.assertIn("store=full", self.daemon.log())
        by_hand = coap.Client(self.daemon.coap_port)
        self.addCleanup(by_hand.close)
        register = coap.request(coap.POST, "/rd", ("ep=by-hand", "lt=60"), b"</1/0>,</3/0>", ct=coap.LINK)
        by_hand.send(register)
        answer = by_hand.receive()
        self.assertEqual((answer.kind, answer.code), (coap.ACK, 0), "acknowledged empty, not refused")

        filler.unlink()
        harness.wait_until(lambda: self.status_of("GET", "/healthz")[0] == 200, "/healthz to be well")
        answer = by_hand.receive()
        self.assertEqual((answer.name, answer.token), ("2.01", register.token), "answered when it is durable")
        self.wait_devices(9)
        self.wait_campaign(campaign)
        self.assertEqual({t["state"] for t in self.tasks(campaign).values()}, {"succeeded"})
        self.assert_never_twice(fleet)
        names = {p["name"] for p in self.api.all("/profiles")}
        self.assertEqual(names & {"kept", "refused"}, {"kept"})


if __name__ == "__main__":
    harness.main()
