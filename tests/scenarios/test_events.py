# SPDX-License-Identifier: Apache-2.0
"""Events as others read them: all of them are documented."""

import json

import harness

TYPES = {"string": str, "integer": int, "boolean": bool, "object": dict}
FLEET = "count={} prefix={}- model=GW-100 manufacturer=Example component=application=1.0"


class Events(harness.Scenario):
    def check(self, event, common, kind):
        self.assertIn(event["event"], kind["events"], event)
        for name, value in event.items():
            field = kind["fields"].get(name) or common.get(name)
            self.assertIsNotNone(field, f"{name} of {event}")
            self.assertIsInstance(value, TYPES[field["type"]], event)

    def log(self):
        lines = self.api.request("GET", "/v1/events", headers={"Accept": "application/x-ndjson"})[2]
        return [json.loads(line) for line in lines.splitlines()]

    def test_all_that_happens_is_documented(self):
        app = self.image("application", "2.0")
        self.fleet([FLEET.format(2, "gw")], [app])
        self.upload([app])
        self.wait_devices(2)
        self.api.request("PATCH", "/v1/devices/gw-1", {"tags": {"kind": "lamp", "event": None}})
        self.api.request("PUT", "/v1/devices/gw-2/tags", b'{\n  "site":\r\n\t"north"' + 3000 * b"\n" + b"}",
                         {"Content-Type": "application/json"})
        self.api.request("POST", "/v1/devices", b"endpoint\nlater\n", {"Content-Type": "text/csv"})
        campaign = self.campaign()
        self.wait_campaign(campaign)
        events = self.log()  # those of a campaign go with it
        self.api.request("DELETE", "/v1/devices/gw-2/attempts")
        self.api.post("/tokens", {"name": "grace", "role": "viewer"})
        self.api.request("DELETE", "/v1/tokens/grace")
        self.api.post("/webhooks", {"name": "chat", "url": "https://example.com/hook", "enabled": False})
        self.api.request("DELETE", f"/v1/campaigns/{campaign}")
        events += self.log()
        answer = self.api.get("/event-kinds")
        kinds = {kind["kind"]: kind for kind in answer["items"]}
        for event in events:
            self.check(event, answer["common"], kinds[event["kind"]])
        self.assertEqual({event["kind"] for event in events}, set(kinds) - {"profile"})
        self.assertIn({"site": "north"}, [event.get("tags") for event in events])
        self.assertIn({"kind": "lamp", "event": None}, [event.get("tags") for event in events])


if __name__ == "__main__":
    harness.main()
