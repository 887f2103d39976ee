// SPDX-License-Identifier: Apache-2.0
// operate.mjs - the whole of a campaign by an operator who has nothing but the page: a
// bundle dropped on it, a query completed and counted, a plan, a policy, a start, the end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible, api, confirm, dropped, given, isWide, onPage, picture, signIn, until } from "./browser.mjs";

const nameOf = (path) => path.split("/").at(-1);
const asOperator = (path) => api(path, given.operator);

async function refusals(page) {
  await page.getByRole("link", { name: "Bundles", exact: true }).click();
  await page.locator("input[type=file]").setInputFiles(given.files.filter((f) => !f.endsWith(".json")));
  await page.getByRole("alert").getByText("None of these is a manifest").waitFor();
  await page.locator("input[type=file]").setInputFiles([{ name: "bundle.json", mimeType: "application/json", buffer: Buffer.from("{") }]);
  await page.getByRole("alert").getByText("bundle.json is not JSON").waitFor();
  await page.locator("input[type=file]").setInputFiles(given.files.filter((f) => f.endsWith(".json")));
  await page.getByText("not given: it must be here already").first().waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  const files = given.files.map((path) => ({ name: nameOf(path), mimeType: "application/octet-stream", buffer: readFileSync(path) }));
  files.at(-1).buffer[0] ^= 1;
  await page.locator("input[type=file]").setInputFiles(files);
  await page.getByRole("button", { name: "Upload gateway@2026.11" }).click();
  await page.getByRole("alert").getByText(files.at(-1).name).waitFor(); // the problem's detail says which
  await accessible(page, "an upload that was refused");
  await page.getByRole("button", { name: "Clear" }).click();
}

async function drop(page) {
  await dropped(page, ".drop", given.files.map((path) => ({ name: nameOf(path), bytes: [...readFileSync(path)] })));
  await page.getByRole("button", { name: "Upload gateway@2026.11" }).click();
  await page.getByRole("heading", { name: "gateway@2026.11" }).waitFor();
  assert.equal((await asOperator("/bundles/gateway@2026.11")).state, "ready");
}

async function bundle(page) {
  assert.equal(await page.locator(".graph .node").count(), 4);
  assert.equal(await page.locator(".graph .edge.requires").count(), 2);
  assert.equal(await page.locator(".graph .edge.together").count(), 1);
  await page.getByText("Dependencies as a table").click();
  const rules = await page.locator(".behind tr").allInnerTexts();
  assert.ok(rules.some((r) => /^bootloader\s+requires\s+secure-monitor\s+>=1.1$/.test(r)), rules.join("\n"));
  assert.equal(await page.getByRole("button", { name: "Withdraw…" }).count(), 0, "an operator withdraws nothing");
  await picture(page, "bundle");
  await accessible(page, "a bundle");
  await page.getByRole("link", { name: "New campaign" }).click();
}

/** The keyboard alone writes "model==GW-100;component.radio.version=lt=7.2". */
async function devices(page) {
  const q = page.locator("#q"), list = page.getByRole("listbox");
  const pick = async (typed, choice) => {
    await page.keyboard.type(typed);
    const option = list.getByRole("option").filter({ has: page.getByText(choice, { exact: true }) });
    await option.waitFor();
    while (await option.getAttribute("aria-selected") !== "true") {
      await page.keyboard.press("ArrowDown");
      await page.waitForFunction(() => document.querySelector("[aria-activedescendant]"));
    }
    await page.keyboard.press("Enter");
    await until(async () => (await q.inputValue()).endsWith(choice), choice, 5000);
  };
  await q.focus();
  await pick("mo", "model");
  await pick("", "==");
  await accessible(page, "the completion");
  await pick("", "GW-100");
  await page.getByText("9 devices match").waitFor();
  await pick(";rad", "component.radio.version");
  await pick("=l", "=lt=");
  await page.keyboard.type("7.2");
  assert.equal(await q.inputValue(), "model==GW-100;component.radio.version=lt=7.2");
  await page.getByText("9 devices match").waitFor();
  await q.fill("modle==GW-100");
  await page.getByText("did you mean 'model'?").waitFor();
  assert.ok(await page.getByRole("button", { name: "Make the plan" }).isDisabled());
  await q.fill("model==GW-100");
}

async function plan(page) {
  await page.getByText("9 devices match").waitFor();
  await page.getByRole("button", { name: "Make the plan" }).click();
  await page.getByRole("heading", { name: /^Plan 8 devices, 2 inventories, .*1 excluded$/ }).waitFor();
  assert.equal(await page.locator(".plan-group .stage").count(), 5, "three stages and two");
  assert.equal(await page.locator(".stage.atomic").count(), 2);
  await page.getByText("no package installs over it").waitFor();
  await page.locator("#q").fill("model==GW-10");
  await page.getByRole("button", { name: "Make the plan again" }).waitFor();
  assert.equal(await page.locator(".plan-group").count(), 0, "a plan of another query is not shown");
  await page.locator("#q").fill("model==GW-100");
  await page.locator(".plan-group").first().waitFor();
}

async function create(page) {
  await page.locator('[name="in_flight"]').fill("3");
  await page.locator('[name="brake.first"]').fill("2");
  await page.getByText("Retries and timers").click();
  await page.locator('[name="timers.poll_s"]').fill("1");
  await page.locator('[name="name"]').fill("Gateways by hand");
  await picture(page, "create");
  await accessible(page, "a new campaign");
  await page.setViewportSize({ width: 360, height: 780 });
  assert.equal(await isWide(page), "", "a new campaign fits a phone");
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.getByRole("button", { name: "Create and start…" }).click();
  await confirm(page, "Gateways by hand", "Start campaign");
  await page.getByRole("heading", { name: "Gateways by hand" }).waitFor();
}

async function theEnd(page) {
  await page.locator(".view-title .s-finished").waitFor({ timeout: 90000 });
  const [campaign] = (await asOperator("/campaigns")).items;
  const { policy, created_by } = await asOperator(`/campaigns/${campaign.id}`);
  assert.deepEqual([policy.in_flight, policy.brake.first, policy.timers.poll_s, created_by], [3, 2, 1, "ada"]);
  assert.deepEqual((await asOperator(`/campaigns/${campaign.id}/progress`)).tasks, { succeeded: 8, excluded: 1 });
  await page.locator(".timeline").getByText("ada").first().waitFor();
}

/** What has become of one device, and what was said on the way. */
async function device(page) {
  await page.getByRole("link", { name: "old-1", exact: true }).click();
  const versions = page.getByRole("region", { name: "Table of versions" }).locator("tbody tr");
  await versions.filter({ hasText: "2023.01" }).first().waitFor();
  await page.getByRole("button", { name: "Read inventory again" }).click();
  await page.getByRole("region", { name: "Table of exchanges" }).locator("tr", { hasText: "PUT /33629/" }).first().waitFor();
}

async function access(page) {
  await page.getByRole("link", { name: "Access" }).click();
  await page.getByText("Tokens are for admins").waitFor();
  await page.locator(".timeline li").filter({ hasText: "Gateways by hand" }).first().waitFor();
  await page.locator("select[name=kind]").selectOption("bundle");
  await until(async () => (await page.locator(".timeline li").allInnerTexts()).every((t) => t.includes("bundle")), "bundles alone");
}

async function tokens(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page);
  await page.getByRole("button", { name: "Make a token" }).waitFor();
  await page.locator("[name=token-name]").fill("hook");
  await page.locator("[name=role]").selectOption("operator");
  await page.getByRole("button", { name: "Make a token" }).click();
  const dialog = page.getByRole("dialog", { name: "The new token" });
  const secret = await dialog.locator("code").innerText();
  assert.equal((await api("/status", secret)).principal.role, "operator");
  await dialog.getByRole("button", { name: "I have it" }).click();
  assert.ok(!(await page.content()).includes(secret), "shown once");
  await accessible(page, "access");
  await page.getByRole("button", { name: "Revoke hook" }).click();
  await confirm(page, "hook", "Revoke");
  await page.getByRole("button", { name: "Revoke hook" }).waitFor({ state: "detached" });
  await assert.rejects(api("/status", secret), /401/);
}

async function withdraw(page) {
  await page.goto(`${given.base}/#/bundles/gateway%402026.11`);
  await page.getByRole("button", { name: "Withdraw…" }).click();
  await confirm(page, "gateway@2026.11", "Withdraw");
  await page.locator(".view-title .s-withdrawn").waitFor();
  assert.equal(await page.getByRole("link", { name: "New campaign" }).count(), 0);
}

/** What is ended can be deleted: the campaign, then its bundle, and a device. */
async function forget(page) {
  const [{ id }] = (await api("/campaigns")).items;
  for (const [hash, button, word, label] of [
    [`campaigns/${id}`, "Delete…", "Gateways by hand", "Delete campaign"],
    ["bundles/gateway%402026.11", "Delete…", "gateway@2026.11", "Delete bundle"],
    ["devices/meter-1", "Forget…", "meter-1", "Forget it"]]) {
    await page.goto(`${given.base}/#/${hash}`);
    await page.getByRole("button", { name: button }).click();
    await confirm(page, word, label);
    await page.waitForFunction((before) => location.hash !== `#/${before}`, hash);
  }
  assert.deepEqual((await api("/bundles")).items, []);
  assert.deepEqual((await api("/campaigns")).items, []);
  await assert.rejects(api("/devices/meter-1"), /404/);
}

await onPage(async (page) => {
  await signIn(page, given.operator);
  for (const step of [refusals, drop, bundle, devices, plan, create, theEnd, device, access, tokens, withdraw, forget]) {
    console.log(`  ${step.name}`);
    await step(page);
  }
}, { expected: /status of 4(00|04|09|22)/ });
