// SPDX-License-Identifier: Apache-2.0
// query.jsx - a query as it is typed: completed, counted, and with its error where it is.
import { useEffect, useRef, useState } from "preact/hooks";
import { query } from "./api.js";
import { complete } from "./complete.js";
import { num, plural } from "./format.js";
import { Icon } from "./parts.jsx";
import { useResource, useSession } from "./resources.js";

const PAUSE_MS = 250, PAUSE_INSIDE_MS = 1500;

/** Nothing, or something that ends with a value: no more need be typed. */
const isWhole = (q) => /(^|[=<>]\s*[^\s=<>;,(][^=<>;]*)$/.test(q);

/** How many devices match q, while it is typed. @return {count, isMore, error} */
export function useCount(q, isWanted = true) {
  const { api } = useSession();
  const [found, setFound] = useState({});
  useEffect(() => {
    if (!isWanted) return undefined;
    const abort = new AbortController();
    async function count() {
      try {
        for (let sum = 0, cursor = ""; cursor != null;) {
          const page = await api.get(`/v1/devices${query({ q, count: true, cursor })}`, abort.signal);
          sum += page.count;
          cursor = page.next;
          setFound({ q, count: sum, isMore: cursor != null });
        }
      } catch (error) {
        if (error.name !== "AbortError") setFound({ q, error });
      }
    }
    const timer = setTimeout(count, isWhole(q) ? PAUSE_MS : PAUSE_INSIDE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [q, isWanted]);
  return found.q === q ? found : {};
}

const Count = ({ found: { count, isMore, error } }) => {
  if (error) return <><Icon name="alert" /> {error.message}</>;
  if (count == null) return <>…</>;
  return <><b>{isMore ? "at least " : ""}{plural(count, "device")}</b> {count === 1 ? "matches" : "match"}</>;
};

/** What is picked next: -1 is none, and so it is again for another text, at once. */
function useChoices(text, caret, isOpen) {
  const { data } = useResource(isOpen ? "/v1/query-fields" : null);
  const [picked, setPicked] = useState({});
  const active = picked.text === text && picked.caret === caret ? picked.active : -1;
  const { from, items } = isOpen && data ? complete(text, caret, data.items) : { from: 0, items: [] };
  return { from, items, active, setActive: (next) => setPicked({ text, caret, active: next }) };
}

function Choices({ id, choices: { items, active }, pick }) {
  return items.length > 0 && (
    <ul class="choices" role="listbox" id={id} aria-label="What can stand here">
      {items.map((item, i) => (
        <li key={item.text} id={`${id}-${i}`} role="option" aria-selected={i === active}
          onPointerDown={(e) => {
            e.preventDefault();
            pick(item);
          }}><span>{item.text}</span> <small>{item.kind}</small></li>
      ))}
    </ul>
  );
}

/**
 * @param found  what useCount gave for value
 * @param hint  what an empty one means, shown in it
 * @param onSubmit  Enter, when nothing of the list is picked
 */
export function Query({ id, label, value, onInput, onSubmit, found, hint = "all devices, or such as model==GW-100;tag.site==north" }) {
  const input = useRef(null);
  const [caret, setCaret] = useState(value.length);
  const [isOpen, setOpen] = useState(false);
  const choices = useChoices(value, caret, isOpen);
  const { items, active, setActive, from } = choices;
  const look = () => setCaret(input.current.selectionStart);
  const pick = (item) => {
    const next = value.slice(0, from) + item.insert + value.slice(caret), at = from + item.insert.length;
    input.current.value = next; // at once: the next key may come before the page is drawn
    input.current.setSelectionRange(at, at);
    setCaret(at);
    onInput(next);
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) setActive((active + step + items.length + (active < 0 && step < 0 ? 1 : 0)) % items.length);
    else if ((event.key === "Enter" || event.key === "Tab") && isOpen && items[active]) pick(items[active]);
    else if (event.key === "Escape" && isOpen && items.length) setOpen(false);
    else if (event.key === "Enter") {
      setOpen(false);
      return onSubmit?.();
    } else return undefined;
    event.preventDefault();
    return undefined;
  };
  return (
    <div class="query">
      <label for={id}>{label}</label>
      <div class="query-box">
        <input id={id} ref={input} value={value} data-search role="combobox" spellcheck={false} autocomplete="off" autocapitalize="off"
          placeholder={hint}
          aria-expanded={isOpen && items.length > 0} aria-controls={`${id}-list`} aria-autocomplete="list"
          aria-activedescendant={items[active] ? `${id}-list-${active}` : undefined}
          aria-invalid={Boolean(found.error)} aria-describedby={`${id}-found`}
          onInput={(e) => {
            onInput(e.currentTarget.value);
            setOpen(true);
            look();
          }}
          onFocus={() => setOpen(true)} onBlur={() => setOpen(false)} onKeyUp={look} onClick={look} onKeyDown={onKeyDown} />
        {isOpen && <Choices id={`${id}-list`} choices={choices} pick={pick} />}
      </div>
      <p id={`${id}-found`} class={found.error ? "trouble" : "hint"} role="status">{(value.trim() || found.count != null) && <Count found={found} />}</p>
    </div>
  );
}

export const numberFound = ({ count, isMore }) => count == null ? "" : `${num(count)}${isMore ? " or more" : ""}`;
