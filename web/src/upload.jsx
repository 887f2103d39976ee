// SPDX-License-Identifier: Apache-2.0
// upload.jsx - a bundle by drag and drop: the manifest and the files that it names, sent as
// one form with progress.
import { useState } from "preact/hooks";
import { Drop, Sent, useSending } from "./drop.jsx";
import { bytes, plural } from "./format.js";
import { Icon, Trouble } from "./parts.jsx";
import { go } from "./route.js";

const MANIFEST_MAX = 1 << 20;

/** @return {manifest: File, body, files: [{name, size, file}], problem} of what was dropped */
async function sorted(dropped) {
  for (const file of dropped) {
    if (!file.name.endsWith(".json") || file.size > MANIFEST_MAX) continue;
    let body;
    try {
      body = JSON.parse(await file.text());
    } catch (error) {
      return { problem: `${file.name} is not JSON: ${error.message}` };
    }
    if (!Array.isArray(body.packages)) continue;
    const wanted = body.packages.filter((p) => p.file).map((p) => ({ name: p.file, size: p.size, file: dropped.find((f) => f.name === p.file) }));
    const others = dropped.filter((f) => f !== file && !wanted.some((w) => w.file === f));
    return { manifest: file, body, files: wanted, others };
  }
  return { problem: "None of these is a manifest: a JSON file with \"packages\" that names the other files." };
}

/** What is wrong with what was dropped, said before anything is sent. */
function missing({ files }) {
  const bad = files.find((f) => f.file && f.size != null && f.file.size !== f.size);
  return bad ? `${bad.name} has ${bad.file.size} bytes, the manifest says ${bad.size}.` : "";
}

const Chosen = ({ chosen: { manifest, body, files, others } }) => (
  <ul class="files">
    <li><Icon name="check" /> <b>{manifest.name}</b> <span>{String(body.name)}@{String(body.version)}, {plural(body.packages.length, "package")}</span></li>
    {files.map((f) => (
      <li key={f.name} class={f.file ? "" : "is-missing"}><Icon name={f.file ? "check" : "minus"} /> <b>{f.name}</b>
        <span>{f.file ? bytes(f.file.size) : "not given: it must be here already"}</span></li>
    ))}
    {others.map((f) => <li key={f.name} class="is-missing"><Icon name="minus" /> <b>{f.name}</b> <span>is not named by the manifest, and stays here</span></li>)}
  </ul>
);

/** @return the form that has all of it */
function formOf({ manifest, files }) {
  const form = new FormData();
  form.append("manifest", manifest, "bundle.json");
  for (const f of files) if (f.file) form.append("file", f.file, f.name);
  return form;
}

export function Upload() {
  const [chosen, setChosen] = useState(null);
  const sending = useSending();
  const problem = chosen && (chosen.problem ?? missing(chosen));
  async function upload() {
    const made = await sending.send("/v1/bundles", formOf(chosen));
    if (made) go("bundles", made.bundle);
  }
  return (
    <Drop label="Upload a bundle" multiple take={async (files) => setChosen(await sorted(files))}
      title={<>Drop a bundle here: <b>bundle.json</b> and the files that it names</>}>
      {chosen?.manifest && <Chosen chosen={chosen} />}
      <Trouble error={problem ? { message: problem } : sending.error} />
      {sending.sent ? <Sent sending={sending} /> : chosen?.manifest && (
        <div class="actions">
          <button type="button" class="primary" disabled={Boolean(problem)} onClick={upload}>Upload {String(chosen.body.name)}@{String(chosen.body.version)}</button>
          <button type="button" onClick={() => setChosen(null)}>Clear</button>
        </div>
      )}
    </Drop>
  );
}
