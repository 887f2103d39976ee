# SPDX-License-Identifier: Apache-2.0
"""A real daemon and real (simulated) devices over loopback, for the scenarios.

Scenarios wait for conditions (wait_until), never for time. Everything they start is
ended by process id; all files are below a folder of their own that goes when the test
passed.
"""

import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock
import urllib.error
import urllib.parse
import urllib.request

BUILD = pathlib.Path(os.environ.get("LOCKSTEP_BUILD", "build/asan")).resolve()
LOCKSTEPD = BUILD / "daemon" / "lockstepd"
DEVICE = BUILD / "tests" / "device" / "lockstep-device"
PATIENCE_S = float(os.environ.get("LOCKSTEP_PATIENCE_S", "60"))

# Protocol times, shortened alike in daemon and devices.
FAST = {
    "ack_timeout_ms": "200 ms",
    "response_timeout_ms": "3 s",
    "exchange_lifetime_ms": "5 s",
    "non_lifetime_ms": "3 s",
    "processing_delay_ms": "200 ms",
    "busy_wait_ms": "200 ms",
    "busy_wait_max_ms": "1 s",
    "body_timeout_ms": "5 s",
    "execute_settle_ms": "5 s",
    "lifetime_min_s": "1 s",
    "reset_confirm_ms": "50 ms",
    "disk_reserve_bytes": "1 MiB",
    "log_level": "info",
    "profiles_dir": "/nonexistent",
}

# A policy whose timers suit simulated devices.
QUICK = {
    "timers": {"stall_s": 5, "poll_s": 1, "updating_s": 6, "condition_s": 1, "defer_s": 2},
    "retry": {
        name: {"max": 2, "backoff_s": 0.2, "backoff_max_s": 1}
        for name in ("transient", "integrity", "server", "conflict", "update")
    },
}
NO_BRAKE = {"brake": {"first": 0, "failures_in_a_row": 0, "failure_pct": 100, "min_sample": 20}}


def wait_until(condition, what, patience_s=None):
    """@return the first true value of condition()"""
    end = time.monotonic() + (patience_s or PATIENCE_S)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"gave up waiting for {what}")
        time.sleep(0.05)


class Problem(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status, body, headers):
        super().__init__(f"{status}: {body[:500]}")
        self.status = status
        self.headers = headers
        self.body = body
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = {}


class Answers:
    """What the API answered, for tests/openapi: once each, of every process its own file."""

    folder = BUILD / "answers"
    seen = set()
    has_description = False

    @classmethod
    def keep(cls, method, target, status, headers, body):
        path = target.partition("?")[0]
        kind = (headers.get("Content-Type") or "").partition(";")[0]
        digest = hash((method, path, status, kind, body))
        if digest in cls.seen:
            return
        cls.seen.add(digest)
        cls.folder.mkdir(exist_ok=True)
        line = {"method": method, "path": path, "status": status, "type": kind,
                "body": body.decode(errors="replace")}
        with open(cls.folder / f"{pathlib.Path(sys.argv[0]).stem}.ndjson", "a") as out:
            out.write(json.dumps(line) + "\n")

    @classmethod
    def keep_description(cls, text):
        cls.folder.mkdir(exist_ok=True)
        part = cls.folder / f"openapi.{os.getpid()}"
        part.write_bytes(text)
        part.rename(cls.folder / "openapi.json")
        cls.has_description = True


class Api:
    def __init__(self, port, token):
        self.base = f"http://127.0.0.1:{port}"
        self.token = token

    def request(self, method, path, body=None, headers=None, timeout=30):
        data = None
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if isinstance(body, (bytes, bytearray)):
            data = bytes(body)
        elif body is not None:
            data = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        elif method in ("POST", "PUT"):
            data = b""
        request = urllib.request.Request(self.base + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                status, fields, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            body = error.read()
            Answers.keep(method, path, error.code, error.headers, body)
            raise Problem(error.code, body.decode(errors="replace"), error.headers) from None
        Answers.keep(method, path, status, fields, body)
        return status, fields, body

    def get(self, path, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        body = self.request("GET", "/v1" + path)[2]
        return json.loads(body) if body else None

    def post(self, path, body=None, headers=None):
        text = self.request("POST", "/v1" + path, body, headers)[2]
        return json.loads(text) if text else None

    def all(self, path, **query):
        """Every item of a list, page by page."""
        items = []
        query.setdefault("limit", 500)
        while True:
            page = self.get(path, **query)
            items += page["items"]
            if not page.get("next"):
                return items
            query["cursor"] = page["next"]


class Daemon:
    """lockstepd with a state folder that outlives a kill."""

    def __init__(self, folder, **options):
        self.folder = pathlib.Path(folder)
        self.state = self.folder / "state"
        self.log_path = self.folder / "lockstepd.log"
        self.options = dict(FAST, state_dir=self.state, http_listen="127.0.0.1:0",
                            coap_listen="127.0.0.1:0")
        self.options.update(options)
        self.config_file = "/dev/null"
        self.env = {}
        self.popen = {}
        self.token = None  # that of the file, unless it is known
        self.wrapper = []  # a command that execs the daemon
        self.process = None
        self.coap_port = self.http_port = None
        self.api = None

    def start(self):
        args = self.wrapper + [str(LOCKSTEPD), "--config", str(self.config_file)]
        for name, value in self.options.items():
            args += ["--set", f"{name}={value}"]
        offset = self.log_path.stat().st_size if self.log_path.exists() else 0
        with open(self.log_path, "ab") as log:
            with unittest.mock.patch.dict(os.environ, self.env):
                self.process = subprocess.Popen(args, stdout=log, stderr=log,
                                                stdin=subprocess.DEVNULL, **self.popen)
        text = wait_until(lambda: self._ready(offset), "lockstepd to be ready")
        if self.wrapper:  # it may see other file systems than we
            self.state = pathlib.Path(f"/proc/{self.process.pid}/root{self.options['state_dir']}")
        self.http_port = int((re.findall(r"listen=http .*port=(\d+)", text) or [0])[-1])
        self.coap_port = int(re.findall(r"listen=coap address=127\.0\.0\.1:(\d+)", text)[-1])
        self.options["coap_listen"] = f"127.0.0.1:{self.coap_port}"
        token = self.token or (self.state / "admin-token").read_text().strip()
        self.api = Api(self.http_port, token)
        if not self.http_port:  # a UNIX socket
            return self
        # The first token is durable soon after the daemon says that it is ready.
        wait_until(self._knows_token, "the admin token")
        if not Answers.has_description:
            Answers.keep_description(self.api.request("GET", "/v1/openapi.json")[2])
        return self

    def _ready(self, offset):
        if self.process.poll() is not None:
            raise AssertionError(f"lockstepd ended with {self.process.returncode}:\n{self.log()[-3000:]}")
        with open(self.log_path, "rb") as log:
            log.seek(offset)
            text = log.read().decode(errors="replace")
        return text if "state=ready" in text else None

    def _knows_token(self):
        try:
            return self.api.get("/status")
        except Problem as problem:
            if problem.status in (401, 403):
                return None
            raise

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("lockstepd did not end on SIGTERM") from None
        return self.process.returncode if self.process else 0

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    @property
    def coap(self):
        return f"127.0.0.1:{self.coap_port}"


class Fleet:
    """lockstep-device: many devices in one process; .facts() is what they saw."""

    def __init__(self, folder, daemon, lines, images=(), name="fleet", options=()):
        self.folder = pathlib.Path(folder)
        self.daemon = daemon
        self.journal = self.folder / f"{name}.journal"
        self.log_path = self.folder / f"{name}.log"
        self.fleet_file = self.folder / f"{name}.txt"
        self.images_file = self.folder / f"{name}.images"
        self.fleet_file.write_text("\n".join(lines) + "\n")
        self.images_file.write_text("".join(f"{line}\n" for line in images))
        self.options = list(options)
        self.process = None

    def start(self):
        args = [str(DEVICE), "--server", self.daemon.coap, "--fleet", str(self.fleet_file),
                "--images", str(self.images_file), "--journal", str(self.journal),
                "--ack-timeout-ms", "200"] + self.options
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(args, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        return self

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode if self.process else 0

    def facts(self, event=None, **match):
        """Lines of the journal as dicts."""
        found = []
        if not self.journal.exists():
            return found
        for line in self.journal.read_text(errors="replace").splitlines():
            fact = dict(part.split("=", 1) for part in line.split(" ") if "=" in part)
            if event and fact.get("event") != event:
                continue
            if all(fact.get(key) == str(value) for key, value in match.items()):
                found.append(fact)
        return found

    def versions(self):
        """{device: {component: version}} after all changes; only what changed."""
        found = {}
        for fact in self.facts("version"):
            found.setdefault(fact["device"], {})[fact["component"]] = fact["to"]
        return found


class Image:
    """A file of repeatable bytes that brings versions to components."""

    def __init__(self, folder, name, versions, size=20000):
        self.name = name
        self.versions = versions
        self.bytes = random.Random(name + json.dumps(versions)).randbytes(size)
        self.sha256 = hashlib.sha256(self.bytes).hexdigest()
        self.path = pathlib.Path(folder) / name
        self.path.write_bytes(self.bytes)

    @property
    def size(self):
        return len(self.bytes)

    @property
    def line(self):
        """For --images."""
        return " ".join([self.sha256] + [f"{c} {v}" for c, v in self.versions.items()])


def package(image, installs_over="*", **more):
    """A package of a manifest."""
    entry = {"file": image.name, "size": image.size, "sha256": image.sha256,
             "installs_over": installs_over}
    if len(image.versions) == 1:
        (entry["component"], entry["version"]), = image.versions.items()
    else:
        entry["provides"] = image.versions
    entry.update(more)
    return entry


def manifest(packages, name="gateway", version="2026.11", model="GW-100", **more):
    bundle = {"name": name, "version": version, "vendor": "example.com", "sequence": 1,
              "applies_to": {"manufacturer": "Example", "model": [model]}, "packages": packages}
    bundle.update(more)
    return bundle


class Scenario(unittest.TestCase):
    """A folder, a daemon, and what most scenarios do with it."""

    daemon_options = {}

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lockstep-"))
        self.fleets = []
        self.daemon = self.make_daemon()
        self.addCleanup(self._clean_up)
        self.daemon.start()

    def make_daemon(self):
        return Daemon(self.folder, **self.daemon_options)

    @property
    def api(self):
        return self.daemon.api

    def _clean_up(self):
        for fleet in self.fleets:
            fleet.stop()
        status = self.daemon.stop()
        log = self.daemon.log()
        outcome = getattr(self._outcome, "result", None)
        failed = outcome is not None and any(
            case is self for case, _ in outcome.failures + outcome.errors)
        sick = status not in (0, -signal.SIGKILL) or "Sanitizer" in log or "runtime error" in log
        if failed or sick:
            print(f"--- the files of {self.id()} are in {self.folder}", file=sys.stderr)
            print(log[-6000:], file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.assertNotIn("Sanitizer", log)
        self.assertNotIn("runtime error", log)
        self.assertIn(status, (0, -signal.SIGKILL), "lockstepd's exit status")

    # ---- steps ----

    def image(self, component, version, size=20000):
        return Image(self.folder, f"{component}-{version}.bin", {component: version}, size)

    def fleet(self, lines, images=(), name="fleet", options=()):
        fleet = Fleet(self.folder, self.daemon, lines, [i.line for i in images], name, options)
        self.fleets.append(fleet)
        return fleet.start()

    def upload(self, images, packages=None, **more):
        """Upload the images and a bundle of them; @return the bundle."""
        for image in images:
            self.api.request("PUT", f"/v1/packages/{image.sha256}", image.bytes)
        return self.api.post("/bundles", manifest(packages or [package(i) for i in images], **more))

    def wait_devices(self, count, q="model==*"):
        """Until so many devices have a readable inventory."""
        def known():
            items = self.api.all("/devices", q=q)
            return len([d for d in items if d.get("inventory_at") or d.get("model")]) >= count
        wait_until(known, f"{count} devices with an inventory")

    def plan(self, bundle="gateway@2026.11", q="model==GW-100"):
        return self.api.post("/plans", {"bundle": bundle, "q": q})

    def campaign(self, policy=None, start=True, q="model==GW-100", bundle="gateway@2026.11", **more):
        """Plan, create and start. @return its id"""
        merged = dict(QUICK, **NO_BRAKE)
        merged.update(policy or {})
        body = {"plan": self.plan(bundle, q)["id"], "policy": merged}
        body.update(more)
        campaign = self.api.post("/campaigns", body)["id"]
        if start:
            self.api.post(f"/campaigns/{campaign}/start")
        return campaign

    def wait_campaign(self, campaign, states=("finished", "aborted"), patience_s=None):
        state = wait_until(
            lambda: next((s for s in [self.api.get(f"/campaigns/{campaign}")["state"]] if s in states), None),
            f"campaign {campaign} to be {' or '.join(states)}", patience_s)
        return state

    def tasks(self, campaign):
        """{endpoint: task}"""
        return {t["endpoint"]: t for t in
                self.api.all(f"/campaigns/{campaign}/tasks", include="components")}

    def versions(self, endpoint):
        quoted = urllib.parse.quote(endpoint, safe="")
        return {c["component"]: c["version"]
                for c in self.api.get(f"/devices/{quoted}")["components"]}

    def assert_never_twice(self, fleet):
        """No device executed a digest twice."""
        for fact in fleet.facts("executes"):
            self.assertEqual(fact["count"], "1", fact)


def main():
    unittest.main(verbosity=2)
