# SPDX-License-Identifier: Apache-2.0
"""Pull: a Package URI is written, the device fetches by Block2."""

import coap
from one_device import OneDevice, harness

PULL = {"delivery": "pull"}


class OtherEtagOnce(coap.Relay):
    """The answer with this block has another ETag, the first time."""

    def __init__(self, port, block):
        super().__init__(port)
        self.block, self.has_changed = block, False

    def _pass(self, data, to_device, through, to):
        m = coap.Message.decode(data)
        if to_device and not self.has_changed and m.number(coap.BLOCK2, 0) >> 4 == self.block:
            m.options = [(n, v[::-1] if n == coap.ETAG else v) for n, v in m.options]
            data, self.has_changed = m.encode(), True
        super()._pass(data, to_device, through, to)


class Pull(OneDevice):
    def test_and_execute_and_restart(self):
        fleet = self.assert_succeeds("", policy=PULL)
        self.assertEqual(fleet.facts("package")[0]["by"], "pull")

    def test_of_object_5(self):
        self.assert_succeeds("lwm2m=1.1", policy=PULL, components="component=firmware=1.0,object=5",
                             images=[self.image("firmware", "2.0")])

    def test_over_a_lossy_link(self):
        self.assert_succeeds("", policy=PULL, count=3, fleet_options=["--loss-in", "10", "--loss-out", "10"])

    def test_of_several_components_goes_one_after_the_other(self):
        images = [self.image(name, "2.0", 60000) for name in ("application", "modem", "radio")]
        packages = [harness.package(images[0], together_with=["modem", "radio"]),
                    harness.package(images[1]), harness.package(images[2])]
        fleet = self.assert_succeeds(
            "", policy=PULL, images=images, packages=packages,
            components="component=application=1.0 component=modem=1.0 component=radio=1.0")
        downloading = set()
        for fact in fleet.facts("state"):
            if fact["state"] == "1":
                downloading.add(fact["component"])
                self.assertEqual(len(downloading), 1, "two downloads at once")
            else:
                downloading.discard(fact["component"])

    def test_that_a_device_refuses_by_result_goes_on_by_push(self):
        fleet = self.assert_succeeds("fault=pull-result:9", policy={"delivery": "auto"})
        self.assertEqual(fleet.facts("package")[-1]["by"], "push")

    def test_that_fails_for_good(self):
        self.assert_fails("invalid-uri", "fault=pull-result:7", policy=PULL)

    def test_whose_connection_was_lost_once(self):
        self.assert_succeeds("fault=pull-result:4*1", policy=PULL)

    def test_by_a_device_that_restarts_in_the_middle(self):
        self.assert_succeeds("fault=crash-push:5*1 lifetime=4", policy=PULL, size=60000)

    def test_whose_etag_changes_in_the_middle_begins_again(self):
        relay = OtherEtagOnce(self.daemon.coap_port, 5)
        self.addCleanup(relay.close)
        self.daemon.stop()
        self.daemon.options["coap_advertise"] = relay.coap
        self.daemon.options["coap_listen"] = self.daemon.coap
        self.daemon.start()
        self.assert_succeeds("", policy=PULL)
        self.assertTrue(relay.has_changed)
        starts = [m for m, to_device in relay.seen
                  if not to_device and m.code == coap.GET and m.number(coap.BLOCK2, 0) >> 4 == 0]
        self.assertGreater(len({m.token for m in starts}), 1, "blocks of two files make no package")

    def test_by_a_device_that_vanishes_in_the_middle(self):
        # It holds no slot meanwhile, and counts for the brake when it does not return.
        self.assert_fails("not-returned", "fault=vanish-push:5 lifetime=3", policy=PULL, size=60000)


if __name__ == "__main__":
    del OneDevice
    harness.main()
