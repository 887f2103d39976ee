// SPDX-License-Identifier: Apache-2.0
// brake.mjs - a braked campaign: said everywhere, released, braked again, aborted in words. A
// viewer sees all of it and can do nothing.
import assert from "node:assert/strict";
import { accessible, api, confirm, given, onPage, picture, signIn, until } from "./browser.mjs";

const { campaign } = given;

await onPage(async (page) => {
  await signIn(page, given.viewer);
  const alert = page.getByLabel("Needs attention").getByRole("listitem").filter({ hasText: "Meters is braked" });
  await alert.waitFor();
  await accessible(page, "the fleet with an alert");
  await page.getByRole("link", { name: "Campaigns" }).click();
  const row = page.getByRole("link", { name: /Meters/ });
  await row.getByText("braked").waitFor();
  await page.getByRole("link", { name: /Fleet/ }).click();
  await alert.getByRole("link").click();
  await page.getByText("As a viewer you may look only.").waitFor();
  for (const button of await page.locator("[data-action]").all()) assert.ok(await button.isDisabled());
  await page.getByRole("button", { name: "Sign out" }).click();

  await signIn(page);
  const banner = page.locator('[data-banner="braked"]');
  const { reason } = await api(`/campaigns/${campaign}`);
  await banner.getByText(reason).waitFor();
  const { endpoint } = (await api(`/campaigns/${campaign}/tasks?state=failed`)).items[0];
  await banner.getByRole("link", { name: endpoint, exact: true }).waitFor();
  await page.locator(".mark").getByText("brake holds").waitFor();
  assert.match(await page.getByRole("list", { name: "Brake", exact: true }).innerText(), /First devices\s+0 of 2 ended well/);
  await picture(page, "braked");
  await accessible(page, "a braked campaign");

  await page.locator('[data-action="release"]').click();
  await confirm(page, "Meters", "Release brake");
  await until(async () => (await api(`/campaigns/${campaign}/progress`)).tasks.failed > 1, "the brake to be tried again");
  await banner.waitFor();

  await page.locator('[data-action="abort"]').click();
  const dialog = page.getByRole("dialog", { name: "Abort Meters?" });
  const abort = dialog.getByRole("button", { name: "Abort campaign" });
  assert.ok(await abort.isDisabled());
  await dialog.getByRole("textbox").fill("meters");
  assert.ok(await abort.isDisabled(), "another name");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal((await api(`/campaigns/${campaign}`)).state, "paused");
  await page.locator('[data-action="abort"]').click();
  await dialog.getByRole("textbox").fill("Meters");
  await page.keyboard.press("Enter");
  await page.locator(".view-title .s-aborted").waitFor();
  assert.equal(await page.locator('[data-action="abort"]').count(), 0);
});
