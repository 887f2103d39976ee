// SPDX-License-Identifier: Apache-2.0
// api.js - requests with the token, and problems (RFC 9457) as errors.

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `the daemon answered ${status}`);
    this.status = status;
    this.title = body.title || "";
  }
}

async function problemOf(answer) {
  const body = await answer.json().catch(() => ({}));
  return new Problem(answer.status, body);
}

export const path = (...segments) => "/v1/" + segments.map(encodeURIComponent).join("/");

export function query(parameters) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== "" && value != null);
  return pairs.length ? "?" + new URLSearchParams(pairs) : "";
}

/** @param onRefused  called when the token is no longer good for anything */
export function openApi(token, onRefused) {
  async function ask(url, options = {}) {
    const answer = await fetch(url, {
      cache: "no-store",
      ...options,
      headers: { Authorization: `Bearer ${token}`, ...options.headers },
    });
    if (answer.status === 401) onRefused();
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }
  return {
    get: async (url, signal) => (await ask(url, { signal, headers: { Accept: "application/json" } })).json(),
    post: async (url) => {
      const answer = await ask(url, { method: "POST" });
      return answer.headers.get("Content-Type")?.includes("json") ? answer.json() : null;
    },
    stream: async (url, headers, signal) => (await ask(url, { headers, signal })).body,
  };
}
