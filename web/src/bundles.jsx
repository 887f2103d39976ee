// SPDX-License-Identifier: Apache-2.0
// bundles.jsx - all bundles, and one: its packages, how they depend on each other.
import { useState } from "preact/hooks";
import { canApprove, canOperate } from "./actions.jsx";
import { path } from "./api.js";
import { NewCampaign } from "./campaigns.jsx";
import { bytes, num } from "./format.js";
import { Graph } from "./graph.jsx";
import { Ago, Badge, Card, Confirm, Empty, Facts, Icon, Pager, Table, Trouble, ViewHead, Waiting } from "./parts.jsx";
import { ofKind, usePages, useResource, useSession } from "./resources.js";
import { go, link } from "./route.js";
import { Upload } from "./upload.jsx";

export function Bundles({ role }) {
  const list = usePages("/v1/bundles", { wants: ofKind("bundle", "package") });
  return (
    <>
      <ViewHead title="Bundles" />
      {canOperate(role) && <Upload />}
      <Trouble error={list.error} />
      {list.items?.length === 0 && list.isFirst && (
        <section class="card"><Empty title="No bundle yet"><p>A bundle has packages that are made to work together, and the rules between their versions. {canOperate(role)
          ? "Drop its manifest and files above, or send them with curl." : "An operator can upload one."}</p></Empty></section>
      )}
      {list.items?.length > 0 && (
        <Card id="bundles" title="All bundles">
          <ul class="bundles">
            {list.items.map((b) => (
              <li key={b.id}>
                <a class="bundle-row" href={link("bundles", b.bundle)}>
                  <b class="bundle-name">{b.name}</b>
                  <span>{b.version}</span>
                  <Badge word={b.state} />
                  <span class="faint">{b.vendor}</span>
                  <span class="faint end"><Ago time={b.created_at} />{b.created_by && ` by ${b.created_by}`}</span>
                  {b.problem && <span class="trouble">{b.problem}</span>}
                </a>
              </li>
            ))}
          </ul>
          <Pager list={list} what="bundles" />
        </Card>
      )}
    </>
  );
}

const Packages = ({ packages }) => (
  <Table label="Table of packages" head={["Component", "Version", "Size", "State", "SHA-256"]}
    rows={packages.map((p) => [p.component, p.version, bytes(p.size), <Badge word={p.state} />,
      p.sha256 ? <code title={p.sha256}>{p.sha256.slice(0, 16)}…</code> : <code>{p.uri}</code>])} />
);

const appliesTo = ({ manufacturer, model, hardware } = {}) =>
  [manufacturer, Array.isArray(model) ? model.join(", ") : model, hardware && `hardware ${hardware}`].filter(Boolean).map(String).join(" · ");

const factsOf = (b, manifest) => [
  ["Vendor", b.vendor],
  ["Sequence", num(b.sequence)],
  ["Applies to", manifest && appliesTo(manifest.applies_to)],
  ["Severity", manifest?.severity],
  ["Size", b.packages && bytes(b.packages.reduce((n, p) => n + p.size, 0))],
  ["Uploaded", <><Ago time={b.created_at} />{b.created_by && ` by ${b.created_by}`}</>],
];

export function Bundle({ id, role }) {
  const { api } = useSession();
  const [asked, setAsked] = useState("");
  const url = path("bundles", id), wants = ofKind("bundle", "package");
  const { data: b, error } = useResource(url, wants);
  const { data: manifest } = useResource(`${url}/manifest`);
  if (!b) return <Waiting title={id} back={[link("bundles"), "All bundles"]} error={error} />;
  const isReady = b.state === "ready";
  const actions = (
    <div class="actions">
      {isReady && canApprove(role) && <button type="button" class="bad-outline" onClick={() => setAsked("withdraw")}>Withdraw…</button>}
      {!isReady && canApprove(role) && <button type="button" class="bad-outline" onClick={() => setAsked("delete")}>Delete…</button>}
      {isReady && <NewCampaign role={role} filter={{ bundle: b.bundle }} />}
    </div>
  );
  return (
    <>
      <ViewHead title={b.bundle} badge={<Badge word={b.state} />} back={[link("bundles"), "All bundles"]} actions={actions} />
      {b.state === "uploading" && (
        <section class="banner"><Icon name="up" /><p>Not all of its files are here. Drop its manifest with the missing ones
          on <a href={link("bundles")}>Bundles</a>; it is ready when all have come.</p></section>
      )}
      {b.problem && <section class="banner bad"><Icon name="alert" /><p>{b.problem}</p></section>}
      <Card id="about" title="About">
        <Facts pairs={factsOf(b, manifest)} />
        {manifest?.notes && <p class="notes">{String(manifest.notes)}</p>}
      </Card>
      {manifest?.packages?.length > 0 && <Card id="graph" title="Dependencies"><Graph manifest={manifest} /></Card>}
      <Card id="packages" title="Packages" note={num(b.packages.length)}><Packages packages={b.packages} /></Card>
      {manifest && <section class="card"><details class="behind"><summary>Manifest</summary><pre tabIndex={0} class="text">{JSON.stringify(manifest, null, 2)}</pre></details></section>}
      {asked === "delete" && (
        <Confirm title={`Delete ${b.bundle}?`} word={b.bundle} label="Delete bundle" isBad ask={() => api.send("DELETE", url).then(() => go("bundles"))} onClose={() => setAsked("")}>
          <p>It is forgotten. Its files stay until nobody needs them.</p>
        </Confirm>
      )}
      {asked === "withdraw" && (
        <Confirm title={`Withdraw ${b.bundle}?`} word={b.bundle} label="Withdraw" isBad ask={() => api.send("POST", `${url}/withdraw`)} onClose={() => setAsked("")}>
          <p>No new plan may use it. Campaigns that run go on.</p>
        </Confirm>
      )}
    </>
  );
}
