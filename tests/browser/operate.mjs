// SPDX-License-Identifier: Apache-2.0
// operate.mjs - the whole of a campaign by people who have nothing but the page: a bundle
// dropped on it, a query completed and counted, a plan, a policy, an approval, a start, a
// failure that is looked at and tried again, the end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible, api, confirm, dropped, figure, given, inTurn, isWide, onPage, picture, signIn, until } from "./browser.mjs";

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
  await page.getByText("Say which devices first").waitFor();
  assert.ok(await page.getByRole("button", { name: "Make the plan" }).isDisabled());
  await q.focus();
  await pick("mo", "model");
  await pick("", "==");
  await accessible(page, "the completion");
  await pick("", "GW-100");
  await page.getByText("10 devices match").waitFor();
  await pick(";rad", "component.radio.version");
  await pick("=l", "=lt=");
  await page.keyboard.type("7.2");
  assert.equal(await q.inputValue(), "model==GW-100;component.radio.version=lt=7.2");
  await page.getByText("10 devices match").waitFor();
  await q.fill("modle==GW-100");
  await page.getByText("did you mean 'model'?").waitFor();
  assert.ok(await page.getByRole("button", { name: "Make the plan" }).isDisabled());
  await q.fill("model==GW-100");
}

async function plan(page) {
  await page.getByText("10 devices match").waitFor();
  await page.getByRole("button", { name: "Make the plan" }).click();
  await page.getByRole("heading", { name: /^Plan 9 devices, 2 inventories, .*1 excluded$/ }).waitFor();
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
  await page.locator('[name="approval"]').selectOption("by another than me");
  await page.locator('[name="brake.first"]').fill("2");
  await page.locator('[name="brake.failure_pct"]').fill("100");
  await page.getByText("Retries and timers").click();
  await page.locator('[name="timers.poll_s"]').fill("1");
  await page.locator('[name="retry.integrity.max"]').fill("0");
  await page.locator('[name="name"]').fill("Gateways by hand");
  await picture(page, "create");
  await accessible(page, "a new campaign");
  await page.setViewportSize({ width: 360, height: 780 });
  assert.equal(await isWide(page), "", "a new campaign fits a phone");
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.getByRole("button", { name: "Create a draft" }).click();
  await page.getByRole("heading", { name: "Gateways by hand" }).waitFor();
}

const button = (page, name) => page.locator(`[data-action="${name}"]`);

/** Who made it may neither approve nor start it; somebody else agrees. */
async function approve(page) {
  await button(page, "start").waitFor();
  assert.ok(await button(page, "start").isDisabled(), "it is not approved");
  assert.ok(await button(page, "approve").isDisabled(), "not by an operator");
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, given.approver);
  await button(page, "approve").click();
  await confirm(page, "Gateways by hand", "Approve campaign");
  await page.getByText("approved by grace").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, given.operator);
  await button(page, "start").click();
  await confirm(page, "Gateways by hand", "Start campaign");
}

const FAILED = "shy-1", ENDED = { succeeded: 8, failed: 1, excluded: 1 };
const theCampaign = async () => (await asOperator("/campaigns")).items[0];
const tasks = async () => (await asOperator(`/campaigns/${(await theCampaign()).id}/progress`)).tasks;

async function failure(page) {
  await page.locator(".view-title .s-finished").waitFor({ timeout: 90000 });
  const campaign = await asOperator(`/campaigns/${(await theCampaign()).id}`);
  const { policy } = campaign;
  assert.deepEqual([policy.in_flight, policy.brake.first, policy.timers.poll_s, campaign.created_by, campaign.approved_by], [3, 2, 1, "ada", "grace"]);
  assert.deepEqual(await tasks(), ENDED);
  await page.locator("[data-reason=integrity-failed]").click();
  await until(async () => (await page.locator(".rows .endpoint").allInnerTexts()).join() === FAILED, "the device that failed, alone");
  await page.getByRole("link", { name: FAILED, exact: true }).click();
  await page.locator("#task-title").waitFor();
  await page.getByRole("region", { name: "Table of components" }).locator("tr", { hasText: "integrity-failed" }).waitFor();
  await page.getByRole("link", { name: /^campaign / }).click();
}

async function retry(page) {
  await page.getByRole("button", { name: "Retry 1 failed" }).click();
  await until(async () => (await tasks()).succeeded === 9, "its retry");
  await until(async () => await figure(page, "succeeded") === "9", "the page to say so");
  for (const name of ["ada", "grace"]) await page.locator(".timeline").getByText(name).first().waitFor();
}

/** What has become of one device, and what was said on the way. */
async function device(page) {
  await page.getByRole("link", { name: "old-1", exact: true }).click();
  const versions = page.getByRole("region", { name: "Table of versions" }).locator("tbody tr");
  await versions.filter({ hasText: "2023.01" }).first().waitFor();
  await page.getByRole("button", { name: "Read inventory again" }).click();
  await page.getByRole("region", { name: "Table of exchanges" }).locator("tr", { hasText: "PUT /33629/" }).first().waitFor();
}

await onPage(async (page) => {
  await signIn(page, given.operator);
  await inTurn(page, [refusals, drop, bundle, devices, plan, create, approve, failure, retry, device]);
}, { expected: /status of 4(00|22)/ });
