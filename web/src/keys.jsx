// SPDX-License-Identifier: Apache-2.0
// keys.jsx - shortcuts: g and a letter goes to a view, / to the search, n to a new
// campaign, ? says so. They can be turned off (WCAG 2.1.4).
import { useEffect, useRef, useState } from "preact/hooks";
import { VIEWS } from "./header.jsx";
import { Modal } from "./parts.jsx";
import { go } from "./route.js";

const SECOND_KEY_MS = 1500;
const isTyping = (element) => element.closest?.("input, textarea, select, dialog");

/** @return {isHelp, setHelp, isOn, setOn} */
export function useKeys() {
  const [isHelp, setHelp] = useState(false);
  const [isOn, setOn] = useState(true);
  const last = useRef({ key: "", at: 0 });
  useEffect(() => {
    if (!isOn) return undefined;
    const onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const { key, at } = last.current;
      const view = key === "g" && Date.now() - at < SECOND_KEY_MS && VIEWS.find((v) => v.key === event.key);
      last.current = { key: event.key, at: Date.now() };
      const search = event.key === "/" && document.querySelector("[data-search]");
      if (view) go(view.view);
      else if (event.key === "n") go("campaigns", "new");
      else if (event.key === "?") setHelp(true);
      else if (search) search.focus();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOn]);
  return { isHelp, setHelp, isOn, setOn };
}

const ROWS = [
  ...VIEWS.map((v) => [["g", v.key], v.title]),
  [["n"], "New campaign"],
  [["/"], "Search"],
  [["↑", "↓"], "From device to device in a table"],
  [["Esc"], "Close what is open"],
  [["?"], "This help"],
];

export const Help = ({ keys }) => (
  <Modal label="Keyboard shortcuts" onClose={() => keys.setHelp(false)}>
    <h2>Keyboard shortcuts</h2>
    <dl class="keys">
      {ROWS.map(([names, what]) => (
        <div key={what}><dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt><dd>{what}</dd></div>
      ))}
    </dl>
    <label class="check"><input type="checkbox" checked={keys.isOn} onChange={(e) => keys.setOn(e.currentTarget.checked)} /> Shortcuts are on</label>
    <div class="dialog-actions"><button type="button" class="primary" onClick={() => keys.setHelp(false)}>Close</button></div>
  </Modal>
);
