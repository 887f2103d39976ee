// SPDX-License-Identifier: Apache-2.0
// add.jsx - devices that are known before they register: a list of them, or one.
import { useState } from "preact/hooks";
import { canOperate } from "./actions.jsx";
import { query } from "./api.js";
import { Drop, Sent, useSending } from "./drop.jsx";
import { num, plural } from "./format.js";
import { Card, Empty, Input, Lines, Table, Trouble, useAct, ViewHead } from "./parts.jsx";
import { useSession } from "./resources.js";
import { go, link } from "./route.js";
import { tagsOf } from "./typed.js";

/* The daemon goes by the type; what begins with a brace on its first line is no CSV. */
const typeOf = async (file) => /^\s*\{/.test(await file.slice(0, 256).text()) ? "application/x-ndjson" : "text/csv";

const Broken = ({ errors, note }) => errors?.length > 0 && (
  <div>
    <p><b>{plural(errors.length, "broken row")}</b> {note}</p>
    <Table label="Broken rows" head={["Line", "What is wrong"]} rows={errors.map((e) => [num(e.line), e.reason])} />
  </div>
);

function Import() {
  const sending = useSending();
  const [file, setFile] = useState(null);
  const [done, setDone] = useState(null);
  async function send(chosen, on_error) {
    setFile(chosen);
    setDone(null);
    const type = await typeOf(chosen);
    setDone(await sending.send(`/v1/devices${query({ on_error })}`, chosen.slice(0, chosen.size, type)));
  }
  const { error } = sending;
  return (
    <Card id="import" title="A list" note="CSV or NDJSON, up to a million rows">
      <Drop label="Import devices" accept=".csv,.ndjson,.jsonl,.txt" title="Drop a list of devices here" take={([first]) => send(first)}>
        {sending.sent && <Sent sending={sending} />}
        {done && <p role="status"><b>{plural(done.rows - done.failed, "row")} of {file.name} imported:</b> {num(done.created)} new, {num(done.updated)} known
          before. <a href={link("", "", { q: "state==expected" })}>Show what is expected</a></p>}
        <Trouble error={error} />
        {error?.errors && <button type="button" onClick={() => send(file, "skip")}>Import the other rows</button>}
      </Drop>
      <Broken errors={error?.errors ?? done?.errors} note={error ? "Nothing was imported: mend the file and drop it again, or import the others." : "All others were imported."} />
      <div class="pair">
        <Lines>{"endpoint,tag.site,tag.floor\ngw-1,north,2\ngw-2,south,"}</Lines>
        <Lines>{'{"endpoint":"gw-1","tags":{"site":"north"}}\n{"endpoint":"gw-2"}'}</Lines>
      </div>
    </Card>
  );
}

function One() {
  const { api } = useSession();
  const [act, busy, error] = useAct();
  const [endpoint, setEndpoint] = useState("");
  const [tags, setTags] = useState("");
  async function submit(event) {
    event.preventDefault();
    const made = await act("create", () => api.send("POST", "/v1/devices", { endpoint: endpoint.trim(), tags: tagsOf(tags) }));
    if (made) go("devices", made.endpoint);
  }
  return (
    <Card id="one" title="One device">
      <form class="search" onSubmit={submit} aria-label="One device">
        <Input label="Endpoint" name="endpoint" required value={endpoint} set={setEndpoint} placeholder="urn:imei:490154203237518" />
        <Input label="Tags" name="tags" value={tags} set={setTags} placeholder="site=north, floor=2" />
        <button type="submit" class="primary" disabled={Boolean(busy) || !endpoint.trim()}>Create</button>
      </form>
      <Trouble error={error} />
    </Card>
  );
}

export const Add = ({ role }) => (
  <>
    <ViewHead title="Add devices" back={[link(), "Fleet"]}><span>They are expected from then on; their tags are there when they register.</span></ViewHead>
    {canOperate(role) ? <><Import /><One /></>
      : <section class="card"><Empty title="You may look only"><p>A {role} cannot add devices. Ask for a token of an operator.</p></Empty></section>}
  </>
);
