# SPDX-License-Identifier: Apache-2.0
"""The commands of README.md and of the guides, as a newcomer types them: each succeeds, and
prints what the guide shows."""

import os
import pathlib
import signal
import subprocess

import guides
import harness
from harness import wait_until

TOP = guides.TOP


class Guide(harness.unittest.TestCase):
    def read(self, name, folder, replace, path=None):
        """Run the guide in the folder and compare."""
        environment = dict(os.environ, LC_ALL="C.UTF-8")
        if path:
            environment["PATH"] = f"{path}:{environment['PATH']}"
        if os.environ.get("LOCKSTEP_GUIDES") == "rewrite":
            guides.rewrite(TOP / name, folder, environment, replace)
            return
        found = guides.blocks(TOP / name)
        self.assertGreater(len(found), 4, f"{name} has no commands")
        back = {new: old for old, new in replace.items()}
        for block, (status, out, err) in zip(found, guides.run(found, folder, environment, replace)):
            with self.subTest(guide=name, line=block.line):
                self.assertEqual(status.strip(), "0", f"{block.text}\n{out}{err}")
                if block.kind:
                    self.assertEqual(guides.shapes(block.kind, guides.put(back, out)), guides.shapes(block.kind, block.shown),
                                     f"{block.text}\n{out}{err}")


class ByHand(Guide):
    """README.md and the reference, with what `lockstep-demo --by-hand` starts."""

    def setUp(self):
        self.folder = pathlib.Path(harness.tempfile.mkdtemp(prefix="lockstep-"))
        self.home = self.folder / "build" / "quickstart"
        self.home.mkdir(parents=True)
        self.log = self.folder / "demo.log"
        environment = dict(os.environ, LOCKSTEPD=str(harness.LOCKSTEPD), LOCKSTEP_DEVICE=str(harness.DEVICE),
                           LOCKSTEP_DEMO=str(TOP / "config" / "demo"))
        with open(self.log, "wb") as log:
            self.demo = subprocess.Popen(
                ["sh", str(TOP / "config/demo/lockstep-demo"), "--by-hand", "--home", str(self.home),
                 "--http-port", "18080", "--coap-port", "15683"],
                env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.addCleanup(self.clean_up)
        wait_until(self.is_ready, "the devices of lockstep-demo", 120)

    def is_ready(self):
        self.assertIsNone(self.demo.poll(), self.log.read_text())
        return "For curl:" in self.log.read_text()

    def clean_up(self):
        self.demo.send_signal(signal.SIGINT)
        self.assertEqual(self.demo.wait(60), 130)
        log = (self.home / "lockstepd.log").read_text(errors="replace")
        self.assertNotIn("Sanitizer", log)
        self.assertNotIn("runtime error", log)
        harness.shutil.rmtree(self.folder)

    def test_readme(self):
        self.read("README.md", self.folder, {})

    def test_reference(self):
        self.read("api/reference.md", self.folder, {})


class Installed(harness.Scenario, Guide):
    """Guides for a service: its ports and its folders are those of the scenario's daemon."""

    def installed(self):
        """A folder for PATH with the commands, and what stands for what in a guide."""
        path = self.folder / "path"
        path.mkdir()
        conf = self.folder / "lockstep.conf"
        options = dict(self.daemon.options, http_listen=f"127.0.0.1:{self.daemon.http_port}")
        conf.write_text("".join(f"{name} = {value}\n" for name, value in options.items()))
        command = path / "lockstepd"
        command.write_text(f'#!/bin/sh\nexec {harness.LOCKSTEPD} --config {conf} "$@"\n')
        command.chmod(0o755)
        (path / "lockstep-device").symlink_to(harness.DEVICE)
        return path, {"127.0.0.1:8080": f"127.0.0.1:{self.daemon.http_port}",
                      "127.0.0.1:5683": self.daemon.coap,
                      "/var/lib/lockstep": str(self.daemon.state),
                      "/etc/lockstep/lockstep.conf": str(conf)}

    def follow(self, name):
        path, replace = self.installed()
        self.read(name, self.folder, replace, path)

    def test_first_steps(self):
        self.follow("config/first-steps.md")

    def test_operate(self):
        self.upload([self.image("application", "1.0")])
        self.follow("systemd/operate.md")


if __name__ == "__main__":
    harness.main()
