# SPDX-License-Identifier: Apache-2.0
"""/metrics: Prometheus takes the text, and the numbers are those of what happened."""

import http.server
import os
import re
import shutil
import subprocess
import threading
import unittest

import coap
import exposition
import harness
from harness import wait_until

GOOD = """# HELP a_total A.
# TYPE a_total counter
a_total{x="1"} 1
a_total{x="q\\"\\\\\\n"} 2
# HELP b_seconds B.
# TYPE b_seconds histogram
b_seconds_bucket{le="0.5"} 1
b_seconds_bucket{le="+Inf"} 3
b_seconds_sum 2.5
b_seconds_count 3
# HELP c C.
# TYPE c gauge
"""

BROKEN = [  # what is replaced in it, by what
    ("# HELP a_total A.\n", ""), ("# TYPE a_total counter\n", ""), ("A.", ""), ("counter", "count"),
    ("a_total", "a"), ("# TYPE c gauge", "# TYPE c counter"), ('x="1"', 'x="1'), ('{x="1"}', '{x="1",x="2"}'),
    ('x="q\\"\\\\\\n"', 'x="1"'), (" 2\n", " two\n"), (" 2\n", " -2\n"), (" 2\n", "\n"), ('{x="1"} ', '{le="1"} '),
    ('le="0.5"} 1', 'le="0.5"} 4'), ('le="+Inf"} 3', 'le="7"} 3'), ("_count 3", "_count 4"), ("_sum 2.5\n", "_sums 2.5\n"),
    ("b_seconds_sum 2.5\n", ""), ('b_seconds_bucket{le="0.5"} 1\n', 'b_seconds_bucket 1\n'), ("b_seconds", "b_ms"),
    ("# HELP c C.", "# HELP a_total C."), ("# TYPE c gauge\n", "# TYPE c gauge"), ("# HELP c", "# HALP c"),
    ('b_seconds_sum', 'b_seconds_bucket{le="0.2"} 1\nb_seconds_sum'), ("c C.\n# TYPE c gauge", "c_gauge C.\n# TYPE c_gauge gauge"),
]


class TheCheck(unittest.TestCase):
    def test_takes_what_is_good_and_nothing_broken(self):
        self.assertEqual(exposition.parse(GOOD)["a_total"].value(x="1"), 1)
        for part, other in BROKEN:
            self.assertIn(part, GOOD)
            with self.assertRaises(exposition.Wrong, msg=f"{part} -> {other}"):
                exposition.parse(GOOD.replace(part, other))


class Takes(http.server.BaseHTTPRequestHandler):
    """A receiver of webhooks; /no refuses."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500 if self.path == "/no" else 204)
        self.end_headers()

    def log_message(self, *args):
        pass


class Metrics(harness.Scenario):
    daemon_options = {"webhook_allow_private": "yes", "webhook_retry_ms": "50 ms", "webhook_give_up_s": "1 s"}

    def metrics(self):
        return exposition.parse(self.api.request("GET", "/metrics")[2].decode())

    def bring(self, prefix, delivery, version):
        image = self.image(f"app-{prefix}", version, 20000)
        self.fleet([f"count=1 prefix={prefix}- model=GW-{prefix} manufacturer=Example "
                    f"component=app-{prefix}=1.0"], [image], name=prefix)
        bundle = self.upload([image], name=prefix, model=f"GW-{prefix}")["bundle"]
        self.wait_devices(1, q=f"model==GW-{prefix}")
        self.wait_campaign(self.campaign({"delivery": delivery}, q=f"model==GW-{prefix}", bundle=bundle))

    def hook(self, name, url):
        self.api.post("/webhooks", {"name": name, "url": url, "kinds": ["token"]})

    def count_deliveries(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Takes)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        for name, url in (("good", f"{base}/yes"), ("bad", f"{base}/no"), ("dead", "http://127.0.0.1:1/")):
            self.hook(name, url)
        self.api.post("/tokens", {"name": "t-1", "role": "viewer"})
        outcomes = ("delivered", "refused", "failed", "given-up")
        wait_until(lambda: all(self.metrics()["lockstep_webhook_deliveries_total"].value(outcome=o) > 0
                               for o in outcomes), "each outcome of a delivery")

    def test_are_good_text_and_say_what_happened(self):
        before = self.metrics()
        self.bring("a", "pull", "2.0")
        self.bring("b", "push", "3.0")
        self.count_deliveries()
        after = self.metrics()
        self.assertEqual(list(before), list(after))
        for name, family in before.items():
            for key, value in family.samples.items():
                if family.type == "counter":
                    self.assertGreaterEqual(after[name].samples[key], value, (name, key))
        for way in ("pull", "push"):
            self.assertGreaterEqual(after["lockstep_package_sent_bytes_total"].value(way=way), 20000)
            self.assertGreaterEqual(after["lockstep_blocks_sent_total"].value(way=way), 20)
        self.assertGreaterEqual(after["lockstep_coap_requests_total"].value(code="get"), 20)
        disk = os.statvfs(self.daemon.state)
        free = after["lockstep_state_dir_free_bytes"].value()
        self.assertAlmostEqual(free / (disk.f_bavail * disk.f_frsize), 1, 1)
        self.assertEqual(after["lockstep_component_results_total"].value(result="1"), 2)

    def test_count_registrations(self):
        client = coap.Client(self.daemon.coap_port)
        self.addCleanup(client.close)
        where = coap.location(client.register(["ep=d", "lt=60", "lwm2m=1.1"]))
        for i in range(2):
            self.assertEqual(client.ask(coap.request(coap.POST, where, ["lt=" + str(60 + i)])).name, "2.04")
        self.assertEqual(client.ask(coap.request(coap.DELETE, where)).name, "2.02")
        self.assertEqual(client.ask(coap.request(coap.POST, where)).name, "4.04")
        self.assertEqual(client.register(["lt=60", "lwm2m=1.1"]).name, "4.00")
        counts = self.metrics()["lockstep_registrations_total"]
        self.assertEqual([counts.value(request=r) for r in ("register", "update", "deregister")], [1, 2, 1])

    def test_time_no_request_that_waited_for_others(self):
        self.bring("w", "pull", "2.0")
        draft = self.campaign(q="model==GW-w", bundle="w@2026.11", start=False)

        def answers():
            there = self.metrics()
            answered = sum(there["lockstep_http_answers_total"].samples.values())
            return answered - there["lockstep_request_seconds"].samples[("_count", ())]
        before = answers()
        self.api.get(f"/campaigns/{draft}/wait", timeout_s=1)
        self.api.get("/devices/w-1/resources/3/0/1")
        self.assertEqual(answers(), before + 2)

    def test_are_those_of_the_guide_with_their_labels(self):
        self.bring("c", "pull", "2.0")
        self.campaign(q="model==GW-c", bundle="c@2026.11", start=False)
        guide = harness.pathlib.Path(__file__).parents[2] / "systemd" / "operate.md"
        rows = re.findall(r"^\| `(lockstep_\w+)(?:\{(.*)\})?` \| (\w+) \|", guide.read_text(), re.M)
        there = self.metrics()
        self.assertEqual([(name, kind) for name, _, kind in rows], [(f.name, f.type) for f in there.values()])
        for name, labels, _ in rows:
            for _, pairs in there[name].samples:
                self.assertEqual({k for k, _ in pairs} - {"le"}, set(labels.split(",")) - {""}, name)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is missing: sh config/install-deps prom")
    def test_are_well_for_promtool(self):
        text = self.api.request("GET", "/metrics")[2]
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""))


if __name__ == "__main__":
    harness.main()
