# SPDX-License-Identifier: Apache-2.0
"""kill -9 while a campaign is made, and the client's retry: one campaign for each key."""

import threading

import harness

ROUNDS = 6


class Retry(harness.Scenario):
    def _post(self, api, body, key):
        try:
            api.post("/campaigns", body, {"Idempotency-Key": key})
        except (harness.Problem, OSError):
            pass

    def test_never_makes_a_second_campaign(self):
        app = self.image("application", "1.0.1")
        self.fleet(["count=3 prefix=gw- model=GW-100 manufacturer=Example lifetime=60 "
                    "component=application=1.0.0"], [app])
        self.upload([app])
        self.wait_devices(3)
        body = {"plan": self.plan()["id"]}
        for n in range(1, ROUNDS + 1):
            api = self.api
            thread = threading.Thread(target=self._post, args=(api, body, f"key-{n}"))
            thread.start()
            # Durable, but perhaps not answered yet.
            while len(api.all("/campaigns")) < n:
                pass
            self.daemon.kill()
            thread.join()
            self.daemon.start()
            made = self.api.post("/campaigns", body, {"Idempotency-Key": f"key-{n}"})
            self.assertEqual(made["id"], str(n))
            self.assertEqual(len(self.api.all("/campaigns")), n)


if __name__ == "__main__":
    harness.main()
