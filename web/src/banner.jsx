// SPDX-License-Identifier: Apache-2.0
// banner.jsx - why a campaign does not go on: the brake with its devices, a pause, an abort.
import { path, query } from "./api.js";
import { hasStopped, wordOf } from "./campaigns.jsx";
import { Icon } from "./parts.jsx";
import { ofCampaign, useResource } from "./resources.js";
import { link } from "./route.js";
import { REASONS } from "./words.js";

const QUIET = {
  paused: "Paused: nothing new is delivered or executed. What is already updating is verified to its end.",
  aborting: "Aborting: what was delivered is taken back, what is already updating is verified to its end.",
};

function Failed({ id }) {
  const url = (state) => `${path("campaigns", id)}/tasks${query({ state, limit: 6 })}`;
  const failed = useResource(url("failed"), ofCampaign(id)).data?.items ?? [];
  const others = useResource(url("needs-attention"), ofCampaign(id)).data?.items ?? [];
  const tasks = [...failed, ...others];
  return tasks.length > 0 && (
    <ul class="banner-devices">
      {tasks.map((t) => (
        <li key={t.endpoint}><a href={link("devices", t.endpoint)}>{t.endpoint}</a> {t.reason}</li>
      ))}
    </ul>
  );
}

export function Banner({ campaign: c }) {
  if (hasStopped(c))
    return (
      <section class="banner bad" aria-label="Stopped" data-banner={wordOf(c)}>
        <Icon name="alert" />
        <div>
          <p><b>{c.braked ? "The brake is on" : "It has stopped"}: {c.reason}.</b> {REASONS[c.reason]}</p>
          <p>{c.detail}</p>
          <Failed id={c.id} />
          <p class="faint">Nothing new is started until somebody {c.braked ? "releases the brake; its counts then begin again" : "resumes it"}.</p>
        </div>
      </section>
    );
  if (!QUIET[c.state]) return null;
  return (
    <section class="banner" data-banner={c.state}>
      <Icon name={c.state === "paused" ? "pause" : "stop"} />
      <p>{QUIET[c.state]}</p>
    </section>
  );
}
