// SPDX-License-Identifier: Apache-2.0
// browser.mjs - Chromium with the flags that a closed network needs, and what the steps of
// all tests share. Nothing may go wrong on the page's console unless a test says so.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const packages = process.env.LOCKSTEP_BROWSER ?? "../../build/deps/browser";
const packageOf = createRequire(resolve(packages, "package.json"));
const { chromium } = packageOf("playwright-core");

export const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

export const given = JSON.parse(process.argv[2]);

/** The API as curl sees it, for comparison. */
export async function api(path, token = given.token) {
  const answer = await fetch(`${given.base}/v1${path}`, { headers: { Authorization: `Bearer ${token}` } });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

/** Until condition() gives something true. */
export async function until(condition, what, patience_ms = 90000) {
  for (const end = Date.now() + patience_ms; ;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`gave up waiting for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const lines = createInterface({ input: process.stdin });
lines.pause();

/** Ask the test that started us to do something. */
export function ask(word) {
  return new Promise((done) => {
    lines.resume();
    lines.once("line", () => {
      lines.pause();
      done();
    });
    console.log(`@${word}`);
  });
}

/** Pages that are looked at by people when LOCKSTEP_SCREENSHOTS names a folder. */
export async function picture(page, name) {
  const folder = process.env.LOCKSTEP_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

export async function signIn(page, token = given.token) {
  await page.getByLabel("Token", { exact: true }).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Numbers of a legend: {word: count}, all of one moment. */
export const legend = (page, selector) => page.evaluate((within) => Object.fromEntries(
  [...document.querySelectorAll(`${within} [data-count]`)].map((n) => [n.dataset.count, Number(n.textContent.replaceAll(",", ""))])), selector);

/** Type the word that a dialog asks for, and press its button. */
export async function confirm(page, word, button) {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill(word);
  await dialog.getByRole("button", { name: button, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

/** As from a folder of the desktop. @param files  [{name, bytes}] */
export async function dropped(page, selector, files) {
  const dataTransfer = await page.evaluateHandle((list) => {
    const made = new DataTransfer();
    for (const { name, bytes } of list) made.items.add(new File([new Uint8Array(bytes)], name));
    return made;
  }, files);
  await page.dispatchEvent(selector, "drop", { dataTransfer });
}

/** What axe finds on the page, in light and in dark, is nothing. The dark one has other colours, and no more. */
export async function accessible(page, name) {
  for (const [colorScheme, rules] of [["dark", { runOnly: ["color-contrast"] }], ["light", {}]]) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(async (only) => (await window.axe.run(document, { resultTypes: ["violations"], ...only })).violations
      .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} ${n.failureSummary}`)), rules);
    assert.deepEqual(found, [], `${name} in ${colorScheme}`);
  }
}

export const figure = (page, name) => page.locator(`[data-figure="${name}"]`).innerText();

/** Of the campaign that is given. */
export const progressOf = () => api(`/campaigns/${given.campaign}/progress`);
const present = (counts) => Object.fromEntries(Object.entries(counts).filter(([, n]) => n));

/** The page says what the API says, for devices and for each component. */
export async function agrees(page) {
  const progress = await progressOf();
  await until(async () => JSON.stringify(Object.entries(await legend(page, "[data-tasks]")).sort()) ===
    JSON.stringify(Object.entries(present(progress.tasks)).sort()), `the page to say ${JSON.stringify(progress.tasks)}`, 15000);
  for (const [component, counts] of Object.entries(progress.components))
    assert.deepEqual(await legend(page, `[data-component="${component}"]`), present(counts), component);
  assert.equal(Number(await figure(page, "ended")), progress.ended);
  assert.equal(Number(await figure(page, "succeeded")), progress.tasks.succeeded ?? 0);
  return progress;
}

/** What reaches beyond the window's width when the page can be scrolled there; "" when it cannot. */
export const isWide = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth ? ""
  : [...document.querySelectorAll("body *")].filter((n) => n.getBoundingClientRect().right > window.innerWidth)
    .map((n) => `${n.localName}.${n.className}`).join(" > ").slice(0, 600));

/** Lowest contrast (WCAG 2) of the text that selector finds against the nearest background. */
export function contrast(page, selector) {
  return page.locator(selector).first().evaluate((node) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
    const paint = (...colours) => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = [];
    for (let n = node; n; n = n.parentElement) behind.unshift(getComputedStyle(n).backgroundColor);
    const [low, high] = [paint(...behind), paint(...behind, getComputedStyle(node).color)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  });
}

/** One after the other, each with its time. */
export async function inTurn(page, steps) {
  for (const step of steps) {
    const begun = performance.now();
    await step(page);
    console.log(`  ${step.name} ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
}

/**
 * Run the steps on a page of the dashboard.
 * @param expected  what the console may complain about, a regular expression
 */
export async function onPage(steps, { expected = null, ...options } = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  const complaints = [];
  let page;
  try {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, colorScheme: "light", reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(30000);
    page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    await page.addInitScript({ path: packageOf.resolve("axe-core/axe.min.js") });
    await page.addInitScript(() => document.addEventListener("securitypolicyviolation", (e) =>
      console.error(`policy violated: ${e.violatedDirective} ${e.blockedURI}`)));
    await page.goto(given.base);
    await steps(page);
    assert.deepEqual(complaints.filter((text) => !expected?.test(text)), [], "the console has complaints");
  } catch (error) {
    if (page) await picture(page, "failed").catch(() => {});
    console.log(`at ${page?.url()}: ${error.stack}\n${complaints.join("\n")}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
    lines.close();
    process.stdin.destroy(); // or an asked line keeps us alive
  }
}
