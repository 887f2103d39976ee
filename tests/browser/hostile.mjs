// SPDX-License-Identifier: Apache-2.0
// hostile.mjs - names that would be script stay text in every view, which fits a phone and
// a wide screen; and states are told apart by those who do not see all colours.
import assert from "node:assert/strict";
import { accessible, api, given, isWide, onPage, signIn, until } from "./browser.mjs";

const { names, campaign } = given;
const TIGHT = "<script>alert(1)</script>";
const SCRIPT = "<img src=x onerror=alert(1)>";

/** Nothing of a name became an element, and it is there to be read. */
async function isText(page, where) {
  const made = await page.evaluate(() => document.querySelectorAll('img[src="x"], script:not([src]), [onerror], [onload], a[href^="javascript"]').length);
  assert.equal(made, 0, where);
  const text = await page.evaluate(() => document.body.textContent + [...document.querySelectorAll("option, [title]")].map((n) => n.title || n.value).join(" "));
  for (const name of names[where] ?? []) assert.ok(text.includes(name), `${where} says ${name}`);
}

async function view(page, where, hash, ready) {
  await page.goto(`${given.base}/#/${hash}`);
  await page.locator(ready).first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  await isText(page, where);
  await accessible(page, where);
  for (const width of [360, 768, 2400]) {
    await page.setViewportSize({ width, height: 900 });
    assert.equal(await isWide(page), "", `${where} fits ${width}`);
  }
  await page.setViewportSize({ width: 1360, height: 900 });
}

/* Colours as they are seen without one kind of cone (Machado and others, 2009), in linear RGB. */
const SEEN = {
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const rgbOf = (hex) => hex.match(/[0-9a-f]{2}/gi).map((h) => linear(parseInt(h, 16) / 255));
const labOf = ([r, g, b]) => {
  const f = (t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const [x, y, z] = [(0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b, (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089].map((v) => f(Math.max(0, v)));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};
const APART = [["succeeded", "failed"], ["succeeded", "updating"], ["succeeded", "needs-attention"], ["failed", "updating"],
  ["failed", "waiting"], ["updating", "waiting"], ["succeeded", "waiting"], ["updating", "delivering"], ["failed", "partial"]];

async function colours(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const words = [...new Set(APART.flat())];
    const found = await page.evaluate((list) => list.map((w) => getComputedStyle(document.body).getPropertyValue(`--s-${w}`).trim()), words);
    for (const [kind, matrix] of Object.entries(SEEN)) {
      const seen = Object.fromEntries(words.map((w, i) => [w, labOf(matrix.map((row) => rgbOf(found[i]).reduce((n, v, k) => n + v * row[k], 0)))]));
      for (const [a, b] of APART) {
        const distance = Math.hypot(...seen[a].map((v, i) => v - seen[b][i]));
        assert.ok(distance > 15, `${a} and ${b}, ${kind}, ${colorScheme}: ${distance.toFixed(1)}`);
      }
    }
  }
}

await onPage(async (page) => {
  page.on("dialog", () => assert.fail("a script has run"));
  await signIn(page);
  await page.locator(".rows tbody tr").first().waitFor();
  await view(page, "fleet", "", ".rows tbody tr");
  await view(page, "campaigns", "campaigns", ".campaign-row");
  await view(page, "campaign", `campaigns/${campaign}`, ".rows tbody tr");
  await view(page, "bundles", "bundles", ".bundle-row");
  await view(page, "bundle", `bundles/${encodeURIComponent(given.bundle)}`, ".graph .node");
  await view(page, "device", `devices/${encodeURIComponent(given.endpoint)}`, "[aria-label='Table of components'] tbody tr");
  await view(page, "add", "devices", ".drop");
  await view(page, "access", "access", "tbody tr");
  await view(page, "create", `campaigns/new?${new URLSearchParams({ bundle: given.bundle, q: "endpoint==*" })}`, ".step .hint a");
  await page.getByRole("button", { name: "Make the plan" }).click();
  await page.locator(".plan-group").first().waitFor();
  await isText(page, "create");
  await page.locator("#q").fill("tag.site==");
  await page.getByRole("listbox").getByText(SCRIPT).waitFor();
  await isText(page, "completion");
  await page.locator("#q").fill(`component."${TIGHT}".version=`);
  await page.getByRole("listbox").getByText("=ge=").waitFor();
  await view(page, "no device", `devices/${encodeURIComponent(SCRIPT)}`, "[role=alert]");
  await view(page, "nowhere", "nowhere/at%ll?%%%=<b>", ".empty");
  await colours(page);
  await until(async () => (await api(`/campaigns/${campaign}`)).state === "finished", "its end");
}, { expected: /status of 40[04]/ });
