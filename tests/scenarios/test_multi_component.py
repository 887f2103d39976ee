# SPDX-License-Identifier: Apache-2.0
"""Several components in one device (device-behaviour.md 2, `several components`)."""

import coap
import harness
from harness import Image, package, wait_until

PARTS = ("application", "tee", "boot", "modem")
FOUR = " ".join(f"component={name}=1.0" for name in PARTS)


class MultiComponent(harness.Scenario):
    """One daemon per test, a model (and bundle) per kind of device in it."""

    def kind(self, name, components, options="", images=None, packages=None, policy=None, count=1):
        """Start devices <name>-1.. of a model of its own with a bundle of its own."""
        images = images or [Image(self.folder, f"{name}-{c}.bin", {c: "2.0"}, 5000) for c in PARTS[:2]]
        model = "M-" + name
        fleet = self.fleet([f"count={count} prefix={name}- model={model} manufacturer=Example "
                            f"{components} {options}"], images, name=name)
        self.upload(images, packages(*images) if packages else None, name=name, model=model)
        self.kinds[name] = (fleet, policy)
        return fleet

    def setUp(self):
        super().setUp()
        self.kinds = {}

    def run_all(self):
        """@return {kind: {endpoint: task}}"""
        ids = {}
        for name, (_, policy) in self.kinds.items():
            self.wait_devices(1, q=f"model==M-{name}")
            ids[name] = self.campaign(policy, bundle=f"{name}@2026.11", q=f"model==M-{name}")
        found = {}
        for name, campaign in ids.items():
            self.wait_campaign(campaign)
            found[name] = self.tasks(campaign)
        return found

    def assert_all(self, tasks, state="succeeded"):
        for name, of_kind in tasks.items():
            for task in of_kind.values():
                with self.subTest(name):
                    self.assertEqual(task["state"], state, task)

    def test_those_that_need_nothing_of_each_other(self):
        def images(name, parts):
            return [Image(self.folder, f"{name}-{c}.bin", {c: "2.0"}, 5000) for c in parts]
        two = self.kind("two", FOUR, images=images("two", PARTS[:2]), policy={"delivery": "push"})
        four = self.kind("four", FOUR, images=images("four", PARTS), policy={"delivery": "pull"})
        first = self.kind("first", FOUR, images=images("first", PARTS[:2]),
                          packages=lambda app, tee: [package(app), package(tee, requires={"application": ">=2"})])
        tasks = self.run_all()
        self.assert_all(tasks)
        self.assertEqual({f["by"] for f in two.facts("package")}, {"push"})
        self.assertEqual({f["by"] for f in four.facts("package")}, {"pull"})
        self.assertEqual(self.versions("four-1"), dict.fromkeys(PARTS, "2.0"))
        self.assertEqual([f["component"] for f in first.facts("version")], ["application", "tee"])
        for fleet in (two, four, first):
            self.assert_never_twice(fleet)
            # Each Execute names its instances: nothing linked goes along by itself.
            self.assertTrue(all("," not in f["instances"] for f in fleet.facts("execute")),
                            fleet.facts("execute"))

    def test_sets_of_linked_and_conflicting_ones(self):
        def together(app, tee):
            return [package(app, together_with=["tee"]), package(tee)]
        sets = {
            # what 17 asks for is in the set already
            "conflict": ("", "fault=conflict:tee/application"),
            "required": ("component=application=1.0,requires=tee component=tee=1.0", ""),
            # arguments that do not parse count as none there: ours must parse
            "lenient": ("component=application=1.0,links=boot component=tee=1.0 component=boot=1.0",
                        "lenient-args=yes"),
            "tee-main": ("component=tee=1.0 component=application=1.0", "notify=con"),
            "sender": ("", "send=yes fault=silent"),
            "composite": (FOUR, "lwm2m=1.2 composite=yes response-block=64"),
        }
        for name, (components, options) in sets.items():
            self.kind(name, components or FOUR, options, packages=together)
        tasks = self.run_all()
        self.assert_all(tasks)
        for name in sets:
            with self.subTest(name):
                fleet = self.kinds[name][0]
                executes = fleet.facts("execute")
                self.assertEqual(len(executes), 1, executes)
                self.assertEqual(sorted(executes[0]["instances"].split(",")), ["0", "1"])
                self.assertEqual({c: v for c, v in self.versions(f"{name}-1").items() if c in PARTS[:2]},
                                 {"application": "2.0", "tee": "2.0"})
                self.assert_never_twice(fleet)

    def test_failures_of_a_set(self):
        def together(app, tee):
            return [package(app, together_with=["tee"]), package(tee)]
        once = {"retry": {"update": {"max": 0}, "conflict": {"max": 1, "backoff_s": 0.1}}}
        self.kind("failed", FOUR, "fault=update-result:8", packages=together, policy=once)
        self.kind("missing", FOUR, "fault=conflict:modem/application", packages=together, policy=once)
        self.kind("busy", FOUR, "fault=busy-conflict:modem/application", packages=together, policy=once)
        tasks = self.run_all()
        self.assert_all(tasks, "failed")
        parts = {c["component"]: c["state"] for c in tasks["failed"]["failed-1"]["components"]}
        self.assertEqual(parts, {"application": "failed", "tee": "failed"})
        for name, what in (("missing", "modem"), ("busy", "(modem)")):
            self.assertIn(what, tasks[name][f"{name}-1"]["detail"], "it names what is missing")
        for name in ("failed", "missing", "busy"):
            last = {}
            for fact in self.kinds[name][0].facts("state"):
                last[fact["component"]] = fact["state"]
            self.assertEqual(set(last.values()), {"0"}, f"{name}: nothing to install is left")

    def test_one_file_for_several(self):
        everything = Image(self.folder, "all.bin", dict.fromkeys(PARTS, "2.0"), 9000)
        pair = Image(self.folder, "pair.bin", {"application": "2.0", "tee": "2.0"}, 9000)
        modem = Image(self.folder, "pair-modem.bin", {"modem": "2.0"}, 3000)
        all_of = self.kind("all", FOUR, images=[everything])
        mixed = self.kind("mixed", FOUR, images=[pair, modem],
                          packages=lambda p, m: [package(p, together_with=["modem"]), package(m)])
        self.assert_all(self.run_all())
        self.assertEqual(self.versions("all-1"), dict.fromkeys(PARTS, "2.0"))
        self.assertEqual(len(all_of.facts("package")), 1, "sent once")
        self.assertEqual(self.versions("mixed-1"), {"application": "2.0", "tee": "2.0", "modem": "2.0", "boot": "1.0"})
        self.assertEqual(len(mixed.facts("package")), 2)

    def test_a_campaign_that_is_aborted_resets_every_companion(self):
        fleet = self.kind("held", FOUR, "fault=conflict:tee/application",
                          packages=lambda a, t: [package(a, together_with=["tee"]), package(t)])
        self.wait_devices(1)
        campaign = self.campaign({"install": "hold"}, bundle="held@2026.11", q="model==M-held")
        wait_until(lambda: self.api.all(f"/campaigns/{campaign}/tasks", waiting_for="install"), "a held set")
        self.api.post(f"/campaigns/{campaign}/abort")
        self.wait_campaign(campaign, ("aborted",))
        last = {f["component"]: f["state"] for f in fleet.facts("state")}
        self.assertEqual(last, {"application": "0", "tee": "0"})
        self.assertEqual(fleet.facts("execute"), [])


class OnTheWire(harness.Scenario):
    """The same through a relay that sees each message."""

    def setUp(self):
        super().setUp()
        self.relay = coap.Relay(self.daemon.coap_port)
        self.addCleanup(self.relay.close)

    def run_device(self, options, policy=None):
        images = [Image(self.folder, f"{c}.bin", {c: "2.0"}, 5000) for c in PARTS[:2]]
        fleet = self.fleet([f"count=1 prefix=d- model=GW-100 manufacturer=Example {FOUR} {options}"], images,
                           options=["--server", self.relay.coap])
        self.upload(images, [package(images[0], together_with=["tee"]), package(images[1])])
        self.wait_devices(1)
        campaign = self.campaign(policy)
        self.wait_campaign(campaign)
        self.assertEqual(self.tasks(campaign)["d-1"]["state"], "succeeded", self.tasks(campaign))
        return fleet

    def test_the_execute_is_exactly_so(self):
        self.run_device("", {"delivery": "push"})
        executes = [m for m, to_device in self.relay.seen
                    if to_device and m.code == coap.POST and m.path.endswith("/2")]
        payloads = {(m.path, m.payload) for m in executes}
        self.assertIn(payloads, ({("/33629/0/2", b"0='</33629/1>'")}, {("/33629/1/2", b"0='</33629/0>'")}))
        self.assertEqual({m.number(coap.CONTENT_FORMAT) for m in executes}, {coap.TEXT})
        blocks = [m for m, to_device in self.relay.seen
                  if to_device and m.code == coap.PUT and m.all(coap.BLOCK1)]
        self.assertEqual({m.number(coap.CONTENT_FORMAT) for m in blocks}, {coap.OPAQUE}, "in every block")
        for instance in "01":
            one = [m for m in blocks if m.path == f"/33629/{instance}/0"]
            self.assertEqual(len({m.first(coap.REQUEST_TAG) for m in one}), 1)
            self.assertEqual(len({m.token for m in one}), 1)
            self.assertGreaterEqual(min(len(m.token) for m in one), 4)
            self.assertEqual([m.number(coap.SIZE1) for m in one if m.number(coap.BLOCK1, 0) >> 4 == 0], [5000])
        # Nothing else was asked of the device while it received.
        first, last = (self.relay.seen.index(p) for p in [
            next(p for p in self.relay.seen if p[0] is blocks[i]) for i in (0, len(blocks) // 2 - 1)])
        between = [m for m, to_device in self.relay.seen[first:last] if to_device and 1 <= m.code < 32]
        self.assertTrue(all(m.all(coap.BLOCK1) for m in between))

    def test_a_notification_in_blocks_is_fetched_whole(self):
        self.run_device("lwm2m=1.2 composite=yes response-block=16 notify=con")
        observes = [m for m, to_device in self.relay.seen
                    if to_device and m.code == coap.FETCH and m.all(coap.OBSERVE)]
        self.assertTrue(observes, "Observe-Composite")
        tokens = {m.token for m in observes}
        notices = [m for m, to_device in self.relay.seen
                   if not to_device and m.token in tokens and m.kind != coap.ACK and m.all(coap.OBSERVE)]
        self.assertTrue([m for m in notices if m.number(coap.BLOCK2, 0) & 8], "notifications in blocks")
        rests = [m for m, to_device in self.relay.seen
                 if to_device and m.code == coap.FETCH and not m.all(coap.OBSERVE) and m.number(coap.BLOCK2, 0) >> 4]
        self.assertTrue(rests, "the rest was fetched without Observe")


if __name__ == "__main__":
    harness.main()
