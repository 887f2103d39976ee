# SPDX-License-Identifier: Apache-2.0
"""What happens after Execute, and how it is judged."""

import coap
from one_device import OneDevice, harness


class Update(OneDevice):
    def test_without_a_restart_is_verified_at_once(self):
        fleet = self.assert_succeeds("fault=no-restart")
        self.assertEqual(len(fleet.facts("registered")), 1)

    def test_whose_result_was_lost_is_judged_by_the_version(self):
        self.assert_succeeds("fault=result-lost")

    def test_that_ends_later_after_the_restart(self):
        self.assert_succeeds("fault=delayed-success:1500")

    def test_that_fails_later_after_the_restart(self):
        self.assert_fails("update-failed", "fault=delayed-failure:1500",
                          policy={"retry": {"update": {"max": 0}}})

    def test_that_failed_is_not_executed_a_third_time(self):
        fleet = self.assert_fails("update-failed", "fault=update-result:8",
                                  policy={"retry": {"update": {"max": 5, "backoff_s": 0.1}}})
        self.assertEqual(max(int(f["count"]) for f in fleet.facts("executes")), 2)

    def test_with_another_version_is_a_mismatch_and_blocked(self):
        fleet = self.assert_fails("version-mismatch", "fault=wrong-version:1.7")
        self.api.post(f"/campaigns/{self.campaign_id}/retry")
        self.wait_campaign(self.campaign_id)
        self.assertEqual(len(fleet.facts("executes")), 1, "not tried again without an operator")
        attempts = self.api.get("/devices/d-1/attempts")["items"]
        self.assertTrue(attempts[0]["blocked"], attempts)
        self.assertIn("component", attempts[0])
        self.assertIn("version", attempts[0])

    def test_with_the_same_version_is_well_where_the_package_says_so(self):
        image = self.image("application", "2.0")
        self.assert_succeeds("fault=same-version", images=[image],
                             packages=[harness.package(image, verify="result")])

    def test_that_never_ends_needs_attention(self):
        self.run_campaign("fault=stuck-updating lifetime=4")
        task = self.task()
        self.assertIn(task["state"], ("failed", "needs-attention"), task)
        self.assertEqual(task["reason"], "stuck-updating")

    def test_after_which_the_device_never_comes_back(self):
        self.assert_fails("not-returned", "fault=brick lifetime=2")

    def test_that_the_user_defers(self):
        self.assert_succeeds("fault=defer:2000")

    def test_that_is_deferred_ends_by_the_period_that_the_policy_allows(self):
        relay = coap.Relay(self.daemon.coap_port)
        self.addCleanup(relay.close)
        fleet = self.assert_succeeds("fault=defer:600000 lwm2m=1.2", policy={"severity": "critical", "max_defer_s": 1},
                                     fleet_options=["--server", relay.coap])
        written = {m.path: m.payload for m, to_device in relay.seen if to_device and m.code == coap.PUT}
        self.assertEqual((written["/33629/0/11"], written["/33629/0/13"]), (b"0", b"1"))
        self.assertEqual([f["count"] for f in fleet.facts("executes")], ["1"])

    def test_on_a_device_that_reports_an_old_failure_for_ever(self):
        self.assert_succeeds("fault=old-failure")

    def test_that_a_device_forgets_after_download(self):
        self.assert_succeeds("fault=crash-downloaded:10*1 lifetime=5")

    def test_that_survives_a_restart_in_downloaded(self):
        self.assert_succeeds("fault=crash-keeps:10*1 lifetime=5")

    def test_that_needs_another_component_reads_conflicting_instances(self):
        self.run_campaign(
            "fault=conflict:tee/application",
            components="component=application=1.0 component=tee=1.0")
        task = self.task()
        self.assertEqual(task["state"], "failed", task)
        self.assertIn("tee", task["detail"], "it names the component that is missing")

    def test_of_a_component_and_the_one_it_conflicts_with(self):
        images = [self.image("application", "2.0"), self.image("tee", "2.0")]
        self.assert_succeeds("fault=conflict:tee/application", images=images,
                             components="component=application=1.0 component=tee=1.0")

    def test_of_object_5_with_automatic_upgrade_is_not_executed(self):
        image = self.image("firmware", "2.0")
        fleet = self.run_campaign("lwm2m=1.2 auto-upgrade=yes", images=[image],
                                  components="component=firmware=1.0,object=5")
        self.assertEqual(self.task()["state"], "succeeded", self.task())
        self.assertEqual(self.versions("d-1"), {"firmware": "2.0"})
        del fleet

    def test_on_a_device_that_notifies_nothing(self):
        self.assert_succeeds("fault=silent")

    def test_of_a_wakaama_like_object_5_does_not_hang(self):
        self.assert_fails("state-unclear", "lwm2m=1.1 fault=wakaama", state="needs-attention",
                          images=[self.image("firmware", "2.0")], components="component=firmware=1.0,object=5")

    def test_of_a_wakaama_like_object_5_without_retries_resets_a_few_times(self):
        never = {name: {"max": 0, "backoff_s": 0.1} for name in harness.QUICK["retry"]}
        fleet = self.assert_fails("state-unclear", "lwm2m=1.1 fault=wakaama", state="needs-attention",
                                  policy={"retry": never}, images=[self.image("firmware", "2.0")],
                                  components="component=firmware=1.0,object=5")
        self.assertEqual(fleet.facts("executes"), [])

    def test_of_one_file_that_updates_several_components(self):
        image = harness.Image(self.folder, "all.bin", {"application": "2.0", "modem": "5.0"})
        self.assert_succeeds("", images=[image], components="component=application=1.0 component=modem=4.0")
        self.assertEqual(self.versions("d-1"), {"application": "2.0", "modem": "5.0"})


if __name__ == "__main__":
    del OneDevice
    harness.main()
