# SPDX-License-Identifier: Apache-2.0
"""Debian's coap-client registers, and downloads a package byte for byte."""

import subprocess

import harness
from harness import wait_until


class CoapClient(harness.Scenario):
    def coap(self, *args):
        done = subprocess.run(["coap-client-notls", "-B", "20"] + list(args), capture_output=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_registers(self):
        objects = self.folder / "objects"
        objects.write_text("</>;rt=\"oma.lwm2m\";ct=112,</1/0>,</3/0>,</5/0>")
        self.coap("-m", "post", "-t", "40", "-f", str(objects),
                  f"coap://{self.daemon.coap}/rd?ep=by-hand&lt=300&lwm2m=1.1&b=U")
        device = wait_until(lambda: self.api.all("/devices", q="endpoint==by-hand"), "the device")[0]
        self.assertEqual(device["state"], "registered")
        self.assertEqual(device["lifetime_s"], 300)

    def test_downloads_a_package_in_blocks(self):
        image = self.image("application", "1.0", 123457)
        self.upload([image])
        for size in ("", ",64", ",1024"):
            out = self.folder / f"out{size}"
            args = ["-o", str(out)]
            if size:
                args += ["-b", "0" + size]
            self.coap(*args, f"coap://{self.daemon.coap}/p/{image.sha256}")
            self.assertEqual(out.read_bytes(), image.bytes, size)

    def test_finds_what_there_is(self):
        out = self.folder / "core"
        self.coap("-o", str(out), f"coap://{self.daemon.coap}/.well-known/core")
        self.assertIn("</rd>", out.read_text())


if __name__ == "__main__":
    harness.main()
