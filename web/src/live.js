// SPDX-License-Identifier: Apache-2.0
// live.js - server-sent events read with fetch (so that the token can be sent), and what
// they make fresh again. A watcher runs at most once at a time, and rests after each run
// at least as long as that keeps the daemon and this page mostly idle.

const REST_MS = 1000, REST_FACTOR = 4;
const SILENCE_MS = 45000; // three heartbeats of the daemon
const RETRY_MS = 1000, RETRY_MAX_MS = 15000;

/** Split "text/event-stream" into events; comments only show that the line is alive. */
export function eventReader(onEvent) {
  let rest = "", event = {};
  const line = (text) => {
    if (text === "") {
      if (event.data) onEvent(event);
      event = {};
      return;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(text);
    if (field === "data" || field === "id" || field === "event") event[field] = value;
  };
  return (text) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop();
    lines.forEach(line);
  };
}

export function openLive(api) {
  const watchers = new Set(), listeners = new Set();
  let status = { state: "connecting", since: Date.now(), heard: 0 };
  let lastId = "", abort = null, retry = 0, timer = 0, isClosed = false;

  function tell(state) {
    if (state !== status.state) status = { state, since: Date.now(), heard: status.heard };
    if (state === "live") status.heard = Date.now();
    listeners.forEach((listener) => listener({ ...status }));
  }

  async function run(w) {
    w.isBusy = true;
    w.isDirty = false;
    const begun = performance.now();
    await w.refresh().catch(() => {});
    const rest = Math.max(REST_MS, REST_FACTOR * (performance.now() - begun));
    w.timer = setTimeout(() => {
      w.isBusy = false;
      if (w.isDirty) run(w);
    }, rest);
  }

  function dirty(w) {
    w.isDirty = true;
    if (!w.isBusy && !document.hidden && watchers.has(w)) run(w);
  }

  const everything = () => watchers.forEach(dirty);

  function onEvent({ id, event, data }) {
    if (id) lastId = id;
    if (event === "gap") return everything();
    const body = JSON.parse(data);
    watchers.forEach((w) => w.wants(body) && dirty(w));
  }

  async function read(body) {
    const decoder = new TextDecoder(), feed = eventReader(onEvent), reader = body.getReader();
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(() => abort?.abort(), SILENCE_MS);
      const { done, value } = await reader.read();
      if (done) return;
      status.heard = Date.now();
      feed(decoder.decode(value, { stream: true }));
    }
  }

  async function connect() {
    abort = new AbortController();
    try {
      const headers = { Accept: "text/event-stream", ...(lastId && { "Last-Event-ID": lastId }) };
      const body = await api.stream("/v1/events", headers, abort.signal);
      retry = 0;
      tell("live");
      everything();
      await read(body);
    } catch (error) {
      if (error.status === 401) return;
    }
    clearTimeout(timer);
    if (isClosed) return;
    tell("offline");
    setTimeout(() => isClosed || connect(), Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** retry++));
  }

  const onVisible = () => document.hidden || everything();
  const onOffline = () => abort?.abort();
  const beat = setInterval(() => watchers.forEach((w) => w.hasBeat?.() && dirty(w)), 3000);
  document.addEventListener("visibilitychange", onVisible);
  window.addEventListener("offline", onOffline);
  connect();

  return {
    /** @return a function that stops watching; dirty() on it asks for a run */
    watch(wants, refresh, hasBeat) {
      const w = { wants, refresh, hasBeat, isBusy: false, isDirty: false, timer: 0 };
      watchers.add(w);
      const stop = () => {
        watchers.delete(w);
        clearTimeout(w.timer);
      };
      stop.dirty = () => dirty(w);
      return stop;
    },
    everything,
    status: () => status,
    listen(listener) {
      listeners.add(listener);
      listener({ ...status });
      return () => listeners.delete(listener);
    },
    close() {
      isClosed = true;
      clearInterval(beat);
      clearTimeout(timer);
      abort?.abort();
      document.removeEventListener("visibilitychange", onVisible);
      window.removeEventListener("offline", onOffline);
    },
  };
}
