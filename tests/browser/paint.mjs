// SPDX-License-Identifier: Apache-2.0
// paint.mjs - until something is seen, and until all is, against a page of one word from
// Node.js in the same browser, in turn; how much was sent, and how much moved meanwhile.
import { createServer } from "node:http";
import { given, onPage } from "./browser.mjs";

const ROUNDS = 15;
const VIEWS = [["the sign-in", ""], ["fleet", "#/", ".rows tbody tr"], ["a campaign", `#/campaigns/${given.campaign}`, ".rows tbody tr"]];

const word = createServer((_, answer) => answer.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>-</title><p>Word"));
await new Promise((done) => word.listen(0, "127.0.0.1", done));

/** Before the page's own scripts: what the browser sees of it. */
const observe = () => {
  window.seen = { largest: 0, shift: 0 };
  new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.seen.largest = e.startTime))).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.seen.shift += e.value))).observe({ type: "layout-shift", buffered: true });
};

/** @return {first, all, shift, sent} of one visit with nothing in the cache */
async function visit(browser, url, token, ready) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(observe);
  if (token) await page.addInitScript((t) => sessionStorage.setItem("lockstep-token", t), token);
  await page.goto(url);
  if (ready) await page.locator(ready).first().waitFor();
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length && window.seen.largest);
  const found = await page.evaluate(() => ({
    first: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    all: window.seen.largest,
    shift: window.seen.shift,
    sent: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .filter((e) => !e.name.includes("/v1/")).reduce((n, e) => n + e.transferSize, 0),
  }));
  await context.close();
  return found;
}

const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const of = (visits, what) => middle(visits.map((v) => v[what]));

await onPage(async (page) => {
  const browser = page.context().browser();
  const words = [], visits = VIEWS.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    words.push(await visit(browser, `http://127.0.0.1:${word.address().port}/`));
    for (const [i, [, hash, ready]] of VIEWS.entries())
      visits[i].push(await visit(browser, `${given.base}/${hash}`, hash && given.token, ready));
  }
  console.log(`a page of one word: seen after ${of(words, "first").toFixed(0)} ms`);
  for (const [i, [name]] of VIEWS.entries())
    console.log(`${name}: first paint ${of(visits[i], "first").toFixed(0)} ms, ${(of(visits[i], "first") / of(words, "first")).toFixed(2)} of the word's; ` +
      `largest ${of(visits[i], "all").toFixed(0)} ms; moved ${of(visits[i], "shift").toFixed(3)}; ${of(visits[i], "sent")} bytes sent`);
});
word.close();
