// SPDX-License-Identifier: Apache-2.0
// upload.jsx - a bundle by drag and drop: the manifest and the files that it names, sent as
// one form with progress.
import { useRef, useState } from "preact/hooks";
import { bytes, percent, plural } from "./format.js";
import { Icon, Trouble } from "./parts.jsx";
import { useSession } from "./resources.js";
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

function useSending() {
  const { api, live } = useSession();
  const [sent, setSent] = useState(null);
  const [error, setError] = useState(null);
  const abort = useRef(null);
  async function send({ manifest, files }) {
    const form = new FormData();
    form.append("manifest", manifest, "bundle.json");
    for (const f of files) if (f.file) form.append("file", f.file, f.name);
    abort.current = new AbortController();
    setError(null);
    setSent({ loaded: 0, total: 1 });
    try {
      const { bundle } = await api.upload("/v1/bundles", form, ({ loaded, total }) => setSent({ loaded, total }), abort.current.signal);
      live.everything();
      go("bundles", bundle);
    } catch (problem) {
      setError(problem);
    }
    setSent(null);
  }
  return { sent, error, send, stop: () => abort.current.abort() };
}

const Sent = ({ sent: { loaded, total }, stop }) => (
  <div class="sending">
    <progress max={total} value={loaded} aria-label="Sent" />
    <span>{loaded < total ? `${bytes(loaded)} of ${bytes(total)}, ${percent(loaded, total)}` : "All sent; the daemon checks it…"}</span>
    <button type="button" onClick={stop}>Stop</button>
  </div>
);

export function Upload() {
  const [chosen, setChosen] = useState(null);
  const [isOver, setOver] = useState(false);
  const { sent, error, send, stop } = useSending();
  const take = async (list) => setChosen(list.length ? await sorted([...list]) : null);
  const problem = chosen && (chosen.problem ?? missing(chosen));
  const onDrag = (over) => (event) => {
    event.preventDefault();
    setOver(over);
  };
  return (
    <section class={`drop ${isOver ? "is-over" : ""}`} aria-label="Upload a bundle" onDragOver={onDrag(true)} onDragLeave={onDrag(false)}
      onDrop={(event) => {
        onDrag(false)(event);
        take(event.dataTransfer.files);
      }}>
      <p class="drop-title"><Icon name="up" /> Drop a bundle here: <b>bundle.json</b> and the files that it names</p>
      <label class="button">Choose files<input type="file" multiple class="unseen" onChange={(e) => take(e.currentTarget.files)} /></label>
      {chosen?.manifest && <Chosen chosen={chosen} />}
      <Trouble error={problem ? { message: problem } : error} />
      {sent ? <Sent sent={sent} stop={stop} /> : chosen?.manifest && (
        <div class="actions">
          <button type="button" class="primary" disabled={Boolean(problem)} onClick={() => send(chosen)}>Upload {String(chosen.body.name)}@{String(chosen.body.version)}</button>
          <button type="button" onClick={() => setChosen(null)}>Clear</button>
        </div>
      )}
    </section>
  );
}
