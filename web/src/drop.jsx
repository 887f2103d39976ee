// SPDX-License-Identifier: Apache-2.0
// drop.jsx - where files are dropped or chosen, and how far they have been sent.
import { useRef, useState } from "preact/hooks";
import { bytes, percent } from "./format.js";
import { Icon } from "./parts.jsx";
import { useSession } from "./resources.js";

/** @return {sent: null or {loaded, total}, error, send, stop} */
export function useSending() {
  const { api, live } = useSession();
  const [sent, setSent] = useState(null);
  const [error, setError] = useState(null);
  const abort = useRef(null);
  /** @return the answer, undefined when it failed */
  async function send(url, body) {
    abort.current = new AbortController();
    setError(null);
    setSent({ loaded: 0, total: 1 });
    try {
      return await api.upload(url, body, ({ loaded, total }) => setSent({ loaded, total }), abort.current.signal);
    } catch (problem) {
      setError(problem);
      return undefined;
    } finally {
      setSent(null);
      live.everything();
    }
  }
  return { sent, error, send, stop: () => abort.current.abort() };
}

export const Sent = ({ sending: { sent: { loaded, total }, stop } }) => (
  <div class="sending">
    <progress max={total} value={loaded} aria-label="Sent" />
    <span>{loaded < total ? `${bytes(loaded)} of ${bytes(total)}, ${percent(loaded, total)}` : "All sent; the daemon checks it…"}</span>
    <button type="button" onClick={stop}>Stop</button>
  </div>
);

/** @param take  gets the files, at least one */
export function Drop({ label, title, multiple, accept, take, children }) {
  const [isOver, setOver] = useState(false);
  const onDrag = (over) => (event) => {
    event.preventDefault();
    setOver(over);
  };
  const given = (list) => list.length && take([...list]);
  return (
    <section class={`drop ${isOver ? "is-over" : ""}`} aria-label={label} onDragOver={onDrag(true)} onDragLeave={onDrag(false)}
      onDrop={(event) => {
        onDrag(false)(event);
        given(event.dataTransfer.files);
      }}>
      <p class="drop-title"><Icon name="up" /> {title}</p>
      <label class="button">Choose {multiple ? "files" : "a file"}
        <input type="file" multiple={multiple} accept={accept} class="unseen" onChange={(e) => {
          given(e.currentTarget.files);
          e.currentTarget.value = ""; // the same file may be chosen again, after it was mended
        }} /></label>
      {children}
    </section>
  );
}
