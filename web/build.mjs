// SPDX-License-Identifier: Apache-2.0
// build.mjs PACKAGES OUT: bundle src/ with the esbuild of PACKAGES/node_modules and write
// OUT/web_files.c, the table that web_files.h declares. OUT/site has the same as files.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const GZIP_MAX = 45 * 1024; // of script and style together
const [packages, out] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));
const packageOf = createRequire(join(packages, "package.json"));
const { build } = packageOf("esbuild");
const { minify } = packageOf("terser");

const built = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.jsx" },
  nodePaths: [join(packages, "node_modules")],
  outdir: join(out, "site"),
  write: false,
  bundle: true,
  minify: true,
  legalComments: "none",
  charset: "utf8",
  format: "iife",
  target: ["chrome111", "firefox113", "safari16.4"],
  jsx: "transform",
  jsxFactory: "h",
  jsxFragment: "Fragment",
  inject: ["src/jsx.js"],
  logLevel: "warning",
});

const smaller = async (script) =>
  (await minify(script, { compress: { passes: 3, ecma: 2020, unsafe_arrows: true, pure_getters: true }, toplevel: true })).code;

const files = await Promise.all(built.outputFiles.map(async (file) => {
  const isStyle = file.path.endsWith(".css");
  return {
    path: `/${basename(file.path)}`,
    content_type: isStyle ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8",
    bytes: Buffer.from(isStyle ? file.text : await smaller(file.text)),
  };
}));
const gzip = (bytes) => gzipSync(bytes, { level: 9 });
const packed = files.reduce((sum, file) => sum + gzip(file.bytes).length, 0);
if (packed > GZIP_MAX) throw new Error(`script and style have ${packed} bytes gzipped, over ${GZIP_MAX}`);

const asIs = (path, name, content_type) =>
  files.push({ path, content_type, bytes: readFileSync(join(here, "src", name)) });
asIs("/", "index.html", "text/html; charset=utf-8");
asIs("/icon.svg", "icon.svg", "image/svg+xml");

const etag = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 32);
const rows = (bytes) => {
  const lines = [];
  for (let i = 0; i < bytes.length; i += 24) lines.push(`    ${[...bytes.subarray(i, i + 24)].join(", ")},`);
  return lines.join("\n");
};
const array = (name, bytes) => `static const uint8_t ${name}[] = {\n${rows(bytes)}\n};\n\n`;
const form = (name, bytes) => `{${name}, sizeof ${name}, "\\"${etag(bytes)}\\""}`;
const table = `/* SPDX-License-Identifier: Apache-2.0 */
/* Made by web/build.mjs from web/src. */
#include "web/web_files.h"

${files.map(({ bytes }, i) => `${array(`file_${i}`, bytes)}${array(`file_${i}_gzip`, gzip(bytes))}`).join("")}
const struct web_file web_files[] = {
${files.map(({ path, content_type, bytes }, i) =>
    `    {"${path}", "${content_type}", ${form(`file_${i}`, bytes)}, ${form(`file_${i}_gzip`, gzip(bytes))}},`).join("\n")}
};

const size_t web_file_count = sizeof web_files / sizeof web_files[0];
`;

mkdirSync(join(out, "site"), { recursive: true });
for (const file of files) writeFileSync(join(out, "site", file.path === "/" ? "index.html" : file.path), file.bytes);
writeFileSync(join(out, "web_files.c"), table);
console.log(`dashboard: ${packed} bytes of script and style, gzipped`);
