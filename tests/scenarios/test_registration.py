# SPDX-License-Identifier: Apache-2.0
"""Register, Update, De-register and the message layer below, byte by byte on the wire
(standards.md 4.0 to 4.2, 4.8 and 8.7.1)."""

import coap
import harness
from coap import ACCEPT, BLOCK1, CON, DELETE, GET, LINK, NON, POST, PUT, RST, SENML_CBOR
from coap import Message, block, location, request
from harness import wait_until

# endpoint, query, list of objects, what the API shows of it
TAKEN = [
    ("v10-old", ["lt=60"], "</1/0>,</3/0>,</5/0>", {"lwm2m": "1.0", "lifetime_s": 60}),
    ("v10-bare", [], "</1/0>,</3/0>", {"lwm2m": "1.0", "lifetime_s": 86400}),
    ("v10-queue", ["b=UQ", "lwm2m=1.0"], "</3/0>", {"queue_mode": True}),
    ("v11", ["lt=61", "lwm2m=1.1", "b=U"], "</>;rt=\"oma.lwm2m\";ct=110,</1/0>,</3/0>",
     {"lwm2m": "1.1", "queue_mode": False, "root_path": "/"}),
    ("v11-queue", ["lt=61", "lwm2m=1.1", "b=U", "Q"], "</3/0>", {"queue_mode": True}),
    ("v12-list", ["lt=0", "lwm2m=1.2"],
     "</>;rt=\"oma.lwm2m\";ct=\"60 110 112 11544\",</33629>;ver=1.0,</33629/0>",
     {"lwm2m": "1.2", "lifetime_s": 0}),
    ("alternate", ["lt=60", "lwm2m=1.1"], "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/1/0>,</lwm2m/3/0>",
     {"root_path": "/lwm2m"}),
    ("ver-quoted", ["lt=60", "lwm2m=1.0"], "</5>;ver=\"1.1\",</5/0>", {}),
    ("ver-bare", ["lt=60", "lwm2m=1.1"], "</5>;ver=1.1,</5/0>", {}),
    ("ver-instance", ["lt=60", "lwm2m=1.1"], "</5/0>;ver=1.1", {}),
    ("no-instance", ["lt=60", "lwm2m=1.1"], "</33629>,</2>", {}),
    ("spaces", ["lt=60", "lwm2m=1.1"], "</>; rt=\"oma.lwm2m\"; x=y, </1/0> , </3/0/>", {}),
    ("extra", ["lt=60", "lwm2m=1.1", "vendor=acme", "sms=491701234567", "b=UT"], "</3/0>", {}),
    ("uuid:ä/b c", ["lt=60", "lwm2m=1.1"], "</3/0>", {}),
    ("secure", ["lt=60", "lwm2m=1.1"], "</0/0>,</21/0>,</23>,</24/0>,</65535/0>,</3/0>", {}),
    ("wakaama", ["lt=60", "lwm2m=1.1", "b=U"], "</>;rt=\"oma.lwm2m\";ct=110,</1>;ver=1.1,</1/0>,</3/0>,</5/0>", {}),
]

# query, list of objects, content format, code
REFUSED = [
    (["lt=60", "lwm2m=1.0"], "</3/0>", LINK, "4.00"),
    (["lt=60", "lwm2m=1.1"], "</3/0>", LINK, "4.00"),
    (["ep="], "</3/0>", LINK, "4.00"),
    (["ep=a", "lwm2m=1.1"], "</3/0>", LINK, "4.00"),
    (["ep=a", "lt=-1"], "</3/0>", LINK, "4.00"),
    (["ep=a", "ep=b", "lt=60"], "</3/0>", LINK, "4.00"),
    (["ep=a", "lt=60", "b=X"], "</3/0>", LINK, "4.00"),
    (["ep=" + "x" * 129, "lt=60"], "</3/0>", LINK, "4.00"),
    (["ep=a", "lt=60", "lwm2m=2.0"], "</3/0>", LINK, "4.12"),
    (["ep=a", "lt=60", "lwm2m=1.3"], "</3/0>", LINK, "4.12"),
    (["ep=a", "lt=60", "lwm2m=1.2", "pid=7"], "", None, "4.09"),
    (["ep=a", "lt=60"], "", None, "4.09"),
    (["ep=a", "lt=60"], "</3/0>", SENML_CBOR, "4.00"),
    (["ep=a", "lt=60"], "</3/0", LINK, "4.00"),
    (["ep=a", "lt=60"], "\x00\x01", LINK, "4.00"),
]


class Registration(harness.Scenario):
    def setUp(self):
        super().setUp()
        self.client = self.new_client()

    def new_client(self):
        client = coap.Client(self.daemon.coap_port)
        self.addCleanup(client.close)
        return client

    def known(self, endpoint):
        found = self.api.all("/devices", q=f"endpoint=='{endpoint}'")
        return self.api.get("/devices/" + harness.urllib.parse.quote(endpoint, safe="")) if found else None

    def assert_code(self, answer, code, what=None):
        self.assertIsNotNone(answer, what)
        self.assertEqual(answer.name, code, what)

    def test_takes_every_form_of_register(self):
        for endpoint, query, objects, shown in TAKEN:
            with self.subTest(endpoint=endpoint):
                client = self.new_client()
                answer = client.register(["ep=" + endpoint, *query], objects)
                self.assert_code(answer, "2.01")
                self.assertRegex(location(answer), r"^/rd/[^/]+$")
                device = self.known(endpoint)
                self.assertEqual({key: device[key] for key in shown}, shown)

    def test_refuses_with_the_right_code(self):
        for query, objects, ct, code in REFUSED:
            with self.subTest(query=query, objects=objects):
                self.assert_code(self.client.register(query, objects, ct=ct), code)
        self.assertEqual(self.api.all("/devices", q="endpoint==*"), [], "nothing was taken")

    def test_updates_and_deregisters(self):
        one = self.client.register(["ep=d", "lt=60", "lwm2m=1.1"], "</3/0>")
        where = location(one)
        for query, objects, ct, code in (
                ([], "", None, "2.04"), (["lt=90"], "", None, "2.04"), (["b=U", "Q"], "", None, "2.04"),
                (["sms=4917"], "", None, "2.04"), ([], "</3/0>,</5/0>", LINK, "2.04"),
                (["lt=90"], "</3/0>,</5/0>,</5/1>", LINK, "2.04"), (["new=1"], "", None, "2.04"),
                (["ep=d"], "", None, "4.00"), (["lwm2m=1.1"], "", None, "4.00"), (["lt=x"], "", None, "4.00"),
                ([], "no list", LINK, "4.00")):
            with self.subTest(query=query, objects=objects):
                answer = self.client.ask(request(POST, where, query, objects.encode(), ct))
                self.assert_code(answer, code)
        device = self.known("d")
        self.assertEqual((device["lifetime_s"], device["queue_mode"]), (90, True))
        for path in ("/rd/zzzzzzzz", where + "/x", where + "x"):
            self.assert_code(self.client.ask(request(POST, path)), "4.04", path)
        stranger = self.new_client()
        self.assert_code(stranger.ask(request(POST, where)), "4.04", "somebody else's location")
        self.assert_code(stranger.ask(request(DELETE, where)), "4.04", "somebody else's location")
        self.assert_code(self.client.ask(request(DELETE, where)), "2.02")
        self.assert_code(self.client.ask(request(DELETE, where)), "4.04")
        self.assert_code(self.client.ask(request(POST, where)), "4.04")
        wait_until(lambda: self.known("d")["state"] not in ("registered", "asleep"), "a device that is gone")

    def test_an_update_changes_what_is_shown_of_the_registration(self):
        where = location(self.client.register(["ep=d", "lt=60", "lwm2m=1.1", "b=U"], "</3/0>"))
        for query, objects, binding, root in (
                (["b=UT"], "", "UT", "/"),
                (["Q"], "", "UTQ", "/"),
                (["lt=90"], "", "UTQ", "/"),
                ([], "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/3/0>", "UTQ", "/lwm2m"),
                (["b=U"], "", "U", "/lwm2m"),
                ([], "</3/0>", "U", "/")):
            with self.subTest(query=query, objects=objects):
                answer = self.client.ask(request(POST, where, query, objects.encode(), LINK if objects else None))
                self.assert_code(answer, "2.04")
                device = self.known("d")
                self.assertEqual((device["binding"], device["root_path"]), (binding, root))

    def test_a_new_register_replaces_the_old_one(self):
        old = self.client.register(["ep=d", "lt=60", "lwm2m=1.0"], "</3/0>")
        moved = self.new_client()
        new = moved.register(["ep=d", "lt=70", "lwm2m=1.1"], "</3/0>,</5/0>")
        self.assert_code(new, "2.01")
        self.assertNotEqual(location(old), location(new))
        self.assert_code(self.client.ask(request(POST, location(old))), "4.04")
        self.assert_code(moved.ask(request(POST, location(old))), "4.04")
        self.assert_code(moved.ask(request(POST, location(new))), "2.04")
        self.assertEqual([d["endpoint"] for d in self.api.all("/devices", q="endpoint==*")], ["d"])
        self.assertEqual(self.known("d")["lwm2m"], "1.1")

    def test_a_registration_ends_with_its_lifetime(self):
        where = location(self.client.register(["ep=d", "lt=1", "lwm2m=1.1"], "</3/0>"))
        wait_until(lambda: self.known("d")["state"] not in ("registered", "asleep"), "its end")
        self.assert_code(self.client.ask(request(POST, where)), "4.04")
        self.assert_code(self.client.register(["ep=d", "lt=60", "lwm2m=1.1"], "</3/0>"), "2.01")

    def test_a_list_in_blocks_and_what_may_go_wrong_with_them(self):
        objects = ",".join(f"</{n}/0>" for n in (1, 3, 4, 5, 33629) for _ in (0,)) + ",</33629/1>,</33629/2>"
        tag = [(coap.REQUEST_TAG, b"\x01")]

        def part(number, more=None, szx=0, data=None, endpoint="d"):
            size = 16 << szx
            data = objects.encode()[number * size:(number + 1) * size] if data is None else data
            more = (number + 1) * size < len(objects) if more is None else more
            return self.client.ask(request(POST, "/rd", [f"ep={endpoint}", "lt=60", "lwm2m=1.1"], data, LINK,
                                           options=[(BLOCK1, block(number, more, szx)), *tag]))

        count = (len(objects) + 15) // 16
        for number in range(count - 1):
            answer = part(number)
            self.assert_code(answer, "2.31")
            self.assertEqual(answer.first(BLOCK1), block(number, True, 0))
        self.assert_code(part(count - 1), "2.01")
        self.assertEqual(self.known("d")["state"], "registered")

        self.assert_code(part(1, True), "4.08", "a body whose start never came")
        self.assert_code(part(0), "2.31")
        self.assert_code(part(2), "4.08", "a gap")
        self.assert_code(part(0, szx=7), "4.00", "BERT is for TCP")
        self.assert_code(part(0, True, data=b"short"), "4.00", "a block that is not full")
        big = 0
        while True:
            answer = part(big, True, 6, b"<" * 1024, "big")
            if answer.name != "2.31":
                break
            big += 1
        self.assert_code(answer, "4.13")
        self.assertEqual(answer.number(coap.SIZE1), 65536)

    def test_a_repeated_message_gets_the_same_answer(self):
        m = request(POST, "/rd", ["ep=d", "lt=60", "lwm2m=1.1"], b"</1/0>", LINK)
        answers = [self.client.ask(m) for _ in range(3)]
        self.assertEqual(len({answer.encode() for answer in answers}), 1, answers)
        answer = answers[0]
        self.assert_code(answer, "2.01")
        self.assert_code(self.client.ask(request(POST, location(answer))), "2.04")
        registered = [e for e in self.api.all("/devices/d/events") if e["event"] == "registered"]
        self.assertEqual(len(registered), 1, registered)

    def test_the_message_layer(self):
        ping = Message(CON, 0)
        self.client.send(ping)
        answer = self.client.receive()
        self.assertEqual((answer.kind, answer.mid), (RST, ping.mid), "a ping")
        where = "/.well-known/core"
        for what, m, code in (
                ("discovery", request(GET, where), "2.05"),
                ("a critical option", request(GET, where, options=[(9999, b"x")]), "4.02"),
                ("an elective option", request(GET, where, options=[(9998, b"x")]), "2.05"),
                ("an over-long critical option", request(GET, where, options=[(ACCEPT, b"12345")]), "4.02"),
                ("another format", request(GET, where, options=[(ACCEPT, coap.uint(SENML_CBOR))]), "4.06"),
                ("a proxy", request(GET, where, options=[(coap.PROXY_URI, b"coap://x/")]), "5.05"),
                ("an unknown path", request(GET, "/nothing"), "4.04"),
                ("another method", request(PUT, "/rd"), "4.05"),
                ("an unknown method", request(9, "/rd"), "4.05"),
                ("FETCH", request(5, "/rd"), "4.05"),
                ("iPATCH", request(7, "/dp", (), b"x", SENML_CBOR), "4.05"),
                ("FETCH of discovery", request(5, where), "4.05"),
                ("FETCH of an unknown path", request(5, "/nothing"), "4.04"),
                ("GET of an unknown location", request(GET, "/rd/0123456789abcdef"), "4.04"),
                ("an unknown location", request(POST, "/rd/nobody"), "4.04"),
                ("FETCH of an unknown package", request(5, "/p/" + "0" * 64), "4.04"),
                ("an unknown package", request(GET, "/p/" + "0" * 64), "4.04"),
                ("a Send of a stranger", request(POST, "/dp", (), b"\x80", SENML_CBOR), "4.00")):
            with self.subTest(what):
                self.assert_code(self.client.ask(m), code, what)
        answer = self.client.ask(request(GET, where, kind=NON))
        self.assertEqual((answer.kind, answer.name), (NON, "2.05"))

    def test_malformed_messages_are_reset_or_ignored(self):
        good = request(GET, "/.well-known/core").encode()
        for what, data in (
                ("token length 9", bytes([0x49]) + good[1:]),
                ("a marker without payload", good + b"\xff"),
                ("option nibble 15", good + b"\xf1"),
                ("an option that is cut", good + b"\x0e\x00"),
                ("an empty message with bytes", bytes([0x40, 0, 1, 2, 3]))):
            with self.subTest(what):
                self.client.send(data)
                answer = self.client.receive()
                self.assertIsNotNone(answer, what)
                self.assertEqual((answer.kind, answer.code), (RST, 0), what)
        for data in (b"", b"\x40", b"\x40\x01\x00", bytes([0x80]) + good[1:], bytes([0x59]) + good[1:],
                     b"\x60\x00\x12\x34", b"\x70\x00\x12\x34", b"\x62\x45\x12\x34ab", b"\xff" * 1500):
            self.client.send(data)
        answer = self.client.ask(request(GET, "/.well-known/core"))
        self.assert_code(answer, "2.05", "it goes on")


if __name__ == "__main__":
    harness.main()
