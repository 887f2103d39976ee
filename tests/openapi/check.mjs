// SPDX-License-Identifier: Apache-2.0
// check.mjs PACKAGES ANSWERS - lint ANSWERS/openapi.json, then hold every answer in
// ANSWERS/*.ndjson against the schema of its route, status and content type.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const SHOWN_MAX = 20;
const [packages, answers] = process.argv.slice(2);
const require = createRequire(path.resolve(packages, "package.json"));
const { createConfig, lint } = require("@redocly/openapi-core");
const Ajv = require("ajv/dist/2020").default;

const file = path.join(answers, "openapi.json");
if (!fs.existsSync(file)) {
  console.log("no scenario has left an openapi.json");
  process.exit(1);
}
const api = JSON.parse(fs.readFileSync(file, "utf8"));

async function lintProblems() {
  const config = await createConfig({ extends: ["recommended"] });
  const found = await lint({ ref: file, config });
  return found
    .filter((p) => p.severity === "error")
    .map((p) => `${p.ruleId}: ${p.message} at ${p.location[0]?.pointer}`);
}

const ajv = new Ajv({
  strict: false,
  allErrors: false,
  formats: {
    "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    date: /^\d{4}-\d\d-\d\d$/,
  },
});
ajv.addSchema(api, "api");

const pointer = (...steps) =>
  "api#/" + steps.map((s) => encodeURIComponent(s.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");

// Paths with more letters of their own come first.
const patterns = Object.keys(api.paths)
  .sort((a, b) => a.replace(/\{\w+\}/g, "").length < b.replace(/\{\w+\}/g, "").length ? 1 : -1)
  .map((p) => [new RegExp("^" + p.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+") + "$"), p]);

function routeOf({ method, path: target }) {
  const found = patterns.find(([pattern, p]) => pattern.test(target) && api.paths[p][method.toLowerCase()]);
  return found && found[1];
}

const checks = new Map();

// The check of a body, null when the status goes without one, or what is not documented.
function checkFor(answer) {
  const route = routeOf(answer);
  if (!route) return answer.status === 404 || answer.status === 405 ? pointerCheck(["components", "schemas", "Problem"]) : "no route";
  const method = answer.method.toLowerCase();
  const { responses } = api.paths[route][method];
  const status = answer.status === 204 ? "204" : answer.status < 300 ? "2XX" : "default";
  const code = answer.method === "HEAD" || answer.status === 304 ? null : status;
  if (code === null) return null;
  if (!responses[code]) return `${route}: status ${answer.status} is not documented`;
  if (code === "204") return null;
  // What is not well says so in the same shape.
  if (route === "/healthz") return pointerCheck(["components", "schemas", "Health"]);
  const media = Object.keys(responses[code].content).find((m) => m.split(";")[0] === answer.type);
  if (!media) return `${route}: ${answer.status} with ${answer.type} is not documented`;
  return pointerCheck(["paths", route, method, "responses", code, "content", media, "schema"]);
}

function pointerCheck(steps) {
  const ref = pointer(...steps);
  if (!checks.has(ref)) checks.set(ref, ajv.compile({ $ref: ref }));
  return checks.get(ref);
}

function bodiesOf(answer) {
  if (answer.type === "application/x-ndjson")
    return answer.body.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return answer.type.endsWith("json") ? [JSON.parse(answer.body)] : [answer.body];
}

function problemOf(answer) {
  const check = checkFor(answer);
  if (check === null || typeof check === "string") return check;
  for (const body of bodiesOf(answer))
    if (!check(body)) {
      const e = check.errors.at(-1);
      return `${e.instancePath || "/"} ${e.message} ${JSON.stringify(e.params)}`;
    }
  return null;
}

function finish(problems, summary) {
  for (const p of problems.slice(0, SHOWN_MAX)) console.log(p);
  console.log(`${summary}, ${problems.length} problems`);
  process.exit(problems.length > 0 ? 1 : 0);
}

const faults = await lintProblems();
if (faults.length > 0) finish(faults, "redocly");
const problems = [];
const seen = new Set();
let count = 0;
for (const name of fs.readdirSync(answers).filter((n) => n.endsWith(".ndjson"))) {
  for (const line of fs.readFileSync(path.join(answers, name), "utf8").split("\n")) {
    if (!line) continue;
    count++;
    const answer = JSON.parse(line);
    const problem = problemOf(answer);
    if (problem) problems.push(`${name}: ${answer.method} ${answer.path} ${answer.status}: ${problem}: ${answer.body.slice(0, 300)}`);
    seen.add(`${answer.method} ${routeOf(answer)}`);
  }
}
if (count === 0) problems.push("no scenario has left answers");
finish(problems, `${count} answers of ${seen.size} routes`);
