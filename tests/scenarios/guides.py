# SPDX-License-Identifier: Apache-2.0
"""The commands of a guide, run in their order in one shell.

A block ```sh is run; ```json or ```text right after one is what it prints. ```console is
for what a test cannot do (apt, systemctl), and for what another test does.

What is printed must have the shape of what the guide shows: JSON the same members and
types, text the same but for its numbers, times and digests. ```json moment is of one
moment: its first members are compared, not what is in them.

With LOCKSTEP_GUIDES=rewrite what they print now is put into the guides.
"""

import json
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
COMMANDS_MAX_S = 300


class Block:
    """Commands, and what the guide shows of their answer: None if nothing."""

    def __init__(self, line, text):
        self.line, self.text = line, text
        self.kind = self.shown = None
        self.shown_from = self.shown_to = 0  # its lines, as a slice


def blocks(path):
    """@return the ```sh blocks of a guide, in their order"""
    found, last, fence = [], None, None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if fence is None and line.startswith("```"):
            fence, body, begun = line[3:].strip(), [], number
        elif line == "```":
            if fence == "sh":
                last = Block(begun, "\n".join(body))
                found.append(last)
            elif last and fence.split()[:1] in (["json"], ["text"]):
                last.kind, last.shown = fence, "\n".join(body)
                last.shown_from, last.shown_to, last = begun, number - 1, None
            fence = None
        elif fence is not None:
            body.append(line)
        elif line.strip():
            last = None
    return found


def put(replace, text):
    """@return the text with what stands for what"""
    for old, new in replace.items():
        text = text.replace(old, new)
    return text


def run(found, folder, environment, replace):
    """@return [(exit status of its last command, stdout, stderr)] of each block"""
    script = ""
    for i, block in enumerate(found):
        script += f"{{\n{put(replace, block.text)}\n}} >{folder}/{i}.out 2>{folder}/{i}.err\necho $? >{folder}/{i}.status\n"
    subprocess.run(["sh", "-c", script], cwd=folder, env=environment, timeout=COMMANDS_MAX_S,
                   stdin=subprocess.DEVNULL, check=False)
    return [tuple((pathlib.Path(folder) / f"{i}.{part}").read_text() for part in ("status", "out", "err"))
            for i in range(len(found))]


def shape(value, depth=99):
    """JSON without what changes from run to run."""
    if isinstance(value, dict):
        return {k: shape(v, depth - 1) for k, v in sorted(value.items())} if depth else "{}"
    if isinstance(value, list):
        return [shape(v, depth - 1) for v in value[:1]] if depth else "[]"
    if isinstance(value, str):
        return plain(value)
    return type(value).__name__


def plain(text):
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)
    text = re.sub(r"\b[0-9a-f]{16,}\b", "HEX", text)
    return re.sub(r"\d+", "N", text)


def shapes(kind, text):
    """@return lines to compare, in any order: that of devices is their own"""
    if not kind.startswith("json"):
        return sorted(plain(line).rstrip() for line in text.strip().splitlines())
    depth = 1 if kind.endswith("moment") else 99
    return sorted(json.dumps(shape(json.loads(line), depth)) for line in text.strip().splitlines())


def rewrite(path, folder, environment, replace):
    """Put what the commands print into the guide."""
    found, lines = blocks(path), path.read_text().splitlines()
    ran = run(found, folder, environment, replace)
    for block, (status, out, err) in reversed(list(zip(found, ran))):
        print(f"line {block.line}: exit status {status.strip()} {err.strip()}")
        out = put({new: old for old, new in replace.items()}, out)
        if block.kind:
            lines[block.shown_from:block.shown_to] = out.rstrip("\n").splitlines()
        else:
            print(out, end="")
    path.write_text("\n".join(lines) + "\n")
