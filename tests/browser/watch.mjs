// SPDX-License-Identifier: Apache-2.0
// watch.mjs - a campaign from its draft to its end: started, paused and resumed on the page,
// whose numbers are the API's whenever nothing moves; then keyboard, dark and a phone.
import assert from "node:assert/strict";
import { api, contrast, figure, given, isWide, legend, onPage, picture, signIn, until } from "./browser.mjs";

const { campaign, devices } = given;
const progressOf = () => api(`/campaigns/${campaign}/progress`);
const sum = (counts) => Object.values(counts).reduce((a, b) => a + b, 0);
const present = (counts) => Object.fromEntries(Object.entries(counts).filter(([, n]) => n));
const button = (page, name) => page.locator(`[data-action="${name}"]`);

/** The page says what the API says, for devices and for each component. */
async function agrees(page) {
  const progress = await progressOf();
  await until(async () => JSON.stringify(Object.entries(await legend(page, "[data-tasks]")).sort()) ===
    JSON.stringify(Object.entries(present(progress.tasks)).sort()), `the page to say ${JSON.stringify(progress.tasks)}`, 15000);
  for (const [component, counts] of Object.entries(progress.components))
    assert.deepEqual(await legend(page, `[data-component="${component}"]`), present(counts), component);
  assert.equal(Number(await figure(page, "ended")), progress.ended);
  assert.equal(Number(await figure(page, "succeeded")), progress.tasks.succeeded ?? 0);
  return progress;
}

async function start(page) {
  await page.getByRole("heading", { name: "Gateways to 2026.11" }).waitFor();
  await page.getByText("This campaign has not been started").waitFor();
  assert.equal(await page.locator(".plan-group .stage").count(), 5, "three stages and two");
  await page.getByText("bootloader 2023.01 requires secure-monitor >=1.1").first().waitFor();
  await button(page, "start").click();
  await page.locator(".campaign-title .s-running").waitFor();
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
  await page.locator(".campaign-title .s-finished").waitFor({ timeout: 120000 });
  const progress = await agrees(page);
  assert.equal(progress.ended, devices);
  await page.locator(`.tasks tbody tr`).nth(devices - 1).waitFor();
  assert.ok(await page.locator(".plot canvas").evaluate((c) => c.width > 100), "a chart is drawn");
  await page.getByText("Over time as a table").click();
  const last = await page.locator(".behind table").filter({ hasText: "under way" }).locator("tbody tr").last().locator("td").allInnerTexts();
  assert.deepEqual(last.map(Number), [20, 4, 0, 0, 0], "the chart's last row");
  await picture(page, "finished-light");
}

/** The reasons filter the table, and so do its fields. */
async function filters(page) {
  const rows = page.locator(".tasks tbody tr");
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
  await page.locator(".tasks tbody tr").first().waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Skip to the campaign");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  const names = await page.locator(".endpoint").allInnerTexts();
  await page.locator(".endpoint").first().focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), names[1]);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: `Device ${names[1]}` });
  await drawer.getByRole("heading", { name: "Versions it has had" }).waitFor();
  await drawer.locator(".events li").nth(4).waitFor();
  const versions = await api(`/devices/${names[1]}/components`);
  for (const c of versions.components)
    assert.ok((await drawer.locator("table tr", { hasText: c.component }).innerText()).includes(c.version), c.component);
  await picture(page, "drawer");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  assert.equal(await focused(page), names[1], "the focus is back where it was");
}

async function schemes(page) {
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const selector of ["h1", ".subtitle", ".legend-entry .faint", ".badge", ".tasks .when", "button.bad-outline, .actions button", ".wordmark"])
      assert.ok((await contrast(page, selector)) >= 4.5, `${selector} in ${colorScheme}: ${await contrast(page, selector)}`);
  }
  assert.notEqual(await paper(), light);
  await picture(page, "finished-dark");
  await page.emulateMedia({ colorScheme: "light" });
}

async function phone(page) {
  await page.setViewportSize({ width: 360, height: 780 });
  assert.ok(!(await isWide(page)), "a campaign fits a phone");
  await picture(page, "phone");
  await page.getByRole("link", { name: "All campaigns" }).click();
  await page.getByRole("link", { name: /Gateways/ }).waitFor();
  assert.ok(!(await page.locator("main").isVisible()), "the list alone");
  assert.ok(!(await isWide(page)), "the list fits a phone");
  await page.setViewportSize({ width: 2200, height: 1200 });
  assert.ok(!(await isWide(page)), "a wide screen");
}

await onPage(async (page) => {
  await signIn(page);
  await page.getByText("Live", { exact: true }).waitFor();
  for (const step of [start, watch, pauseAndResume, theEnd, filters, keyboard, schemes, phone]) {
    console.log(`  ${step.name}`);
    await step(page);
  }
});
