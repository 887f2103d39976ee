// SPDX-License-Identifier: Apache-2.0
// parts.jsx - the small pieces that all views are made of.
import { useEffect, useRef, useState } from "preact/hooks";
import { num, percent, relative, moment, ms } from "./format.js";
import { useNow, useSession } from "./resources.js";
import { ICONS, total } from "./words.js";

/** Its shape is a symbol of index.html. */
export const Icon = ({ name }) => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <use href={`#i-${name ?? "minus"}`} />
  </svg>
);

export const Badge = ({ word, detail }) => (
  <span class={`badge s-${word}`}>
    <Icon name={ICONS[word]} />
    {word}
    {detail && <span class="badge-detail">{detail}</span>}
  </span>
);

/** A bar of counts; what it shows stands in its label as well. */
export function Stack({ counts, words, label, size = "", signs }) {
  const all = total(counts), shown = words.filter((word) => counts?.[word]);
  const text = shown.map((word) => `${word} ${num(counts[word])}`).join(", ") || "nothing yet";
  return (
    <div class={`stack ${size}`} role="img" aria-label={`${label}: ${text}`}>
      {shown.map((word, i) => (
        <span key={word} class={signs && word !== "excluded" ? `rank-${i}` : `s-${word}`} style={{ flexGrow: String(counts[word] / all) }}
          title={`${word}: ${num(counts[word])} (${percent(counts[word], all)})`}>
          {size === "tall" && counts[word] / all > 0.06 && <span>{signs ? word : num(counts[word])}</span>}
        </span>
      ))}
    </div>
  );
}

/** Legend of a stack. With onPick each entry is a button that filters. */
export function Legend({ counts, words, picked, onPick }) {
  const all = total(counts), shown = words.filter((word) => counts?.[word]);
  return (
    <ul class="legend">
      {shown.map((word) => {
        const inside = (
          <>
            <span class={`swatch s-${word}`}><Icon name={ICONS[word]} /></span>
            <span>{word}</span>
            <b data-count={word}>{num(counts[word])}</b>
            <span class="faint">{percent(counts[word], all)}</span>
          </>
        );
        return (
          <li key={word}>
            {onPick
              ? <button type="button" class="legend-entry" aria-pressed={picked === word} title="Show these devices"
                onClick={() => onPick(picked === word ? "" : word)}>{inside}</button>
              : <span class="legend-entry">{inside}</span>}
          </li>
        );
      })}
    </ul>
  );
}

export function Ago({ time }) {
  const now = useNow();
  if (!time) return <span class="faint">–</span>;
  return <time dateTime={time} title={moment(ms(time), true)}>{relative(time, now)}</time>;
}

export const Figure = ({ label, value, note, name }) => (
  <div class="figure">
    <dt>{label}</dt>
    <dd data-figure={name}>{value}</dd>
    {note && <dd class="note">{note}</dd>}
  </div>
);

/** A table that scrolls by itself; the first cell of each row names it. */
export const Table = ({ label, head, rows }) => (
  <div class="scroll" tabIndex={0} role="region" aria-label={label}>
    <table class="plain">
      <thead><tr>{head.map((cell, i) => <th key={i} scope="col">{cell}</th>)}</tr></thead>
      <tbody>
        {rows.map((row, n) => (
          <tr key={n}>{row.map((cell, i) => i ? <td key={i}>{cell}</td> : <th key={i} scope="row">{cell}</th>)}</tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** The numbers behind a chart. */
export const Behind = ({ caption, head, rows }) => (
  <details class="behind">
    <summary>{caption}</summary>
    <Table label={caption} head={head} rows={rows} />
  </details>
);

/** Of a Stack. */
export const BehindStack = ({ caption, counts, words }) => (
  <Behind caption={caption} head={["State", "Devices", "Share"]}
    rows={words.filter((word) => counts[word]).map((word) => [word, num(counts[word]), percent(counts[word], total(counts))])} />
);

/** Lines for a terminal, with a button that copies them. */
export function Lines({ children }) {
  const [isCopied, setCopied] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(children);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  }
  return (
    <div class="lines">
      <pre tabIndex={0}><code>{children}</code></pre>
      {navigator.clipboard && <button type="button" class="quiet" onClick={copy}>{isCopied ? "Copied" : "Copy"}</button>}
    </div>
  );
}

export const Empty = ({ title, children }) => (
  <div class="empty">
    <p class="empty-title">{title}</p>
    {children}
  </div>
);

export const Trouble = ({ error }) => error && <p class="trouble" role="alert"><Icon name="alert" /> {error.message}</p>;

/** A section with a title; id names it for those who do not see it. */
export const Card = ({ id, title, note, tools, children, class: kind = "" }) => (
  <section class={`card ${kind}`} aria-labelledby={`${id}-title`}>
    <div class="card-head">
      <h2 id={`${id}-title`}>{title} {note && <span class="faint">{note}</span>}</h2>
      {tools}
    </div>
    {children}
  </section>
);

/** The head of a view. */
export const ViewHead = ({ title, badge, back, children, actions }) => (
  <header class="view-head">
    {back && <p class="back"><a href={back[0]}>{back[1]}</a></p>}
    <div class="view-title"><h1>{title}</h1>{badge}</div>
    {children && <p class="subtitle">{children}</p>}
    {actions && <div class="view-actions">{actions}</div>}
  </header>
);

/** A view whose data has not come, or does not. */
export const Waiting = ({ title, back, error }) => (
  <>
    <ViewHead title={title} back={back} />
    <section class="card loading" aria-busy={!error}><Trouble error={error} /></section>
  </>
);

/** Names with what is known of them; what is not is left out. */
export const Facts = ({ pairs }) => (
  <dl class="facts">
    {pairs.filter(([, value]) => value || value === 0).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
  </dl>
);

export const Field = ({ label, hint, children }) => (
  <label class="field">
    <span>{label}</span>
    {children}
    {hint && <small>{hint}</small>}
  </label>
);

/** A field for a text, or for a number with its type. @param set  takes what was typed */
export const Input = ({ label, hint, set, ...more }) => (
  <Field label={label} hint={hint}><input spellcheck={false} autocomplete="off" onInput={(e) => set(e.currentTarget.value)} {...more} /></Field>
);

/** @param words  values, or pairs of a value and its text */
export const Select = ({ label, hint, set, words, ...more }) => (
  <Field label={label} hint={hint}>
    <select onChange={(e) => set(e.currentTarget.value)} {...more}>
      {words.map((word) => {
        const [value, text = value] = [word].flat();
        return <option key={value} value={String(value)}>{text}</option>;
      })}
    </select>
  </Field>
);

/** A modal dialog: Esc and a click beside it close it, focus goes back where it was. */
export function Modal({ label, onClose, children }) {
  const ref = useRef(null), close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement, dialog = ref.current;
    const onEnd = () => close.current();
    dialog.showModal();
    dialog.addEventListener("close", onEnd);
    return () => {
      dialog.removeEventListener("close", onEnd);
      dialog.close();
      if (before?.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={ref} aria-label={label} onClick={(e) => e.target === ref.current && onClose()}>
      <div class="dialog-inside">{children}</div>
    </dialog>
  );
}

/** One thing at a time that asks the daemon. @return [act, name of what is under way, error] */
export function useAct() {
  const { live } = useSession();
  const [busy, setBusy] = useState("");
  const [error, setError] = useState(null);
  /** @return what ask() gave, or undefined when it failed */
  async function act(name, ask) {
    setBusy(name);
    setError(null);
    try {
      return await ask();
    } catch (problem) {
      setError(problem);
      return undefined;
    } finally {
      setBusy("");
      live.everything();
    }
  }
  return [act, busy, error];
}

/**
 * Ask for a word before something that cannot be taken back is done.
 * @param ask  does it
 */
export function Confirm({ title, word, label, isBad, ask, onClose, children }) {
  const [typed, setTyped] = useState("");
  const [act, busy, error] = useAct();
  const fits = typed.trim() === word;
  async function submit(event) {
    event.preventDefault();
    if (fits && await act("it", async () => (await ask()) ?? true)) onClose();
  }
  return (
    <Modal label={title} onClose={onClose}>
      <form onSubmit={submit}>
        <h2>{title}</h2>
        <div class="prose">{children}</div>
        <label for="confirm-word">Type <b>{word}</b> to confirm</label>
        <input id="confirm-word" autocomplete="off" autocapitalize="off" spellcheck={false} value={typed}
          onInput={(e) => setTyped(e.currentTarget.value)} autofocus />
        <Trouble error={error} />
        <div class="dialog-actions">
          <button type="button" onClick={onClose}>Keep as it is</button>
          <button type="submit" class={isBad ? "bad" : "primary"} disabled={!fits || Boolean(busy)}>{busy ? "…" : label}</button>
        </div>
      </form>
    </Modal>
  );
}

/** From page to page of a list that has no end. */
export const Pager = ({ list: { isFirst, back, next }, what }) => (!isFirst || next) && (
  <nav class="pager" aria-label={`Pages of ${what}`}>
    <button type="button" onClick={back} disabled={isFirst}>Previous</button>
    <button type="button" onClick={next} disabled={!next}>Next</button>
  </nav>
);
