# SPDX-License-Identifier: Apache-2.0
"""SIGTERM with commands under way: everybody is answered, and nothing is left behind."""

import http.client
import json
import threading

import harness

CLIENTS = 16


class Shutdown(harness.Scenario):
    def _write(self, number, answers):
        """Write tags over one connection until the daemon ends."""
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.http_port, timeout=30)
        try:
            self._write_over(connection, number, answers)
        finally:
            connection.close()

    def _write_over(self, connection, number, answers):
        headers = {"Authorization": f"Bearer {self.api.token}", "Content-Type": "application/json"}
        for count in range(1000000):
            try:
                connection.request("PUT", f"/v1/devices/gw-{number + 1}/tags",
                                   json.dumps({"count": str(count)}), headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                answers.append(None)
                return
            answers.append(answer.status)
            if answer.status not in (200, 204):
                return

    def test_sigterm_under_load(self):
        self.fleet([f"count={CLIENTS} prefix=gw- model=GW-100 manufacturer=Example lifetime=60 "
                    "component=application=1.0.0"])
        self.wait_devices(CLIENTS)
        answers = [[] for _ in range(CLIENTS)]
        threads = [threading.Thread(target=self._write, args=(i, answers[i])) for i in range(CLIENTS)]
        for thread in threads:
            thread.start()
        harness.wait_until(lambda: all(len(a) > 5 for a in answers), "every client to write")
        self.assertEqual(self.daemon.stop(), 0, self.daemon.log()[-3000:])
        for thread in threads:
            thread.join(30)
        ends = [a[-1] for a in answers]
        self.assertIn(503, ends)
        for answered in answers:
            self.assertIn(answered[-1], (503, None))
            self.assertEqual([s for s in answered[:-1] if s not in (200, 204)], [])

    def test_nobody_waits_for_a_request_that_is_not_whole(self):
        """Streams end as they should, and half a request is owed nothing."""
        headers = {"Authorization": f"Bearer {self.api.token}"}
        half = http.client.HTTPConnection("127.0.0.1", self.daemon.http_port, timeout=30)
        stream = http.client.HTTPConnection("127.0.0.1", self.daemon.http_port, timeout=30)
        self.addCleanup(half.close)
        self.addCleanup(stream.close)
        half.putrequest("PUT", "/v1/profiles/x")
        for name, value in {**headers, "Content-Length": "100", "Expect": "100-continue"}.items():
            half.putheader(name, value)
        half.endheaders()
        self.assertIn(b"100", half.sock.recv(1024), "the daemon reads the body")
        stream.request("GET", "/v1/events", headers=headers)
        events = stream.getresponse()
        self.assertIn(b"retry", events.readline())
        self.assertEqual(self.daemon.stop(), 0)
        events.read()  # raises if it was cut off
        self.assertNotIn("answers-not-taken", self.daemon.log())


if __name__ == "__main__":
    harness.main()
