#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A package whose file is gone takes its bundles out of service until it is uploaded again."""

import concurrent.futures
import json
import os

import harness


BOUNDARY = "boundary-of-the-test"


def multipart(manifest, image):
    """A bundle in one request, its manifest last."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name='
    return (f'{head}"file"; filename="{image.name}"\r\n\r\n'.encode() + image.bytes
            + f'\r\n{head}"manifest"\r\n\r\n{json.dumps(manifest)}\r\n--{BOUNDARY}--\r\n'.encode())


class Packages(harness.Scenario):
    def post_bundle(self, name, packages, image):
        """@return the status of the answer"""
        body = multipart(harness.manifest(packages, name=name), image)
        try:
            return self.api.request("POST", "/v1/bundles", body,
                                    {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})[0]
        except harness.Problem as problem:
            return problem.status

    def test_bundles_that_share_a_file_are_uploaded_at_once(self):
        """Some are refused for their manifest: that must not take the others' file away."""
        image = self.image("modem", "2.0", 300000)
        whole, broken = [harness.package(image)], [harness.package(image, installs_over="no range")]
        with concurrent.futures.ThreadPoolExecutor(6) as people:
            answers = {f"bundle-{n}": people.submit(self.post_bundle, f"bundle-{n}", whole if n % 2 else broken, image)
                       for n in range(24)}
        for n in range(24):
            name = f"bundle-{n}"
            self.assertEqual(answers[name].result(), 201 if n % 2 else 422, name)
            if n % 2:
                self.assertEqual(self.api.get(f"/bundles/{name}@2026.11")["state"], "ready")
        self.assertEqual((self.daemon.state / "packages" / image.sha256).read_bytes(), image.bytes)

    def state(self):
        return self.api.get("/bundles/gateway@2026.11")["state"]

    def test_a_package_that_comes_in_parts_goes_on_as_soon_as_one_is_answered(self):
        image, part = self.image("modem", "2.0", 100000), 1000
        for first in range(0, image.size, part):
            place = {"Content-Range": f"bytes {first}-{first + part - 1}/{image.size}"}
            status = self.api.request("PUT", f"/v1/packages/{image.sha256}", image.bytes[first:first + part], place)[0]
            self.assertEqual(status, 202 if first + part < image.size else 201)

    def test_a_bundle_is_quarantined_until_its_package_is_back(self):
        image = self.image("modem", "2.0", 40000)
        path = f"/packages/{image.sha256}"
        self.upload([image])
        self.assertEqual(self.state(), "ready")
        self.assertEqual(self.daemon.stop(), 0)
        (self.daemon.state / "packages" / image.sha256).unlink()
        self.daemon.start()
        harness.wait_until(lambda: self.state() == "quarantined", "the bundle to be out of service")
        package = self.api.get(path)
        self.assertEqual((package["state"], package["size"]), ("damaged", image.size))
        self.api.request("PUT", "/v1" + path, image.bytes)
        harness.wait_until(lambda: self.state() == "ready", "the bundle to be back")
        self.assertEqual(self.api.get(path)["state"], "ready")

    def test_damage_in_the_middle_pauses_the_campaign_and_fails_nobody(self):
        """Push and pull: the file shrinks under the daemon, an upload brings it back."""
        image = self.image("application", "2.0", 60000)
        fleet = self.fleet([f"count=4 prefix={name}- model=GW-100 manufacturer=Example lifetime=30 delivery={number} "
                            "pull-gap-ms=20 component=application=1.0" for number, name in enumerate(("pull", "push"))],
                           [image])
        self.upload([image])
        self.wait_devices(8)
        no_tries = {"max": 0, "backoff_s": 0.2, "backoff_max_s": 1}
        campaign = self.campaign({"in_flight": 4, "retry": dict(harness.QUICK["retry"], server=no_tries)})
        harness.wait_until(lambda: self.api.get(f"/campaigns/{campaign}/progress")["bytes"]["sent"] > 0,
                           "the first bytes")
        os.truncate(self.daemon.state / "packages" / image.sha256, 0)
        self.wait_campaign(campaign, ("paused",))
        shown = self.api.get(f"/campaigns/{campaign}")
        self.assertEqual((shown["reason"], shown["braked"]), ("package-missing", False))
        self.assertIn(image.sha256, shown["detail"])
        with self.assertRaises(harness.Problem) as caught:
            self.api.post(f"/campaigns/{campaign}/resume")
        self.assertEqual(caught.exception.json["type"], "/problems/package-missing")
        harness.wait_until(lambda: not [t for t in self.tasks(campaign).values() if t["state"] == "delivering"],
                           "the deliveries to end")
        self.assertNotIn("failed", {t["state"] for t in self.tasks(campaign).values()})
        self.api.request("PUT", f"/v1/packages/{image.sha256}", image.bytes)
        harness.wait_until(lambda: self.state() == "ready", "the bundle to be back")
        self.api.post(f"/campaigns/{campaign}/resume")
        self.wait_campaign(campaign)
        self.assertEqual({t["state"] for t in self.tasks(campaign).values()}, {"succeeded"}, self.tasks(campaign))
        self.assert_never_twice(fleet)


if __name__ == "__main__":
    harness.main()
