// SPDX-License-Identifier: Apache-2.0
// route.js - what is looked at stands in the fragment: #/campaigns/17?state=failed
import { useEffect, useState } from "preact/hooks";

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** @return {view, id, filter}; view "" is the fleet */
export function parse(hash) {
  const [, where, search] = /^#?\/?([^?]*)\??(.*)$/s.exec(hash);
  const [view, id = ""] = where.split("/").map(decoded);
  return { view, id, filter: Object.fromEntries(new URLSearchParams(search)) };
}

/** A link; filter members that are empty are left out. */
export function link(view = "", id = "", filter = {}) {
  const pairs = Object.entries(filter).filter(([, value]) => value);
  const where = [view, id].filter(Boolean).map(encodeURIComponent).join("/");
  return `#/${where}${pairs.length ? `?${new URLSearchParams(pairs)}` : ""}`;
}

export function go(...where) {
  location.hash = link(...where);
}

export function useRoute() {
  const [route, setRoute] = useState(parse(location.hash));
  useEffect(() => {
    const onChange = () => setRoute(parse(location.hash));
    window.addEventListener("hashchange", onChange);
    return () => window.removeEventListener("hashchange", onChange);
  }, []);
  return route;
}
