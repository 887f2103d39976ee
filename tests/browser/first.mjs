// SPDX-License-Identifier: Apache-2.0
// first.mjs - a first visit: a token that is refused, one that is not, and an empty fleet
// that says what to do next.
import assert from "node:assert/strict";
import { accessible, contrast, given, isWide, onPage, picture, signIn } from "./browser.mjs";

await onPage(async (page) => {
  const refusal = page.getByRole("alert");
  await page.getByRole("button", { name: "Sign in" }).click();
  await refusal.getByText("Enter a token").waitFor();
  await signIn(page, "wrong-token");
  await refusal.getByText("does not know this token").waitFor();
  await signIn(page, "two words");
  await refusal.getByText("no blanks").waitFor();
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    assert.ok((await contrast(page, ".trouble")) >= 4.5, colorScheme);
    assert.ok((await contrast(page, "button.primary")) >= 4.5, colorScheme);
  }
  await picture(page, "sign-in");
  await accessible(page, "the sign-in");

  const events = page.waitForRequest(/\/v1\/events/);
  await signIn(page);
  assert.equal((await (await events).allHeaders()).authorization, `Bearer ${given.token}`);
  await page.getByText("No device has registered yet").waitFor();
  await picture(page, "empty");
  await accessible(page, "an empty fleet");
  for (const [view, text] of [["Bundles", "No bundle yet"], ["Access", "Tokens"], ["Campaigns", "No campaign yet"]]) {
    await page.getByRole("link", { name: view, exact: true }).click();
    await page.getByText(text).first().waitFor();
    await accessible(page, `${view}, empty`);
  }
  const reference = await page.getByRole("link", { name: "the API" }).getAttribute("href");
  assert.match(await (await fetch(given.base + reference)).text(), /v1.campaigns/);
  await page.getByRole("link", { name: "New campaign" }).click();
  await page.getByText("No bundle is ready").waitFor();
  await accessible(page, "a new campaign without bundles");
  await page.getByRole("link", { name: "All campaigns" }).click();
  const kept = await page.evaluate(() => ({ here: Object.values(sessionStorage), there: localStorage.length, cookie: document.cookie }));
  assert.deepEqual(kept, { here: [given.token], there: 0, cookie: "" });

  await page.reload();
  await page.getByText("No campaign yet").waitFor();
  await page.setViewportSize({ width: 360, height: 780 });
  assert.equal(await isWide(page), "", "fits a phone");
  await page.getByText("No campaign yet").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token", { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
}, { expected: /401/ });
