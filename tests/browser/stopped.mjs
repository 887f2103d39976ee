// SPDX-License-Identifier: Apache-2.0
// stopped.mjs - a campaign that stopped because a file is damaged: said everywhere, with
// what to do, and it goes on when that was done.
import assert from "node:assert/strict";
import { accessible, ask, given, onPage, signIn } from "./browser.mjs";

await onPage(async (page) => {
  await signIn(page);
  const alert = page.getByLabel("Needs attention").getByRole("listitem").filter({ hasText: "Gateways is paused" });
  await alert.waitFor();
  await page.getByRole("link", { name: "Campaigns" }).click();
  await page.getByRole("heading", { name: "Needs a decision" }).waitFor();
  await page.getByRole("link", { name: /Gateways/ }).click();
  const banner = page.locator('[data-banner="paused"]');
  await banner.getByText("It has stopped: package-missing.").waitFor();
  await banner.getByText("Upload it again, then resume.").waitFor();
  assert.ok((await banner.innerText()).includes(given.file), "it says which");
  await accessible(page, "a campaign that has stopped");
  await ask("mend");
  await page.locator('[data-action="resume"]').click();
  await page.locator(".view-title .s-finished").waitFor();
  assert.equal(await banner.count(), 0);
});
