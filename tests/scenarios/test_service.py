# SPDX-License-Identifier: Apache-2.0
"""What a service manager does with the daemon: readiness, reload, end."""

import signal
import socket

import harness


class Service(harness.Scenario):
    """The configuration is a file, and we are the one that is notified."""

    def setUp(self):
        super().setUp()
        self.daemon.stop()
        self.notices = []
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.addCleanup(self.notify.close)
        self.notify.bind(str(self.folder / "notify"))
        self.daemon.env["NOTIFY_SOCKET"] = str(self.folder / "notify")
        self.daemon.config_file = self.folder / "lockstep.conf"
        self.configure()

    def configure(self, *lines):
        self.daemon.config_file.write_text("".join(f"{line}\n" for line in lines))

    def heard(self, line):
        """@return how many notices with this line came so far"""
        try:
            while True:
                self.notices.append(self.notify.recv(4096).decode().splitlines())
        except BlockingIOError:
            return sum(line in notice for notice in self.notices)

    def wait_heard(self, line, times=1):
        harness.wait_until(lambda: self.heard(line) >= times, f"{line} to be notified")

    def reload(self, *lines):
        ready = self.heard("READY=1")
        self.configure(*lines)
        self.daemon.process.send_signal(signal.SIGHUP)
        self.wait_heard("READY=1", ready + 1)


class Reload(Service):
    def setUp(self):
        super().setUp()
        self.daemon.start()
        self.wait_heard("READY=1")

    def states(self):
        return {d["endpoint"]: d["state"] for d in self.api.all("/devices")}

    def device(self, endpoint):
        self.fleet([f"count=1 endpoint={endpoint} component=application=1.0.0 lifetime=60"])
        harness.wait_until(lambda: self.states().get(endpoint), f"{endpoint} to register")

    def test_what_may_change_does_and_nobody_is_dropped(self):
        self.device("before")
        port = self.daemon.http_port
        self.reload("admit = known", "http_threads = 9")
        self.assertEqual(self.heard("RELOADING=1"), 1)
        self.assertIn('state=reloaded changed="admit" need_restart="http_threads"', self.daemon.log())
        self.device("after")
        self.assertEqual(self.states(), {"before": "registered", "after": "pending"})
        self.assertEqual(self.daemon.http_port, port)

    def test_a_file_that_is_wrong_changes_nothing(self):
        self.reload("admit = known", "no_such_option = 1")
        self.assertIn("state=not-reloaded", self.daemon.log())
        self.assertIn("lockstep.conf:2: unknown option", self.daemon.log())
        self.device("after")
        self.assertEqual(self.states(), {"after": "registered"})

    def test_the_end_is_notified(self):
        self.daemon.stop()
        self.wait_heard("STOPPING=1")


if __name__ == "__main__":
    harness.main()
