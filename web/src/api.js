// SPDX-License-Identifier: Apache-2.0
// api.js - requests with the token, and problems (RFC 9457) as errors.

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || (status ? `the daemon answered ${status}` : "the daemon does not answer"));
    this.status = status;
    this.errors = body.errors;
  }
}

const objectOf = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

export const path = (...segments) => "/v1/" + segments.map(encodeURIComponent).join("/");

export function query(parameters) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== "" && value != null);
  return pairs.length ? "?" + new URLSearchParams(pairs) : "";
}

/** A key of a request that must not be carried out twice. */
export const onceKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");

/** @param onRefused  called when the token is no longer good for anything */
export function openApi(token, onRefused) {
  async function ask(url, options = {}) {
    const answer = await fetch(url, {
      cache: "no-store",
      ...options,
      headers: { Authorization: `Bearer ${token}`, ...options.headers },
    });
    if (answer.status === 401) onRefused();
    if (!answer.ok) throw new Problem(answer.status, objectOf(await answer.text()));
    return answer;
  }
  return {
    get: async (url, signal) => (await ask(url, { signal, headers: { Accept: "application/json" } })).json(),
    /** @return the answer's JSON, null when it has none */
    send: async (method, url, body, options) => {
      const answer = await ask(url, { method, body: body === undefined ? undefined : JSON.stringify(body), ...options });
      const text = await answer.text();
      return text ? objectOf(text) : null;
    },
    stream: async (url, headers, signal) => (await ask(url, { headers, signal })).body,
    /** fetch cannot tell how much was sent. @param body  a form, or a Blob with its type. @param onProgress of {loaded, total} */
    upload: (url, body, onProgress, signal) => new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.setRequestHeader("Authorization", `Bearer ${token}`);
      request.upload.onprogress = onProgress;
      request.onload = () => {
        const answer = objectOf(request.responseText);
        if (request.status < 300) return done(answer);
        if (request.status === 401) onRefused();
        return fail(new Problem(request.status, answer));
      };
      request.onerror = () => fail(new Problem(0, { detail: "The daemon ended the connection before all was sent." }));
      request.onabort = () => fail(new Problem(0, { detail: "The upload was stopped." }));
      signal.addEventListener("abort", () => request.abort());
      request.send(body);
    }),
  };
}
