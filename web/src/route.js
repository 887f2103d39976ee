// SPDX-License-Identifier: Apache-2.0
// route.js - what is looked at stands in the fragment: #/campaigns/17?state=failed&device=gw-1
import { useEffect, useState } from "preact/hooks";

export function parse(hash) {
  const [where, search = ""] = hash.replace(/^#\/?/, "").split("?");
  const [first, id = ""] = where.split("/");
  return { campaign: first === "campaigns" ? id : "", filter: Object.fromEntries(new URLSearchParams(search)) };
}

/** A link to a campaign; filter members that are empty are left out. */
export function link(campaign, filter = {}) {
  const pairs = Object.entries(filter).filter(([, value]) => value);
  return `#/${campaign ? `campaigns/${campaign}` : ""}${pairs.length ? `?${new URLSearchParams(pairs)}` : ""}`;
}

export function go(campaign, filter) {
  location.hash = link(campaign, filter);
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
