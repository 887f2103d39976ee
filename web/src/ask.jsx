// SPDX-License-Identifier: Apache-2.0
// ask.jsx - Read, Write and Execute at the device itself. What changes something there asks
// for its name; a device that sleeps is asked when it wakes.
import { useEffect, useRef, useState } from "preact/hooks";
import { query } from "./api.js";
import { Card, Confirm, Icon, Input, Select, Table, Trouble, useAct } from "./parts.jsx";
import { useSession } from "./resources.js";
import { valueOf } from "./typed.js";

const WAIT_S = 60, WAIT_ASLEEP_S = 3600;
const KNOWN = [["/3/0", "Device"], ["/3/0/9", "Battery level"], ["/3/0/13", "Current time"], ["/3/0/4", "Reboot"], ["/1/0", "Server"],
  ["/1/0/1", "Lifetime"], ["/1/0/8", "Registration update"], ["/4/0", "Connectivity"], ["/5/0", "Firmware update"]];
const TYPES = ["integer", "unsigned", "float", "boolean", "string", "opaque", "objlnk", "time"];
const METHODS = { Read: "GET", Write: "PUT", Execute: "POST" };

const bodyOf = (what, text, type) => what === "Write" ? { value: valueOf(text, type), ...(type && { type }) } : text ? { arguments: text } : undefined;
const textOf = (value) => typeof value === "string" ? value : JSON.stringify(value);

const Said = ({ said: { what, path, values, coap_code } }) => (
  <div role="status">
    <p><Icon name="check" /> {what} {path}: <b>{coap_code}</b></p>
    {values && <Table label="What it said" head={["Path", "Value", "Type"]} rows={values.map((v) => [v.path, textOf(v.value), v.type])} />}
  </div>
);

export function Ask({ url, device: { endpoint, state } }) {
  const { api } = useSession();
  const [act, busy, error] = useAct();
  const [what, setWhat] = useState("Read");
  const [path, setPath] = useState("/3/0");
  const [text, setText] = useState("");
  const [type, setType] = useState("");
  const [isAsked, setAsked] = useState(false);
  const [said, setSaid] = useState(null);
  const abort = useRef(null);
  useEffect(() => () => abort.current?.abort(), []);
  const timeout_s = state === "asleep" ? WAIT_ASLEEP_S : WAIT_S;
  const isRead = what === "Read", isWrite = what === "Write";
  const target = `/${path.split("/").filter(Boolean).map(encodeURIComponent).join("/")}`;
  async function send() {
    abort.current = new AbortController();
    setSaid(null);
    const answer = await act(what, () => api.send(METHODS[what], `${url}/resources${target}${query({ timeout_s })}`,
      isRead ? undefined : bodyOf(what, text, type), { signal: abort.current.signal }));
    if (answer) setSaid({ ...answer, what });
  }
  return (
    <Card id="ask" title="Ask the device" note={state === "asleep" && "it sleeps, and is asked when it wakes"}>
      <form class="search" onSubmit={(e) => {
        e.preventDefault();
        if (isRead) send();
        else setAsked(true);
      }}>
        <Select label="What" name="what" value={what} set={setWhat} words={Object.keys(METHODS)} />
        <Input label="Path" name="path" list="paths" required pattern="/?\d+(/\d+){0,3}/?" value={path} set={setPath} />
        <datalist id="paths">{KNOWN.map(([at, name]) => <option key={at} value={at}>{name}</option>)}</datalist>
        {!isRead && <Input label={isWrite ? "Value" : "Arguments"} name="value" required={isWrite} value={text} set={setText} />}
        {isWrite && <Select label="Type" name="type" value={type} set={setType} words={[["", "as it looks"], ...TYPES]} />}
        <button type="submit" class="primary" disabled={Boolean(busy)}>{isRead ? what : `${what}…`}</button>
      </form>
      {busy && <p role="status"><Icon name="clock" /> Waits {state === "asleep" ? "until the device wakes, an hour at most" : "for its answer"}… <button type="button" onClick={() => abort.current.abort()}>Stop</button></p>}
      {error?.name !== "AbortError" && <Trouble error={error} />}
      {said ? <Said said={said} /> : !busy && !error && <p class="faint">Objects, instances and resources, such as /3/0/9, its battery level.</p>}
      {isAsked && (
        <Confirm title={`${what} ${target} of ${endpoint}?`} word={endpoint} label={what} ask={() => {
          send();
        }} onClose={() => setAsked(false)}>
          <p>{isWrite ? `The device gets ${text}.` : "The device carries it out at once."} Campaigns do not know of it.</p>
        </Confirm>
      )}
    </Card>
  );
}
