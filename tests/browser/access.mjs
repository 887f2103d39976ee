// SPDX-License-Identifier: Apache-2.0
// access.mjs - who did what, tokens that are made and revoked, and what is withdrawn and
// deleted when it is no longer wanted.
import assert from "node:assert/strict";
import { accessible, api, confirm, given, inTurn, onPage, signIn, until } from "./browser.mjs";

async function access(page) {
  await page.getByRole("link", { name: "Access" }).click();
  await page.getByText("Tokens are for admins").waitFor();
  await page.locator(".timeline li").filter({ hasText: "Gateways" }).first().waitFor();
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
    [`campaigns/${id}`, "Delete…", "Gateways", "Delete campaign"],
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
  await inTurn(page, [access, tokens, withdraw, forget]);
}, { expected: /status of 404/ });
