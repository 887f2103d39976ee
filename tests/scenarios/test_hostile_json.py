# SPDX-License-Identifier: Apache-2.0
"""Every route that takes JSON, as openapi.json lists them, with what is none, or hardly."""

import json
import re

import harness

# What is wrong, and whether one byte of it is to blame.
HOSTILE = {
    "empty": (b"", True),
    "blanks": (b" \n\t", True),
    "half": (b'{"name":', True),
    "trailing garbage": (b'{"name":"a"} x', True),
    "two values": (b'{"name":"a"}{}', True),
    "byte order mark": (b'\xef\xbb\xbf{"name":"a"}', True),
    "UTF-16": '{"name":"a"}'.encode("utf-16"),
    "broken UTF-8": b'{"name":"\xff\xfe"}',
    "overlong UTF-8": b'{"name":"\xc0\xaf"}',
    "surrogate as UTF-8": b'{"name":"\xed\xa0\x80"}',
    "lone high surrogate": b'{"name":"\\ud800"}',
    "lone low surrogate": b'{"name":"\\udc00"}',
    "surrogates the wrong way": b'{"name":"\\udc00\\ud800"}',
    "NUL in a text": b'{"name":"a\\u0000b"}',
    "NUL as a byte": b'{"name":"a\x00b"}',
    "NUL behind": b'{"name":"a"}\x00',
    "control character": b'{"name":"a\nb"}',
    "unknown escape": b'{"name":"\\x41"}',
    "key twice": b'{"name":"a","name":"b"}',
    "key twice, written otherwise": b'{"name":"a","n\\u0061me":"b"}',
    "1e400": b'{"name":1e400}',
    "-1e400": b'{"name":-1e400}',
    "2^53": b'{"name":9007199254740992}',
    "2^63": b'{"name":9223372036854775808}',
    "2^64 in a list": b'{"name":[1,18446744073709551616]}',
    "many digits": b'{"name":' + b"9" * 5000 + b"}",
    "number with 0 before it": b'{"name":01}',
    "plus sign": b'{"name":+1}',
    "NaN": b'{"name":NaN}',
    "hexadecimal": b'{"name":0x10}',
    "deep arrays": b'{"name":' + b"[" * 20000 + b"]" * 20000 + b"}",
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "open arrays": b"[" * 50000,
    "comment": b'{/* */"name":"a"}',
    "comma at the end": b'{"name":"a",}',
    "single quotes": b"{'name':'a'}",
    "array": (b"[]", True),
    "text": (b'"a"', True),
    "number": (b"-0", True),
    "null": (b"null", True),
    # JSON as it should be, though not what anybody asked for
    "-0": (b'{"name":-0,"policy":-0.0}', False),
    "unknown key": (b'{"nmae":"a"}', False),
    "empty key": (b'{"":""}', False),
    "proto": (b'{"__proto__":{"a":1},"constructor":1}', False),
    "long text": (b'{"name":"' + b"a" * 200000 + b'"}', False),
    "long key": (b'{"' + b"a" * 100000 + b'":1}', False),
    "wrong types": (b'{"name":{},"url":[],"role":1,"tags":"x","policy":[],"q":{},"plan":7,"value":{},'
                    b'"kinds":{},"bundle":null,"components":"a","arguments":1,"endpoint":[],"packages":3}', False),
    "nulls": (b'{"name":null,"url":null,"role":null,"bundle":null,"value":null,"endpoint":null}', False),
}
PARAMETERS = {"endpoint": "dev-1", "name": "a", "id": "1", "bundle": "gateway@2026.11", "action": "pause",
              "object": "3", "instance": "0", "resource": "1", "resource_instance": "0"}


class HostileJson(harness.Scenario):
    def routes(self):
        """(method, path, whether a body may lack) of all that take JSON."""
        for path, item in self.api.get("/openapi.json")["paths"].items():
            for method, operation in item.items():
                body = operation.get("requestBody", {})
                if "application/json" in body.get("content", {}):
                    target = re.sub(r"\{(\w+)\}", lambda m: PARAMETERS[m[1]], path)
                    yield method.upper(), target, not body["required"]

    def send(self, method, target, body):
        """@return status, what the answer says"""
        try:
            status, headers, text = self.api.request(method, target, body, {"Content-Type": "application/json"})
        except harness.Problem as problem:
            status, headers, text = problem.status, problem.headers, problem.body
            self.assertEqual(headers["Content-Type"], "application/problem+json")
        return status, json.loads(text) if text else {}

    def check(self, method, target, name, body, is_placed):
        status, said = self.send(method, target, body)
        where = f"{method} {target}, {name}: {status} {said}"
        self.assertLess(status, 500, where)
        if is_placed:
            self.assertEqual(status, 400, where)
            self.assertIn(said["type"], ("/problems/invalid-json", "/problems/invalid-field"), where)
            self.assertTrue(1 <= said.get("position", 0) <= len(body) + 1, where)

    def test_is_refused_with_the_place_and_hurts_nobody(self):
        self.api.post("/devices", {"endpoint": "dev-1"})
        routes = list(self.routes())
        self.assertGreater(len(routes), 15)
        for method, target, may_lack in routes:
            for name, row in HOSTILE.items():
                body, is_placed = row if isinstance(row, tuple) else (row, True)
                with self.subTest(route=f"{method} {target}", body=name):
                    self.check(method, target, name, body, is_placed and not (may_lack and not body))
        self.assertEqual(self.api.get("/status")["status"], "ok")
        self.assertEqual(self.api.get("/devices/dev-1")["endpoint"], "dev-1")


if __name__ == "__main__":
    harness.main()
