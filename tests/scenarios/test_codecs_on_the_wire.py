# SPDX-License-Identifier: Apache-2.0
"""The same two components told in every format that devices speak, read and sent
(standards.md 5 and 8.7.2, device-behaviour.md 1.18, 1.19 and 1.27)."""

import json
import struct

import coap
import harness
from coap import ACCEPT, BLOCK2, LINK, LWM2M_CBOR, OLD_JSON, POST, SENML_CBOR, SENML_JSON, TLV
from coap import ByHand, block, request
from harness import wait_until

OLD_TLV = 1542


def cbor(value, endless=False):
    """endless: maps of indefinite length"""
    def head(major, n):
        for small, form in ((24, None), (1 << 8, ">B"), (1 << 16, ">H"), (1 << 32, ">I")):
            if n < small:
                return bytes([major << 5 | (n if form is None else 24 + (">B", ">H", ">I").index(form))]) + (
                    struct.pack(form, n) if form else b"")
        raise ValueError(n)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, str):
        return head(3, len(value)) + value.encode()
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(cbor(v, endless) for v in value)
    pairs = b"".join(cbor(k, endless) + cbor(v, endless) for k, v in value.items())
    return b"\xbf" + pairs + b"\xff" if endless else head(5, len(value)) + pairs


def tlv(kind, number, value):
    long = len(value) > 7
    head = kind << 6 | (0x08 if long else len(value))
    return bytes([head, number]) + (bytes([len(value)]) if long else b"") + value


class Objlink(str):
    pass


def plain(value):
    return value.encode() if isinstance(value, str) else bytes([value])


def instance(name, version, state=0, linked=()):
    return {3: state, 5: 0, 9: 2, 14: name, 15: version,
            16: {i: Objlink(f"33629:{i}") for i in linked}, 17: {}}


def as_tlv(oid, instances):
    out = b""
    for iid, resources in instances.items():
        inner = b""
        for rid, value in resources.items():
            if isinstance(value, dict):
                inner += tlv(2, rid, b"".join(tlv(1, i, struct.pack("!HH", *map(int, v.split(":"))))
                                              for i, v in value.items()))
            else:
                inner += tlv(3, rid, plain(value))
        out += tlv(0, iid, inner)
    return out


def records(instances):
    for iid, resources in instances.items():
        for rid, value in resources.items():
            if isinstance(value, dict):
                yield from ((f"{iid}/{rid}/{i}", v) for i, v in value.items())
            else:
                yield f"{iid}/{rid}", value


def as_senml_json(oid, instances, root=""):
    def one(n, v):
        key = "vlo" if isinstance(v, Objlink) else "vs" if isinstance(v, str) else "v"
        return {"n": n, key: v}
    entries = [one(n, v) for n, v in records(instances)]
    if entries:
        entries[0]["bn"] = f"{root}/{oid}/"
    return json.dumps(entries).encode()


def as_senml_cbor(oid, instances):
    def one(n, v):
        key = "vlo" if isinstance(v, Objlink) else 3 if isinstance(v, str) else 2
        return {0: n, key: v}
    entries = [one(n, v) for n, v in records(instances)]
    if entries:
        entries[0].update({-2: f"/{oid}/", -3: 1795000000.5})
    return cbor(entries)


def as_lwm2m_cbor(oid, instances, endless):
    if endless:
        return cbor({(oid, iid): {r: v for r, v in resources.items() if v != {}}
                     for iid, resources in instances.items()}, True)
    return cbor({oid: {iid: {r: v for r, v in resources.items() if v != {}}
                       for iid, resources in instances.items()}})


def as_old_json(oid, instances):
    def one(n, v):
        key = "ov" if isinstance(v, Objlink) else "sv" if isinstance(v, str) else "v"
        return {"n": n, key: v}
    return json.dumps({"bn": f"/{oid}/", "e": [one(n, v) for n, v in records(instances)]}).encode()


# how a device is called -> LwM2M version, formats that it takes in Accept (None: without),
# the format of its answer, how to write it
DEVICES = {
    "tlv-1.0": ("1.0", (TLV, None), TLV, as_tlv),
    "tlv-only-1.1": ("1.1", (TLV,), TLV, as_tlv),
    "tlv-legacy": ("1.0", None, OLD_TLV, as_tlv),
    "senml-json": ("1.1", (SENML_JSON,), SENML_JSON, as_senml_json),
    "senml-cbor": ("1.2", (SENML_CBOR,), SENML_CBOR, as_senml_cbor),
    "lwm2m-cbor": ("1.2", None, LWM2M_CBOR, lambda o, i: as_lwm2m_cbor(o, i, True)),
    "lwm2m-cbor-nested": ("1.2", None, LWM2M_CBOR, lambda o, i: as_lwm2m_cbor(o, i, False)),
    "old-json": ("1.0", None, OLD_JSON, as_old_json),
    "never-accept": ("1.1", (None,), SENML_JSON, as_senml_json),
    "alternate": ("1.1", (SENML_JSON,), SENML_JSON, lambda o, i: as_senml_json(o, i, "/lwm2m")),
    "in-blocks": ("1.1", (SENML_CBOR,), SENML_CBOR, as_senml_cbor),
    "one-by-one": ("1.1", (SENML_JSON,), SENML_JSON, as_senml_json),
}


class Codecs(harness.Scenario):
    def device(self, name):
        version, accepts, ct, write = DEVICES[name]
        root = "/lwm2m" if name == "alternate" else ""
        tree = {3: {0: {0: "Example", 1: "C-" + name, 3: "1.0", 18: "2"}},
                33629: {0: instance("application", "1.0", 2, (1,)), 1: instance("modem", "5.0")}}

        def answer(m):
            accept = m.number(ACCEPT)
            if not m.path.startswith(root + "/"):
                return ("4.04", None, b"")
            path = [int(p) for p in m.path[len(root) + 1:].split("/")]
            if accept == LINK:
                return ("5.01", None, b"") if name == "one-by-one" else (
                    "2.05", LINK, b"<%b/33629/0>,<%b/33629/1>" % (root.encode(), root.encode()))
            if accepts is not None and accept not in accepts:
                return ("4.06", None, b"")
            if name == "one-by-one" and path == [33629]:
                return ("4.05", None, b"")
            below = tree.get(path[0], {})
            if len(path) > 1:
                below = {path[1]: below[path[1]]}
            payload = write(path[0], below)
            if name != "in-blocks":
                return ("2.05", ct, payload)
            number = m.number(BLOCK2, 0) >> 4
            more = (number + 1) * 64 < len(payload)
            return ("2.05", ct, payload[number * 64:(number + 1) * 64],
                    [(BLOCK2, block(number, more, 2)), (coap.ETAG, b"v1")])

        objects = f"<{root or '/'}>;rt=\"oma.lwm2m\",<{root}/1/0>,<{root}/3/0>,<{root}/33629/0>,<{root}/33629/1>"
        device = ByHand(self.daemon.coap_port, name, objects, answer,
                        ["lt=300", "lwm2m=" + version, "b=U"])
        self.addCleanup(device.close)
        device.tree, device.write, device.ct = tree, write, ct
        return device

    def components(self, name):
        return {c["component"]: (c["version"], c["state"], c["object_id"], c["instance"], c.get("linked", []),
                                 c.get("conflicting", []))
                for c in self.api.get("/devices/" + name)["components"]}

    def test_the_same_inventory_in_every_format(self):
        devices = {name: self.device(name) for name in DEVICES}
        self.wait_devices(len(DEVICES), q="model==C-*")
        for name in DEVICES:
            with self.subTest(name):
                found = self.components(name)
                self.assertEqual(found["application"][:4], ("1.0", "downloaded", 33629, 0))
                self.assertEqual(found["modem"][:4], ("5.0", "idle", 33629, 1))
                self.assertEqual(found["application"][4:], ([1], []))
        # What was learnt of the formats is not asked again.
        asked = [m.number(ACCEPT) for m in devices["tlv-only-1.1"].asked if m.number(ACCEPT) != LINK]
        first = asked.index(TLV)
        self.assertEqual(set(asked[first:]), {TLV}, asked)

        # The same by Send: the version is what was sent.
        for name in ("senml-json", "senml-cbor", "lwm2m-cbor", "lwm2m-cbor-nested"):
            with self.subTest(name, how="send"):
                device = devices[name]
                device.tree[33629][1][15] = "6.0"
                payload = device.write(33629, {1: {15: "6.0", 3: 0}})
                answer = device.exchange(request(POST, "/dp", (), payload, device.ct))
                self.assertEqual(answer.name, "2.04")
                wait_until(lambda name=name: self.components(name)["modem"][0] == "6.0", "the new version")
        device = devices["senml-cbor"]
        good = as_senml_cbor(33629, {1: {15: "7.0"}})
        for ct, payload in ((None, good), (coap.OPAQUE, good), (9999, good), (SENML_CBOR, good[:-1]),
                            (SENML_CBOR, b""), (SENML_CBOR, b"\x9f" * 200), (SENML_JSON, b"[{"),
                            (LWM2M_CBOR, b"\xbf\x83\x19")):
            with self.subTest(ct=ct, payload=payload):
                self.assertEqual(device.exchange(request(POST, "/dp", (), payload, ct)).name, "4.00")
        self.assertEqual(self.components("senml-cbor")["modem"][0], "6.0")

    def test_answers_that_make_no_sense_stop_nothing(self):
        good = as_senml_cbor(33629, {0: instance("application", "1.0")})
        bad = {
            "truncated": ("2.05", SENML_CBOR, good[:-3]),
            "empty": ("2.05", SENML_CBOR, b""),
            "unknown-format": ("2.05", 9999, good),
            "tlv-too-long": ("2.05", TLV, b"\xd8\x0e\xff\xff\xff"),
            "deep": ("2.05", LWM2M_CBOR, b"\xbf" * 300),
            "endless-blocks": ("2.05", SENML_CBOR, b"x" * 16, [(BLOCK2, block(0, True, 0))]),
            "wrong-object": ("2.05", SENML_CBOR, as_senml_cbor(5, {0: {3: 0}})),
            "an-error": ("5.00", None, b""),
            "a-request-code": ("0.05", None, b""),
        }
        for name, answer in bad.items():
            device = ByHand(self.daemon.coap_port, name, "</1/0>,</3/0>,</33629/0>",
                            lambda m, answer=answer: answer)
            self.addCleanup(device.close)
        good_one = self.device("senml-cbor")
        self.wait_devices(1, q="endpoint==senml-cbor")
        self.assertEqual(self.components("senml-cbor")["modem"][0], "5.0")
        del good_one
        # Those two are read again when they next speak.
        for name in set(bad) - {"a-request-code", "endless-blocks"}:
            wait_until(lambda name=name: self.api.get("/devices/" + name).get("problem"), f"{name}'s problem")


if __name__ == "__main__":
    harness.main()
