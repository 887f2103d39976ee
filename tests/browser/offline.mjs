// SPDX-License-Identifier: Apache-2.0
// offline.mjs - the daemon goes away without a word: the page says so, comes back by
// itself and shows what happened meanwhile.
import { ask, onPage, picture, signIn } from "./browser.mjs";

await onPage(async (page) => {
  await signIn(page);
  const sign = page.getByRole("status");
  await sign.getByText("Live").waitFor();
  await page.getByRole("link", { name: "Campaigns" }).click();
  await page.getByRole("link", { name: /Before/ }).waitFor();
  await ask("kill");
  await sign.getByText("Offline").waitFor();
  await picture(page, "offline");
  await ask("start");
  await sign.getByText("Live").waitFor();
  await page.getByRole("link", { name: /Meanwhile/ }).waitFor();
}, { expected: /ERR_CONNECTION_(REFUSED|RESET)|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|Failed to load resource|500|503/ });
