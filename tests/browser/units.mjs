// SPDX-License-Identifier: Apache-2.0
// units.mjs - what of the page needs no browser: what completes a query, how numbers read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { complete, quoted } from "../../web/src/complete.js";
import { bytes, percent, span } from "../../web/src/format.js";
import { tagsOf, valueOf } from "../../web/src/typed.js";

const FIELDS = [
  { field: "model", operators: ["==", "!=", "=in=", "=out="], values: ["GW-100", "GW 200", "M-7"] },
  { field: "state", operators: ["==", "!="], values: ["registered", "asleep"] },
  { field: "component.modem.version", operators: ["==", "=lt=", "=le="], values: ["3.1", "3.2"] },
  { field: 'component."<b=1>".version', operators: ["=="], values: ["1.0"] },
];

/** "|" is the caret. @return what each choice would make of the text */
function made(text) {
  const caret = text.indexOf("|"), whole = text.replace("|", "");
  const { from, items } = complete(whole, caret, FIELDS);
  return items.map((item) => whole.slice(0, from) + item.insert + whole.slice(caret));
}

test("a query is completed where the caret is", () => {
  for (const [text, ...expected] of [
    ["|", ...FIELDS.map((f) => f.field)],
    ["mo|", "model", "component.modem.version"],
    ["(mo|", "(model", "(component.modem.version"],
    ["state==asleep;mod|", "state==asleep;model", "state==asleep;component.modem.version"],
    ["model|", "model==", "model!=", "model=in=(", "model=out=("],
    ["model=i|", "model=in=("],
    ["model==|", "model==GW-100", 'model=="GW 200"', "model==M-7"],
    ["model==gw|", "model==GW-100", 'model=="GW 200"'],
    ['model=="GW |', 'model=="GW 200"'],
    ["model=in=(M-7,|", "model=in=(M-7,GW-100", 'model=in=(M-7,"GW 200"', "model=in=(M-7,M-7"],
    ["model=in=(M-7,GW-100);st|", "model=in=(M-7,GW-100);state"],
    ["st|;model==M-7", "state;model==M-7"],
    ["component.modem.version=l|", "component.modem.version=lt=", "component.modem.version=le="],
    ["component.modem.version=lt=3.2|"],
    ['component."<b=1>".version=|', 'component."<b=1>".version=='],
    ['tag."a;b"==x,sta|', 'tag."a;b"==x,state'],
    ["nonsense==|"],
    ['model=="|', 'model==GW-100', 'model=="GW 200"', "model==M-7"],
  ])
    assert.deepEqual(made(text), expected, text);
});

test("a value is quoted if it must be", () => {
  assert.deepEqual(["3.2-rc1", "a b", 'x"y\\', "a;b", ""].map(quoted), ["3.2-rc1", '"a b"', '"x\\"y\\\\"', '"a;b"', '""']);
});

test("numbers never claim more than is so", () => {
  assert.deepEqual([percent(0, 9), percent(1, 1000), percent(999, 1000), percent(9, 9), percent(1, 0)], ["0 %", "<1 %", ">99 %", "100 %", "–"]);
  assert.deepEqual([bytes(0), bytes(999), bytes(1500), bytes(2.5e9)], ["0 B", "999 B", "1.5 kB", "2.5 GB"]);
  assert.deepEqual([span(59000), span(61000), span(3700000), span(90000000)], ["59 s", "1 min 1 s", "1 h 1 min", "1 d 1 h"]);
});

test("tags are typed as name=value, with a comma between them", () => {
  for (const [text, expected] of [
    ["site=north", { site: "north" }],
    [" site = north , floor=2 ", { site: "north", floor: "2" }],
    ["place=Bonn, Rhein,floor=2", { place: "Bonn, Rhein", floor: "2" }],
    ["spare", { spare: "" }],
    ["formula=a=b", { formula: "a=b" }],
    ["  ", {}],
  ])
    assert.deepEqual(tagsOf(text), expected, text);
});

test("a value has the type that was picked, or as it looks", () => {
  for (const [text, type, expected] of [["80", "", 80], ["-1.5", "", -1.5], ["80", "string", "80"], ["true", "", true], ["false", "boolean", false],
    ["true", "string", "true"], ["", "", ""], [" ", "", " "], ["U", "", "U"], ["2026-11-22T00:00:00Z", "time", "2026-11-22T00:00:00Z"], ["x", "integer", "x"]])
    assert.deepEqual(valueOf(text, type), expected, `${text} ${type}`);
});
