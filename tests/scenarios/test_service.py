# SPDX-License-Identifier: Apache-2.0
"""What a service manager does with the daemon: readiness, reload, end."""

import ctypes
import datetime
import http.client
import os
import pathlib
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


libc = ctypes.CDLL(None, use_errno=True)
SEIZE, INTERRUPT, DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000


def hand_over(listener):
    """In the new process, before it becomes the daemon."""
    os.dup2(listener.fileno(), 3)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))


class Stopped:
    """One thread of the daemon stands still, as if it hung."""

    def __init__(self, pid, name):
        tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
        self.thread, = (int(t.name) for t in tasks if (t / "comm").read_text().strip() == name)

    def _trace(self, request):
        libc.ptrace.argtypes = [ctypes.c_long] * 4
        if libc.ptrace(request, self.thread, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")

    def __enter__(self):
        self._trace(SEIZE)
        self._trace(INTERRUPT)
        os.waitpid(self.thread, WALL)

    def __exit__(self, *_):
        self._trace(DETACH)


class Watchdog(Service):
    """Fed only while core, wire and store all make progress; the API: test_readers.c."""

    def setUp(self):
        super().setUp()
        self.daemon.env["WATCHDOG_USEC"] = "2000000"
        self.daemon.start()
        self.wait_heard("WATCHDOG=1", 2)

    def unfed(self):
        return self.daemon.log().count("watchdog=unfed")

    def pass_three_feedings(self):
        """Until the daemon's own clock says that it would have fed three times."""
        now = lambda: datetime.datetime.fromisoformat(self.api.get("/status")["now"])
        until = now() + datetime.timedelta(seconds=1.5)
        harness.wait_until(lambda: now() > until, "the daemon's clock")

    def stop_one(self, thread):
        with Stopped(self.daemon.process.pid, thread):
            harness.wait_until(lambda: f"watchdog=unfed thread={thread}" in self.daemon.log(),
                               f"{thread} to be missed")
            fed = self.heard("WATCHDOG=1")
            self.pass_three_feedings()
            self.assertEqual(self.heard("WATCHDOG=1"), fed)
        self.wait_heard("WATCHDOG=1", fed + 1)
        self.assertEqual(self.unfed(), 1)

    def test_a_wire_that_hangs_is_missed(self):
        self.stop_one("wire")

    def test_a_store_that_hangs_is_missed(self):
        self.stop_one("store")

    def test_all_are_well_while_there_is_nothing_to_do(self):
        self.wait_heard("WATCHDOG=1", 12)
        self.assertEqual(self.unfed(), 0)


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


class HandedOver(Service):
    """What systemd gives a service at its start: the HTTP socket, the admin's token."""

    def test_the_socket_that_listens_already_is_served(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        self.daemon.popen = {"pass_fds": [3], "preexec_fn": lambda: hand_over(listener)}
        self.daemon.options["http_listen"] = "127.0.0.1:1"
        self.daemon.start()
        self.assertEqual(self.daemon.http_port, listener.getsockname()[1])
        self.assertEqual(self.api.get("/status")["status"], "ok")

    def test_the_token_is_taken_at_every_start(self):
        token = self.daemon.state / "admin-token"
        token.unlink()
        credential = self.folder / "lockstep.admin-token"
        self.daemon.env["CREDENTIALS_DIRECTORY"] = str(self.folder)
        for secret in ("secret-of-the-first-start", "secret-of-the-second-start"):
            credential.write_text(secret + "\n")
            self.daemon.token = secret
            self.daemon.start()
            self.assertEqual(self.api.get("/status")["principal"], {"name": "admin", "role": "admin"})
            self.assertFalse(token.exists())
            self.daemon.stop()
        self.daemon.start()
        self.assertEqual([(e["event"], e["id"], e["actor"]) for e in self.api.all("/audit", kind="token")],
                         2 * [("created", "admin", "credential")], "it was the same the third time")

    def test_the_key_of_the_store_may_be_one_too(self):
        ours = self.daemon.state / "store-key"
        ours.unlink()
        self.daemon.env["CREDENTIALS_DIRECTORY"] = str(self.folder)
        (self.folder / "lockstep.store-key").write_text("no key\n")
        with self.assertRaisesRegex(AssertionError, "state=failed.*lockstep.store-key"):
            self.daemon.start()
        (self.folder / "lockstep.store-key").write_text("0123456789abcdef" * 4)
        self.daemon.start()
        self.assertFalse(ours.exists())

    def test_a_token_that_is_none_stops_the_start(self):
        self.daemon.env["CREDENTIALS_DIRECTORY"] = str(self.folder)
        for secret in ("short", "long enough but with blanks"):
            (self.folder / "lockstep.admin-token").write_text(secret + "\n")
            with self.assertRaisesRegex(AssertionError, "state=failed.*lockstep.admin-token"):
                self.daemon.start()
            self.daemon.process = None


class LocalSocket(harness.Scenario):
    """The API at a path, for a reverse proxy."""

    def make_daemon(self):
        self.path = self.folder / "http.sock"
        return harness.Daemon(self.folder, http_socket=self.path)

    def get(self, target, token=None):
        connection = http.client.HTTPConnection("lockstep", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self.path))
        connection.request("GET", target, headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def test_serves_those_who_may_write_to_it(self):
        token = (self.daemon.state / "admin-token").read_text().strip()
        self.assertEqual(self.get("/healthz")[0], 200)
        self.assertEqual(self.get("/v1/status")[0], 401)
        harness.wait_until(lambda: self.get("/v1/status", token)[0] == 200, "the token")
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o660)

    def test_what_a_killed_daemon_left_is_replaced_and_nothing_else(self):
        self.daemon.kill()
        self.assertTrue(self.path.is_socket())
        self.daemon.start()
        self.assertEqual(self.get("/healthz")[0], 200)
        self.daemon.stop()
        self.path.unlink()
        self.path.write_text("mine")
        with self.assertRaises(AssertionError):
            self.daemon.start()
        self.assertEqual(self.path.read_text(), "mine")
        self.assertIn('what="http_socket"', self.daemon.log())
        self.path.unlink()
        self.daemon.start()


if __name__ == "__main__":
    harness.main()
