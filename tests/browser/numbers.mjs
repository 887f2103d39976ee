// SPDX-License-Identifier: Apache-2.0
// numbers.mjs - the page of a campaign that has ended says what the API says.
import assert from "node:assert/strict";
import { agrees, figure, given, onPage, signIn } from "./browser.mjs";

await onPage(async (page) => {
  await signIn(page);
  await page.goto(`${given.base}/#/campaigns/${given.campaign}`);
  await page.locator(".view-title .s-finished").waitFor();
  const progress = await agrees(page);
  assert.equal(progress.ended, given.devices);
  assert.equal(Number(await figure(page, "succeeded")), given.succeeded);
});
