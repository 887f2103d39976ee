// SPDX-License-Identifier: Apache-2.0
// resources.js - hooks: one copy of each resource that is on the page, kept fresh by events.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

export const Session = createContext(null);
export const useSession = () => useContext(Session);

const never = () => false;

/** For each path one copy, fetched once however many show it. */
export function openResources(api, live) {
  const known = new Map();

  function of(url, wants, hasBeat, load) {
    let r = known.get(url);
    if (r) return r;
    r = { value: { data: null, error: null }, users: new Set(), stop: null, abort: null };
    const set = (value) => {
      r.value = value;
      r.users.forEach((use) => use(value));
    };
    r.refresh = async () => {
      r.abort = new AbortController();
      try {
        set({ data: await load(url, r.abort.signal), error: null });
      } catch (error) {
        if (error.name !== "AbortError") set({ data: r.value.data, error });
      }
    };
    r.begin = () => {
      r.stop = live.watch(wants, r.refresh, () => hasBeat?.(r.value.data));
      r.stop.dirty();
    };
    r.end = () => {
      r.stop();
      r.abort?.abort();
      known.delete(url);
    };
    known.set(url, r);
    return r;
  }

  return {
    use(url, wants, hasBeat, listener, load = api.get) {
      const r = of(url, wants, hasBeat, load);
      r.users.add(listener);
      if (r.users.size === 1) r.begin();
      listener(r.value);
      return () => {
        r.users.delete(listener);
        if (r.users.size === 0) r.end();
      };
    },
  };
}

const NOTHING = { data: null, error: null };

/**
 * @param url      null: nothing yet
 * @param wants    which events make it stale
 * @param hasBeat  of what it was: whether it also changes without events
 */
export function useResource(url, wants = never, hasBeat, load) {
  const { resources } = useSession();
  const [held, setHeld] = useState({ url: null, value: NOTHING });
  useEffect(() => url ? resources.use(url, wants, hasBeat, (value) => setHeld({ url, value }), load) : undefined,
    [resources, url]);
  return held.url === url ? held.value : NOTHING;
}

const PARTS_MAX = 20;

/** A page may come short although there is more: read on until it is full. */
const wholePage = (api, limit) => async (url, signal) => {
  const items = [];
  for (let next = "", part = 0; next != null; part++) {
    const page = await api.get(next ? url.replace(/(&cursor=.*)?$/, `&cursor=${encodeURIComponent(next)}`) : url, signal);
    items.push(...page.items);
    next = page.next;
    if (items.length >= limit || part > PARTS_MAX) return { items, next };
  }
  return { items, next: null };
};

/**
 * One page at a time of a list, kept fresh.
 * @param url  of the list, which knows limit and cursor
 * @return {items, error, isFirst, back, next}; next is null at the end
 */
export function usePages(url, { limit = 25, wants, hasBeat } = {}) {
  const [at, setAt] = useState({ url, cursors: [] });
  const cursors = at.url === url ? at.cursors : [];
  const page = `${url}${url.includes("?") ? "&" : "?"}limit=${limit}${cursors.length ? `&cursor=${encodeURIComponent(cursors.at(-1))}` : ""}`;
  const { api } = useSession();
  const { data, error } = useResource(page, wants, hasBeat, wholePage(api, limit));
  return {
    items: data?.items,
    error,
    isFirst: cursors.length === 0,
    back: () => setAt({ url, cursors: cursors.slice(0, -1) }),
    next: data?.next ? () => setAt({ url, cursors: [...cursors, data.next] }) : null,
  };
}

/** Now, every few seconds. */
const clocks = new Set();
setInterval(() => clocks.forEach((tick) => tick(Date.now())), 5000);
export function useNow() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    clocks.add(setNow);
    return () => clocks.delete(setNow);
  }, []);
  return now;
}

/** Events of one campaign, or of all. */
export const ofCampaign = (id) => (event) => event.campaign === id || (event.kind === "campaign" && event.id === id);
export const ofKind = (...kinds) => (event) => kinds.includes(event.kind);
export const ofDevice = (endpoint) => (event) => event.endpoint === endpoint;
