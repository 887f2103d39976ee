# SPDX-License-Identifier: Apache-2.0
"""CoAP by hand (RFC 7252, 7959): messages byte by byte, a client, a device made of
answers, and a relay that sees and may drop what passes. None of it shares code with the
daemon or with lockstep-device."""

import os
import random
import select
import socket
import struct
import threading

CON, NON, ACK, RST = range(4)
GET, POST, PUT, DELETE, FETCH = 1, 2, 3, 4, 5
ETAG, OBSERVE, LOCATION_PATH, URI_PATH, CONTENT_FORMAT = 4, 6, 8, 11, 12
URI_QUERY, ACCEPT, BLOCK2, BLOCK1, SIZE2, PROXY_URI, SIZE1, REQUEST_TAG = 15, 17, 23, 27, 28, 35, 60, 292
TEXT, LINK, OPAQUE, CBOR, SENML_JSON, SENML_CBOR = 0, 40, 42, 60, 110, 112
TLV, OLD_JSON, LWM2M_CBOR = 11542, 11543, 11544


def code(text):
    """code("4.04") is 0x84"""
    upper, lower = text.split(".")
    return int(upper) << 5 | int(lower)


def name(number):
    return f"{number >> 5}.{number & 31:02d}"


def uint(value):
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def block(number, more, szx):
    return uint(number << 4 | bool(more) << 3 | szx)


class Message:
    def __init__(self, kind=CON, number=0, mid=None, token=b"", options=(), payload=b""):
        self.kind, self.code, self.token, self.payload = kind, number, token, payload
        self.mid = random.randrange(65536) if mid is None else mid
        self.options = list(options)

    @property
    def name(self):
        return name(self.code)

    def all(self, number):
        return [value for n, value in self.options if n == number]

    def first(self, number, default=None):
        return next(iter(self.all(number)), default)

    def number(self, option, default=None):
        value = self.first(option)
        return default if value is None else int.from_bytes(value, "big")

    @property
    def path(self):
        return "/" + "/".join(v.decode(errors="replace") for v in self.all(URI_PATH))

    def encode(self):
        out = bytearray(struct.pack("!BBH", 1 << 6 | self.kind << 4 | len(self.token), self.code, self.mid))
        out += self.token
        before = 0
        for number, value in sorted(self.options, key=lambda o: o[0]):
            out += self._option(number - before, value)
            before = number
        return bytes(out + (b"\xff" + self.payload if self.payload else b""))

    @staticmethod
    def _option(delta, value):
        head, tail = 0, b""
        for shift, n in ((4, delta), (0, len(value))):
            if n < 13:
                head |= n << shift
            elif n < 269:
                head |= 13 << shift
                tail += bytes([n - 13])
            else:
                head |= 14 << shift
                tail += struct.pack("!H", n - 269)
        return bytes([head]) + tail + value

    @classmethod
    def decode(cls, data):
        first, number, mid = struct.unpack("!BBH", data[:4])
        at = 4 + (first & 15)
        m = cls(first >> 4 & 3, number, mid, data[4:at])
        option = 0
        while at < len(data) and data[at] != 0xFF:
            sizes, head = [], data[at]
            at += 1
            for n in (head >> 4, head & 15):
                if n == 13:
                    n, at = data[at] + 13, at + 1
                elif n == 14:
                    n, at = struct.unpack("!H", data[at:at + 2])[0] + 269, at + 2
                sizes.append(n)
            option += sizes[0]
            m.options.append((option, data[at:at + sizes[1]]))
            at += sizes[1]
        m.payload = data[at + 1:]
        return m


def request(method, path, query=(), payload=b"", ct=None, kind=CON, options=()):
    m = Message(kind, method, token=os.urandom(4), options=options, payload=payload)
    m.options += [(URI_PATH, p.encode()) for p in path.split("/") if p]
    m.options += [(URI_QUERY, q.encode()) for q in query]
    if ct is not None:
        m.options.append((CONTENT_FORMAT, uint(ct)))
    return m


class Client:
    """One UDP port that talks to the daemon; patience in seconds."""

    patience_s = 20

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.send(data if isinstance(data, bytes) else data.encode())

    def receive(self, patience_s=None):
        """@return the next message, None after patience_s"""
        ready = select.select([self.socket], [], [], self.patience_s if patience_s is None else patience_s)
        return Message.decode(self.socket.recv(65536)) if ready[0] else None

    def ask(self, m):
        """@return the answer to m, whatever comes in between; None: it has gone unanswered"""
        self.send(m)
        while True:
            answer = self.receive()
            if answer is None or (answer.code and answer.token == m.token) or (
                    answer.kind == RST and answer.mid == m.mid):
                if answer is not None and answer.kind == CON:
                    self.send(Message(ACK, 0, answer.mid))
                return answer

    def register(self, query, payload="</1/0>,</3/0>", **more):
        more.setdefault("ct", LINK)
        return self.ask(request(POST, "/rd", query, payload.encode(), **more))


def location(answer):
    return "/" + "/".join(v.decode() for v in answer.all(LOCATION_PATH))


class ByHand(Client):
    """A device made of answers: on_request(message) returns (code text, content format or
    None, payload) or such a triple and further options; None for no answer at all."""

    def __init__(self, port, endpoint, objects, on_request, query=("lt=300", "lwm2m=1.1", "b=U")):
        super().__init__(port)
        self.asked = []
        self.on_request = on_request
        self.notices = []
        self.location = None
        answer = self.register([f"ep={endpoint}", *query], objects)
        if answer is None or answer.name != "2.01":
            raise AssertionError(f"Register of {endpoint}: {answer and answer.name}")
        self.location = location(answer)
        self._answers = {}
        self._gone = threading.Event()
        self._waiting = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._gone.is_set():
            m = self.receive(0.1)
            if m is None or self._gone.is_set():
                continue
            if 1 <= m.code < 32:
                self._serve(m)
            elif m.token in self._waiting:
                self._waiting.pop(m.token)(m)
            elif m.code == 0:
                self.notices.append(m)

    def _serve(self, m):
        if m.mid in self._answers:
            self.send(self._answers[m.mid])
            return
        self.asked.append(m)
        answer = self.on_request(m)
        if answer is None:
            return
        reply = Message(ACK if m.kind == CON else NON, code(answer[0]), m.mid if m.kind == CON else None,
                        m.token, payload=answer[2])
        if answer[1] is not None:
            reply.options.append((CONTENT_FORMAT, uint(answer[1])))
        reply.options += list(answer[3]) if len(answer) > 3 else []
        self._answers[m.mid] = reply.encode()
        self.send(reply)

    def exchange(self, m):
        """Ask the daemon while requests of its own are served."""
        done, box = threading.Event(), []
        self._waiting[m.token] = lambda answer: (box.append(answer), done.set())
        self.send(m)
        if not done.wait(self.patience_s):
            raise AssertionError(f"no answer to {m.path}")
        return box[0]

    def close(self):
        self._gone.set()
        self._thread.join()
        super().close()


class Relay:
    """Passes datagrams between devices and the daemon, a port per device.
    drop(message, to_device) is asked about each; what passed is in .seen as
    (message, to_device)."""

    def __init__(self, port, drop=lambda message, to_device: False):
        self.drop = drop
        self.seen = []
        self.daemon = ("127.0.0.1", port)
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.coap = "127.0.0.1:%d" % self.front.getsockname()[1]
        self._backs = {}
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._gone.is_set():
            ready, _, _ = select.select([self.front, *self._backs.values()], [], [], 0.1)
            for one in ready:
                try:
                    data, peer = one.recvfrom(65536)
                except OSError:  # the other side is not there
                    continue
                if one is self.front:
                    self._pass(data, False, self._back(peer), self.daemon)
                else:
                    device = next(p for p, s in self._backs.items() if s is one)
                    self._pass(data, True, self.front, device)

    def _back(self, peer):
        if peer not in self._backs:
            self._backs[peer] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        return self._backs[peer]

    def _pass(self, data, to_device, through, to):
        message = Message.decode(data)
        self.seen.append((message, to_device))
        if not self.drop(message, to_device):
            through.sendto(data, to)

    def close(self):
        self._gone.set()
        self._thread.join()
        for one in [self.front, *self._backs.values()]:
            one.close()
