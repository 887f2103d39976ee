// SPDX-License-Identifier: Apache-2.0
// signin.jsx - asks for a token and tries it before anything else is shown.
import { useState } from "preact/hooks";
import { openApi } from "./api.js";
import { Lines, Icon } from "./parts.jsx";

const REFUSED = "The daemon does not know this token. Check that it was copied whole, and that it was not revoked.";

export function SignIn({ refusal, onEnter }) {
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState(refusal);
  const [isBusy, setBusy] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const given = token.trim();
    if (!given) return setProblem("Enter a token.");
    if (!/^[\x21-\x7e]+$/.test(given)) return setProblem("A token has letters, digits and signs only, no blanks.");
    setBusy(true);
    try {
      await openApi(given, () => {}).get("/v1/status");
      return onEnter(given);
    } catch (error) {
      if (error.status === 401) setProblem(REFUSED);
      else setProblem(error.status ? error.message : "The daemon does not answer. Is it running?");
    }
    return setBusy(false);
  }

  return (
    <main class="signin">
      <form onSubmit={submit} noValidate>
        <p class="wordmark"><img src="/icon.svg" alt="" width="28" height="28" /> Lockstep</p>
        <h1>Sign in with a token</h1>
        <label for="token">Token</label>
        <input id="token" type="password" autocomplete="off" spellcheck={false} value={token} autofocus
          aria-invalid={Boolean(problem)} aria-describedby="token-problem"
          onInput={(e) => setToken(e.currentTarget.value)} />
        <p id="token-problem" class="trouble" role="alert">{problem && <><Icon name="alert" /> {problem}</>}</p>
        <button type="submit" class="primary" disabled={isBusy}>{isBusy ? "Asking the daemon…" : "Sign in"}</button>
        <p class="hint">It stays in this tab only and is forgotten when you close it.</p>
        <details>
          <summary>Where is my token?</summary>
          <p class="hint">The first start of the daemon wrote one for an admin, who makes one for each person under Access:</p>
          <Lines>sudo cat /var/lib/lockstep/admin-token</Lines>
        </details>
      </form>
    </main>
  );
}
