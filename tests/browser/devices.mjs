// SPDX-License-Identifier: Apache-2.0
// devices.mjs - devices by an operator: a list of them dropped on the page, with the lines
// that are broken; one by hand; then one device and what it is asked: Read, Write, Execute.
import assert from "node:assert/strict";
import { accessible, api, ask as askFor, confirm, dropped, given, inTurn, isWide, onPage, picture, signIn, until } from "./browser.mjs";

const asOperator = (path) => api(path, given.operator);
const named = async (q) => (await asOperator(`/devices?${new URLSearchParams({ q })}`)).items.map((d) => d.endpoint).sort();

async function broken(page) {
  await page.getByRole("link", { name: "Add devices" }).click();
  const list = 'endpoint,tag.site\nx-1,north\n,south\nx-2,"a"b\nx-3,south\n';
  await page.locator("input[type=file]").setInputFiles([{ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(list) }]);
  await page.getByText("2 broken rows").waitFor();
  const lines = page.getByRole("region", { name: "Broken rows" }).locator("tbody th");
  assert.deepEqual(await lines.allInnerTexts(), ["3", "4"]);
  assert.deepEqual(await named("endpoint==x-*"), [], "nothing was imported");
  await picture(page, "import");
  await accessible(page, "a broken list");
  await page.setViewportSize({ width: 360, height: 780 });
  assert.equal(await isWide(page), "", "the list fits a phone");
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.getByRole("button", { name: "Import the other rows" }).click();
  await page.getByText("2 rows of list.csv imported").waitFor();
  assert.deepEqual(await lines.allInnerTexts(), ["3", "4"], "still to be mended");
  assert.deepEqual(await named("endpoint==x-*"), ["x-1", "x-3"]);
}

async function list(page) {
  const text = '{"endpoint":"y/1","tags":{"site":"north"}}\n{"endpoint":"y-2"}\n{"endpoint":"x-1","tags":{"floor":"2"}}\n';
  await dropped(page, ".drop", [{ name: "list.ndjson", bytes: [...Buffer.from(text)] }]);
  await page.getByText("3 rows of list.ndjson imported").waitFor();
  await page.getByText("2 new, 1 known before").waitFor();
  assert.deepEqual((await asOperator("/devices/x-1")).tags, { floor: "2", site: "north" });
  await page.getByRole("link", { name: "Show what is expected" }).click();
  await page.locator(".rows tbody tr").nth(3).waitFor();
  assert.deepEqual((await page.locator(".rows .endpoint").allInnerTexts()).sort(), ["x-1", "x-3", "y-2", "y/1"]);
}

async function one(page) {
  await page.getByRole("link", { name: "Add devices" }).click();
  await page.getByLabel("Endpoint").fill("gw-1");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("alert").waitFor(); // there is one already
  await page.getByLabel("Endpoint").fill("urn:z/1?a");
  await page.getByLabel("Tags").fill("site=north, floor=2");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "urn:z/1?a" }).waitFor();
  await page.locator(".view-title .s-expected").waitFor();
  await page.getByText("floor=2").waitFor();
  assert.deepEqual((await asOperator(`/devices/${encodeURIComponent("urn:z/1?a")}`)).tags, { floor: "2", site: "north" });
}

async function tags(page) {
  await page.goto(`${given.base}/#/devices/gw-1`);
  await page.locator("[name=tag]").fill("site=north");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("site=north").waitFor();
  assert.deepEqual((await asOperator("/devices/gw-1")).tags, { site: "north" });
  await page.getByRole("button", { name: "Remove tag site" }).click();
  await page.getByText("None. Tags pick devices").waitFor();
}

async function profile(page) {
  const rows = page.getByRole("region", { name: "Values of the profile" }).locator("tbody tr");
  const texts = (await rows.allInnerTexts()).map((row) => row.split(/\s+/).join(" "));
  assert.ok(texts.includes("device block_bytes 512 operator"), texts.join("\n"));
  assert.ok(texts.includes("application updating_max_s 60 operator"), texts.join("\n"));
  assert.ok(texts.some((t) => /^device updating_max_s \d+ default$/.test(t)), texts.join("\n"));
  await page.getByRole("heading", { name: "Profile GW" }).waitFor();
}

const ask = (page) => page.locator("section[aria-labelledby=ask-title]");
const said = (page) => page.getByRole("region", { name: "What it said" }).locator("tbody tr");

async function read(page) {
  await page.getByText("Watching from now on").waitFor();
  await ask(page).getByLabel("Path").fill("3/0/9");
  await ask(page).getByRole("button", { name: "Read" }).click();
  await said(page).waitFor();
  assert.match(await said(page).innerText(), /^\/3\/0\/9\s+77\s+integer$/);
  const row = page.getByRole("region", { name: "Table of exchanges" }).locator("tr", { hasText: "GET" }).first();
  assert.match((await row.innerText()).replace(/\s+/g, " "), /server GET \/3\/0\/9 2\.05 answered \d+ B \d+ ms$/);
  await ask(page).getByLabel("Path").fill("/3/0/999");
  await ask(page).getByRole("button", { name: "Read" }).click();
  await ask(page).getByRole("alert").getByText("The device answered 4.04.").waitFor();
}

async function write(page) {
  await ask(page).getByLabel("What").selectOption("Write");
  await ask(page).getByLabel("Path").fill("/33629/0/11");
  await ask(page).getByLabel("Value").fill("1");
  await ask(page).getByRole("button", { name: "Write…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Keep as it is" }).click();
  await ask(page).getByRole("button", { name: "Write…" }).click();
  await confirm(page, "gw-1", "Write");
  await ask(page).getByText("Write /33629/0/11: 2.04").waitFor();
  const writtenSoFar = async () =>
    (await asOperator("/devices/gw-1/events?kind=device")).items.filter((e) => e.event === "written");
  await until(async () => (await writtenSoFar()).length > 0, "the event"); // soon after the answer
  const written = await writtenSoFar();
  assert.deepEqual(written.map((e) => [e.actor, e.path]), [["ada", "/33629/0/11"]], "once, by who typed it");
  await picture(page, "device");
  await accessible(page, "a device");
  await page.setViewportSize({ width: 360, height: 780 });
  assert.equal(await isWide(page), "", "a device fits a phone");
  await page.setViewportSize({ width: 1360, height: 900 });
}

async function execute(page) {
  await ask(page).getByLabel("What").selectOption("Execute");
  await ask(page).getByLabel("Path").fill("/3/0/4");
  await ask(page).getByRole("button", { name: "Execute…" }).click();
  await confirm(page, "gw-1", "Execute");
  await ask(page).getByText("Execute /3/0/4: 2.04").waitFor();
  await page.locator(".timeline li", { hasText: "executed /3/0/4" }).getByText("ada").waitFor();
}

/** It is asked when it wakes, which the page says; and the wait can be given up. */
async function asleep(page) {
  await page.goto(`${given.base}/#/devices/sleeper-1`);
  await page.locator(".view-title .s-asleep").waitFor();
  await ask(page).getByRole("button", { name: "Read" }).click();
  await ask(page).getByText("until the device wakes").waitFor();
  await ask(page).getByRole("button", { name: "Stop" }).click();
  await ask(page).getByRole("button", { name: "Stop" }).waitFor({ state: "detached" });
  assert.equal(await ask(page).getByRole("alert").count(), 0, "who stops it knows why");
  await ask(page).getByLabel("Path").fill("/3/0/1");
  await ask(page).getByRole("button", { name: "Read" }).click();
  await ask(page).getByText("until the device wakes").waitFor();
  await askFor("wake");
  await said(page).getByText("GW-100").waitFor();
}

async function viewer(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, given.viewer);
  await page.getByRole("heading", { name: "sleeper-1" }).waitFor();
  assert.equal(await ask(page).count(), 0, "a viewer asks no device");
  await page.goto(`${given.base}/#/devices`);
  await page.getByText("You may look only").waitFor();
  await until(async () => (await page.locator(".drop").count()) === 0, "nothing to drop on");
}

await onPage(async (page) => {
  await signIn(page, given.operator);
  await inTurn(page, [broken, list, one, tags, profile, read, write, execute, asleep, viewer]);
}, { expected: /status of (409|422|502)/ });
