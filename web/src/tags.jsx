// SPDX-License-Identifier: Apache-2.0
// tags.jsx - the tags of a device, which those who may can change.
import { useState } from "preact/hooks";
import { Icon, Trouble, useAct } from "./parts.jsx";
import { useSession } from "./resources.js";
import { tagsOf } from "./typed.js";

export function Tags({ url, tags, may }) {
  const { api } = useSession();
  const [act, busy, error] = useAct();
  const [typed, setTyped] = useState("");
  const merge = (changed) => act("tags", async () => (await api.send("PATCH", url, { tags: changed })) ?? true);
  async function add(event) {
    event.preventDefault();
    if (await merge(tagsOf(typed))) setTyped("");
  }
  const names = Object.keys(tags);
  return (
    <section class="tags" aria-label="Tags">
      <h3>Tags</h3>
      {names.length === 0 && <p class="faint">None. Tags pick devices in queries: tag.site==north</p>}
      <ul>
        {names.map((name) => (
          <li key={name} class="tag">{name}={tags[name]}
            {may && <button type="button" class="quiet" disabled={Boolean(busy)} aria-label={`Remove tag ${name}`}
              onClick={() => merge({ [name]: null })}><Icon name="cross" /></button>}
          </li>
        ))}
      </ul>
      {may && (
        <form onSubmit={add}>
          <input name="tag" aria-label="New tag" placeholder="site=north" value={typed} spellcheck={false} onInput={(e) => setTyped(e.currentTarget.value)} />
          <button type="submit" disabled={Boolean(busy) || !typed.trim()}>Add</button>
        </form>
      )}
      <Trouble error={error} />
    </section>
  );
}
