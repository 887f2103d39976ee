// SPDX-License-Identifier: Apache-2.0
// watch.mjs - a campaign from its draft to its end: started, paused and resumed on the page,
// whose numbers are the API's whenever nothing moves; then keyboard, dark and a phone.
import assert from "node:assert/strict";
import { accessible, agrees, api, confirm, contrast, given, inTurn, isWide, legend, onPage, picture, progressOf, signIn, until } from "./browser.mjs";

const { campaign, devices } = given;
const sum = (counts) => Object.values(counts).reduce((a, b) => a + b, 0);
const button = (page, name) => page.locator(`[data-action="${name}"]`);

async function start(page) {
  await page.getByRole("heading", { name: "Gateways to 2026.11" }).waitFor();
  await page.getByText("This campaign has not been started").waitFor();
  assert.equal(await page.locator(".plan-group .stage").count(), 5, "three stages and two");
  await page.getByText("bootloader 2023.01 requires secure-monitor >=1.1").first().waitFor();
  await button(page, "start").click();
  await confirm(page, "Gateways to 2026.11", "Start campaign");
  await page.locator(".view-title .s-running").waitFor();
}

/** Live: counts move by themselves, and always add up. */
async function watch(page) {
  const seen = new Set();
  await until(async () => {
    const counts = await legend(page, "[data-tasks]");
    if (sum(counts)) assert.equal(sum(counts), devices);
    seen.add(counts.succeeded ?? 0);
    return seen.size >= 4;
  }, "four different counts of devices that succeeded");
}

async function pauseAndResume(page) {
  await button(page, "pause").click();
  await page.locator('[data-banner="paused"]').waitFor();
  await until(async () => {
    const { tasks } = await progressOf();
    return !tasks.delivering && !tasks.delivered && !tasks.updating && !tasks.verifying;
  }, "what was under way to end");
  await agrees(page);
  await button(page, "resume").click();
  await page.locator('[data-banner="paused"]').waitFor({ state: "detached" });
}

async function theEnd(page) {
  await page.locator(".view-title .s-finished").waitFor({ timeout: 120000 });
  const progress = await agrees(page);
  assert.equal(progress.ended, devices);
  await page.locator(`.rows tbody tr`).nth(devices - 1).waitFor();
  for (const area of await page.locator(".plot .area > path:first-child").all())
    assert.match(await area.getAttribute("d"), /^M[\d.]+ [\d.]+(L[\d.]+ [\d.]+){3,}$/, "an area is drawn");
  await page.getByText("Over time as a table").click();
  const last = await page.locator(".behind table").filter({ hasText: "under way" }).locator("tbody tr").last().locator("td").allInnerTexts();
  assert.deepEqual(last.map(Number), [20, 4, 0, 0, 0], "the chart's last row");
  const funnel = page.locator("#funnel-title").locator("xpath=ancestor::section");
  await funnel.getByText("How far components have come, as a table").click();
  assert.deepEqual((await funnel.locator("tr", { hasText: "bootloader" }).locator("td").allInnerTexts()).map(Number), [24, 21, 21, 21, 21, 3]);
  await page.getByRole("list").filter({ hasText: "started" }).getByText("admin").first().waitFor(); // who did what
  await picture(page, "finished-light");
}

/** The reasons filter the table, and so do its fields. */
async function filters(page) {
  const rows = page.locator(".rows tbody tr");
  const shown = async (n) => until(async () => (await rows.count()) === n, `${n} rows`, 15000);
  const reason = (await progressOf()).reasons.find((r) => r.devices === 3).reason;
  await page.locator(`[data-reason="${reason}"]`).click();
  await shown(3);
  assert.deepEqual((await rows.locator(".endpoint").allInnerTexts()).sort(), ["bad-1", "bad-2", "bad-3"]);
  await page.getByRole("button", { name: "Clear" }).click();
  await shown(devices);
  await page.locator('[data-component="application"] [data-count="updated"]').click();
  await shown(20);
  await page.locator("select[name=state]").selectOption("failed");
  await page.getByText("No device matches").waitFor();
  await page.getByRole("button", { name: "Show all devices" }).click();
  await shown(devices);
  assert.ok(!page.url().includes(given.token), "the token is in no address");
}

const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());

async function keyboard(page) {
  await page.evaluate(() => document.activeElement.blur());
  await page.reload();
  await page.locator(".rows tbody tr").first().waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Skip to the content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  const names = await page.locator(".endpoint").allInnerTexts();
  await page.locator(".endpoint").first().focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), names[1]);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: names[1], exact: true }).waitFor();
  await page.getByRole("heading", { name: "Versions it has had" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "main", "the keyboard is in the new view");
  await page.locator(".timeline li").nth(4).waitFor();
  const versions = await api(`/devices/${names[1]}/components`);
  for (const c of versions.components)
    assert.ok((await page.getByRole("region", { name: "Table of components" }).locator("tr", { hasText: c.component }).innerText()).includes(c.version), c.component);
  await picture(page, "device");
  await shortcuts(page);
  await page.goto(`${given.base}/#/campaigns/${campaign}`);
  await page.locator(".rows tbody tr").first().waitFor();
}

async function shortcuts(page) {
  for (const [key, title] of [["c", "Campaigns"], ["b", "Bundles"], ["a", "Access"], ["f", "Fleet"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.getByRole("heading", { name: title, exact: true }).waitFor();
  }
  await page.locator("[data-search]").waitFor();
  await page.keyboard.press("/");
  assert.ok(await page.evaluate(() => document.activeElement.matches("[data-search]")), "in the search");
  await page.keyboard.type("?n");
  assert.equal(await page.locator("[data-search]").inputValue(), "?n", "a text is no shortcut");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await accessible(page, "the help");
  await help.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  await page.keyboard.press("n");
  assert.equal(await page.getByRole("heading", { name: "New campaign" }).count(), 0, "shortcuts are off");
}

async function schemes(page) {
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const selector of ["h1", ".subtitle", ".legend-entry .faint", ".badge", ".rows .when", "button.bad-outline, .actions button", ".wordmark"])
      assert.ok((await contrast(page, selector)) >= 4.5, `${selector} in ${colorScheme}: ${await contrast(page, selector)}`);
  }
  assert.notEqual(await paper(), light);
  await picture(page, "finished-dark");
  await accessible(page, "a campaign");
}

async function phone(page) {
  await page.setViewportSize({ width: 360, height: 780 });
  assert.equal(await isWide(page), "", "a campaign fits a phone");
  await picture(page, "phone");
  await page.getByRole("link", { name: "All campaigns" }).click();
  await page.getByRole("link", { name: /Gateways/ }).waitFor();
  assert.equal(await isWide(page), "", "the list fits a phone");
  await page.setViewportSize({ width: 2200, height: 1200 });
  assert.equal(await isWide(page), "", "a wide screen");
}

await onPage(async (page) => {
  await signIn(page);
  await page.goto(`${given.base}/#/campaigns/${campaign}`);
  await page.getByText("Live", { exact: true }).waitFor();
  await inTurn(page, [start, watch, pauseAndResume, theEnd, filters, keyboard, schemes, phone]);
}, { expected: /status of 400/ });
