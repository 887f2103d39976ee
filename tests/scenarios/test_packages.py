#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A package whose file is gone takes its bundles out of service until it is uploaded again."""

import harness


class Packages(harness.Scenario):
    def state(self):
        return self.api.get("/bundles/gateway@2026.11")["state"]

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


if __name__ == "__main__":
    harness.main()
