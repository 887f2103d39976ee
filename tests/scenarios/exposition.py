# SPDX-License-Identifier: Apache-2.0
"""Prometheus' text format 0.0.4, read strictly: what `promtool check metrics` would find
wrong, and what would be lost without a word. Shares no code with the daemon."""

import math
import re

NAME = re.compile(r"[a-z_:][a-z0-9_:]*")
SAMPLE = re.compile(r"([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
# https://prometheus.io/docs/practices/naming/: base units.
NOT_BASE = re.compile(r"_(?:ms|milliseconds|microseconds|minutes|hours|days|kib|kb|mb|kilobytes|megabytes|"
                      r"percent|pct)(?:_|$)")


class Wrong(Exception):
    pass


def check(claim, what):
    if not claim:
        raise Wrong(what)


class Family:
    def __init__(self, name, text):
        self.name, self.help, self.type = name, text, None
        self.samples = {}  # {(suffix, labels as sorted pairs): value}, in their order

    def value(self, **labels):
        return self.samples[("", tuple(sorted(labels.items())))]

    def add(self, name, labels, value):
        suffix = name[len(self.name):]
        allowed = {"histogram": ("_bucket", "_sum", "_count")}.get(self.type, ("",))
        check(name.startswith(self.name) and suffix in allowed, f"{name} stands among the samples of {self.name}")
        key = (suffix, tuple(sorted(labels)))
        check(len({k for k, _ in labels}) == len(labels), f"{name} has a label twice")
        check(key not in self.samples, f"{name}{labels} stands twice")
        self.samples[key] = value

    def finish(self):
        check(self.type, f"{self.name} has no TYPE")
        check(self.help.strip(), f"{self.name} has no help")
        check((self.type == "counter") == self.name.endswith("_total"), f"{self.name}: _total is for counters")
        check(not NOT_BASE.search(self.name), f"{self.name}: no base unit")
        check(self.type not in self.name, f"{self.name} has its type in its name")
        for (suffix, labels), value in self.samples.items():
            check(not math.isnan(value), f"{self.name} is no number")
            check(self.type == "gauge" or value >= 0, f"{self.name} is below 0")
            check(("le" in dict(labels)) == (suffix == "_bucket"), f"{self.name}: le is for buckets")
        if self.type == "histogram":
            self.finish_histogram()

    def finish_histogram(self):
        series = {tuple(p for p in labels if p[0] != "le") for _, labels in self.samples}
        check(series, f"{self.name} has no samples")
        for of in series:
            buckets = [(float(dict(labels)["le"]), value) for (suffix, labels), value in self.samples.items()
                       if suffix == "_bucket" and set(of) <= set(labels)]
            check(buckets == sorted(buckets) and buckets[-1][0] == math.inf, f"{self.name}: the order of buckets")
            check(all(a[1] <= b[1] for a, b in zip(buckets, buckets[1:])), f"{self.name}: buckets are cumulative")
            check(self.samples.get(("_count", of)) == buckets[-1][1], f"{self.name}: _count is the last bucket")
            check(("_sum", of) in self.samples, f"{self.name} has no _sum")


def labels_of(text):
    found, at = [], 0
    while at < len(text):
        match = LABEL.match(text, at)
        check(match, f"labels: {text}")
        found.append(match.groups())
        at = match.end()
    return found


def number(text):
    try:
        return float(text)
    except ValueError:
        raise Wrong(f"{text} is no number") from None


def parse(text):
    """@return {name: Family}; raises Wrong"""
    families, current = {}, None
    check(text.endswith("\n"), "the last line has no end")
    for line in text[:-1].split("\n"):
        word, _, rest = line.partition(" ")
        if word == "#":
            kind, name, value = (rest.split(" ", 2) + ["", ""])[:3]
            check(kind in ("HELP", "TYPE") and NAME.fullmatch(name), line)
            if kind == "HELP":
                check(name not in families, f"{name} stands twice")
                current = families[name] = Family(name, value)
            else:
                check(current and current.name == name and not current.type and not current.samples,
                      f"TYPE of {name} is not where it should be")
                check(value in ("counter", "gauge", "histogram"), line)
                current.type = value
        else:
            match = SAMPLE.fullmatch(line)
            check(match and current, f"no sample: {line}")
            current.add(match[1], labels_of(match[2] or ""), number(match[3]))
    for family in families.values():
        family.finish()
    return families
