# SPDX-License-Identifier: Apache-2.0
"""lockstepd --check, --backup and token, with and without a daemon that runs."""

import concurrent.futures
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import unittest

import harness


class Tools(harness.Scenario):
    def tool(self, *arguments):
        args = [str(harness.LOCKSTEPD), "--config", "/dev/null"]
        for name in ("state_dir", "http_listen", "coap_listen", "disk_reserve_bytes"):
            args += ["--set", f"{name}={self.daemon.options[name]}"]
        args += map(str, arguments)
        return subprocess.run(args, capture_output=True, text=True, timeout=120)

    def package(self):
        image = harness.Image(self.folder, "image.bin", {"application": "2.0"})
        self.api.request("PUT", f"/v1/packages/{image.sha256}", image.path.read_bytes())
        return image


class Check(Tools):
    def setUp(self):
        super().setUp()
        self.daemon.options["http_listen"] = f"127.0.0.1:{self.daemon.http_port}"

    def wrong(self):
        """@return the things that are wrong, by name, after an exit status that fits"""
        done = self.tool("--check")
        things = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("WRONG")]
        self.assertEqual(done.returncode, 1 if things else 0, done.stdout + done.stderr)
        self.assertIn(f"{len(things)} to be mended" if things else "the installation is sound", done.stdout)
        return things

    def test_a_sound_installation_runs_or_not(self):
        self.package()
        self.assertEqual(self.wrong(), [])
        self.daemon.stop()
        self.assertEqual(self.wrong(), [])
        self.daemon.start()

    def test_addresses_that_the_daemon_does_not_serve(self):
        self.daemon.options["http_listen"] = "127.0.0.1:1"
        self.assertEqual(self.wrong(), ["http_listen"])

    def test_a_port_that_somebody_else_has(self):
        self.daemon.stop()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.daemon.options["http_listen"] = f"127.0.0.1:{taken.getsockname()[1]}"
            self.assertEqual(self.wrong(), ["http_listen"])

    def test_before_the_first_start(self):
        self.daemon.stop()
        self.daemon.options["state_dir"] = self.folder / "new"
        self.assertEqual(self.wrong(), [])
        self.daemon.options["state_dir"] = self.folder / "neither" / "new"
        self.assertEqual(self.wrong(), ["state_dir", "disk"])

    @unittest.skipIf(os.geteuid() == 0, "root becomes the owner")
    def test_a_folder_of_somebody_else(self):
        self.daemon.options["state_dir"] = "/root"
        self.assertIn("belongs to user 0", self.tool("--check").stdout)

    def test_a_start_names_the_address_that_is_taken(self):
        self.daemon.stop()
        for option, kind in (("coap_listen", socket.SOCK_DGRAM), ("http_listen", socket.SOCK_STREAM)):
            with socket.socket(socket.AF_INET, kind) as taken:
                taken.bind(("127.0.0.1", 0))
                if kind == socket.SOCK_STREAM:
                    taken.listen()
                port = taken.getsockname()[1]
                self.daemon.options["coap_listen"] = "127.0.0.1:0"
                self.daemon.options[option] = f"127.0.0.1:{port}"
                if option == "coap_listen":
                    self.daemon.options[option] = f"[::1]:0, 127.0.0.1:{port}"
                done = self.tool()
                self.assertEqual(done.returncode, 1)
                self.assertIn(f'what="{option} 127.0.0.1 port {port}" error="Address already in use"', done.stderr)

    def test_permissions_that_are_too_wide(self):
        (self.daemon.state / "admin-token").chmod(0o644)
        self.daemon.state.chmod(0o755)
        self.assertEqual(self.wrong(), ["state_dir", "admin-token"])

    def test_a_package_without_its_file(self):
        image = self.package()
        (self.daemon.state / "packages" / image.sha256).unlink()
        self.assertEqual(self.wrong(), ["packages"])

    def test_a_store_that_is_none(self):
        self.daemon.stop()
        for log in self.daemon.state.glob("lockstep.db-*"):
            log.unlink()
        (self.daemon.state / "lockstep.db").write_bytes(b"no store at all" * 1000)
        self.assertEqual(self.wrong(), ["store"])

    def test_a_disk_without_the_reserve(self):
        self.daemon.options["disk_reserve_bytes"] = "1024 GiB"
        self.assertEqual(self.wrong(), ["disk"])


class Backup(Tools):
    def test_a_copy_of_a_running_daemon_is_another_one(self):
        self.fleet(["count=4 prefix=gw- component=application=1.0.0 lifetime=60"])
        self.wait_devices(4)
        image = self.package()
        copy = self.folder / "copy.db"
        done = self.tool("--backup", copy)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(copy.stat().st_mode & 0o777, 0o600)
        self.daemon.kill()

        state = self.folder / "restored"
        state.mkdir(0o700)
        shutil.copy(copy, state / "lockstep.db")
        shutil.copytree(self.daemon.state / "packages", state / "packages")
        listed = subprocess.run(["sha256sum", "-c", pathlib.Path(f"{copy}.packages")], cwd=state,
                                capture_output=True, text=True)
        self.assertEqual(listed.stdout.strip(), f"packages/{image.sha256}: OK", listed.stderr)
        self.daemon.token = (self.daemon.state / "admin-token").read_text().strip()
        self.daemon.state = self.daemon.options["state_dir"] = state
        self.daemon.start()
        self.assertEqual(len(self.api.all("/devices")), 4)
        self.assertEqual(self.api.get(f"/packages/{image.sha256}")["state"], "ready")

    def test_its_list_is_of_the_copy(self):
        image = self.package()
        copy, part = self.folder / "copy.db", self.folder / "copy.db.packages.part"
        os.mkfifo(part)  # where the tool waits, when the copy is made and the list is not
        with concurrent.futures.ThreadPoolExecutor() as pool:
            done = pool.submit(self.tool, "--backup", copy)
            harness.wait_until(copy.exists, "the copy")
            self.api.request("DELETE", f"/v1/packages/{image.sha256}")
            self.assertEqual(part.read_text(), f"{image.sha256}  packages/{image.sha256}\n")
            done.result()

    def test_without_a_store_there_is_none(self):
        self.daemon.stop()
        shutil.rmtree(self.daemon.state)
        done = self.tool("--backup", self.folder / "copy.db")
        self.assertEqual(done.returncode, 1)
        self.assertIn("lockstep.db", done.stderr)
        self.assertFalse((self.folder / "copy.db").exists())

    def test_where_nobody_can_write_the_reason_is_told(self):
        done = self.tool("--backup", "/nonexistent/copy.db")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nonexistent/copy.db: ", done.stderr)


class Token(Tools):
    """With a daemon that runs, and without one."""

    def token(self, *words, fails=None):
        done = self.tool("token", *words)
        self.assertEqual(done.returncode, 0 if fails is None else 1, done.stderr)
        if fails:
            self.assertIn(fails, done.stderr)
        return done.stdout.strip()

    def test_with_a_wrong_configuration_says_where_it_looked(self):
        self.daemon.options["state_dir"] = self.folder / "nowhere"
        for words in (["list"], ["add", "a", "viewer"]):
            self.token(*words, fails=f"{self.folder}/nowhere/lockstep.db: ")
            self.token(*words, fails="--config")

    def listed(self):
        return [line.split() for line in self.token("list").splitlines()]

    def role_of(self, secret):
        """@return what the daemon takes the bearer for, None for nobody"""
        try:
            return harness.Api(self.daemon.http_port, secret).get("/status")["principal"]
        except harness.Problem as problem:
            self.assertEqual(problem.status, 401)
            return None

    def live(self):
        """Made, listed, used, revoked. @return its secret"""
        secret = self.token("add", "night watch", "operator", "86400")
        self.assertIn("night watch", self.token("list"))
        self.assertEqual(self.token("revoke", "nobody", fails="there is no such token"), "")
        self.token("add", "night watch", "admin", fails="name")
        self.assertEqual(self.token("add", "x", "emperor", fails="a role is viewer"), "")
        self.assertEqual(self.token("add", "a\tb", "viewer", fails="control character"), "")
        self.assertEqual(self.token("add", "a\nb", "viewer", fails="no such command"), "")
        return secret

    def test_of_a_daemon_that_runs(self):
        secret = self.live()
        self.assertEqual(self.role_of(secret), {"name": "night watch", "role": "operator"})
        self.token("revoke", "night watch")
        self.assertEqual(self.listed(), [["admin", "admin", "never"]])
        self.assertIsNone(self.role_of(secret))
        events = harness.json.loads(self.api.request("GET", "/v1/events?kind=token", headers={
            "Accept": "application/json"})[2])["items"]
        self.assertEqual([(e["event"], e["id"], e["actor"]) for e in events],  # the newest first
                         [("revoked", "night watch", "local"), ("created", "night watch", "local"),
                          ("created", "admin", "system")])

    def test_of_a_daemon_that_does_not(self):
        self.daemon.kill()
        secret = self.live()
        self.token("revoke", "admin")
        new = self.token("add", "admin", "admin")
        self.daemon.token = new
        self.daemon.start()
        self.assertEqual(self.role_of(secret), {"name": "night watch", "role": "operator"})
        audit = [(e["event"], e["id"], e["actor"]) for e in self.api.all("/audit", kind="token")]
        self.assertEqual(sorted(audit), [("created", "admin", "local"), ("created", "night watch", "local"),
                                         ("revoked", "admin", "local")])

    def test_that_is_asked_wrongly(self):
        for words in ([], ["add"], ["add", "x"], ["list", "x"], ["revoke"], ["make", "x"]):
            done = self.tool("token", *words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("add NAME ROLE", done.stderr)


class AfterAStop(Tools):
    """A store is read once after a stop that was not clean, and only then."""

    def test_that_was_clean_nothing_is_read(self):
        self.daemon.stop()
        self.daemon.start()
        self.api.get("/status")
        self.daemon.stop()
        self.assertNotIn("after=unclean-stop", self.daemon.log())

    def test_that_was_not_clean_the_store_is_read(self):
        self.daemon.kill()
        self.tool("token", "add", "later", "viewer")  # opens and closes it, but reads little
        self.daemon.start()
        harness.wait_until(lambda: "store=sound after=unclean-stop" in self.daemon.log(), "the reading")

    def test_damage_is_told(self):
        self.daemon.stop()
        self.tool("--backup", self.folder / "copy.db")  # a file without a log
        for log in self.daemon.state.glob("lockstep.db-*"):
            log.unlink()
        database = self.daemon.state / "lockstep.db"
        shutil.copy(self.folder / "copy.db", database)
        with sqlite3.connect(database) as store:
            (page,), = store.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'tag_by_value'")
        store.close()
        with open(database, "r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(bytes(4096))
        (self.daemon.state / "lockstep.db.lock").write_text("!")
        for times in (1, 2):  # a clean stop does not mend it
            self.daemon.start()
            harness.wait_until(lambda: self.daemon.log().count("store=damaged detail=") == times, "the finding")
            self.daemon.stop()


if __name__ == "__main__":
    harness.main()
