# SPDX-License-Identifier: Apache-2.0
"""Push: what clients do while and after a package is written by Block1."""

from one_device import OneDevice, harness

PUSH = {"delivery": "push"}


class Push(OneDevice):
    def test_and_execute_and_restart(self):
        fleet = self.assert_succeeds("", policy=PUSH)
        self.assertEqual(fleet.facts("package")[0]["by"], "push")
        self.assertEqual(self.versions("d-1"), {"application": "2.0"})

    def test_to_an_lwm2m_1_0_device_with_object_5(self):
        self.assert_succeeds("lwm2m=1.0", policy=PUSH, components="component=firmware=1.0,object=5",
                             images=[self.image("firmware", "2.0")])
        self.assertEqual(self.versions("d-1"), {"firmware": "2.0"})

    def test_to_several_instances_of_object_5(self):
        images = [self.image("firmware", "2.0"), self.image("firmware.1", "3.0")]
        self.assert_succeeds("", policy=PUSH, images=images,
                             components="component=firmware=1.0,object=5 component=firmware.1=1.0,object=5")
        self.assertEqual(self.versions("d-1"), {"firmware": "2.0", "firmware.1": "3.0"})

    def test_to_a_device_that_is_deaf_meanwhile(self):
        self.assert_succeeds("fault=deaf-push lifetime=2", policy=PUSH, size=200000)

    def test_a_verification_failure_that_is_answered_2_04(self):
        self.assert_fails("unsupported-package", "fault=download-result:6", policy=PUSH)

    def test_an_integrity_failure_is_transferred_once_more(self):
        fleet = self.assert_succeeds("fault=download-result:5*1", policy=PUSH)
        self.assertEqual(len(fleet.facts("package")), 2)

    def test_with_a_smaller_size_asked_for_in_the_middle(self):
        self.assert_succeeds("fault=shrink:2", policy=PUSH)

    def test_with_a_smaller_size_hinted_by_4_13(self):
        self.assert_succeeds("fault=hint:4", policy=PUSH)

    def test_with_4_13_without_a_hint(self):
        self.assert_succeeds("fault=too-large:300", policy=PUSH)

    def test_that_is_too_large_for_the_device(self):
        self.assert_fails("delivery-refused", "fault=no-space:1000", policy=PUSH)

    def test_that_is_busy_at_first(self):
        self.assert_succeeds("fault=busy:3", policy=PUSH)

    def test_that_is_lost_in_the_middle(self):
        self.assert_succeeds("fault=lost-transfer:5*1", policy=PUSH)

    def test_to_a_device_that_restarts_in_the_middle(self):
        self.assert_succeeds("fault=crash-push:5*1 lifetime=4", policy=PUSH, size=60000)

    def test_over_a_lossy_link(self):
        self.assert_succeeds("", policy=PUSH, count=3, fleet_options=["--loss-in", "10", "--loss-out", "10"])

    def test_of_one_byte_and_of_exact_blocks(self):
        for size in (1, 1024, 2048):
            with self.subTest(size=size):
                image = self.image("application", f"{size}.0", size)
                self.fleet([f"endpoint=s-{size} count=1 model=S-{size} manufacturer=Example "
                            "component=application=1.0"], [image], name=f"s{size}")
                bundle = self.upload([image], name=f"b{size}", model=f"S-{size}")
                self.assertEqual(bundle["state"], "ready")
                self.wait_devices(1, q=f"model==S-{size}")
                campaign = self.campaign(PUSH, bundle=f"b{size}@2026.11", q=f"model==S-{size}")
                self.wait_campaign(campaign)
                self.assertEqual(self.tasks(campaign)[f"s-{size}"]["state"], "succeeded")


if __name__ == "__main__":
    del OneDevice
    harness.main()
