// SPDX-License-Identifier: Apache-2.0
// profile.jsx - what holds for a device, and who said so.
import { Ago, Card, Table } from "./parts.jsx";
import { ofKind, useResource } from "./resources.js";

const textOf = (value) => typeof value === "object" ? JSON.stringify(value) : String(value);

export function Profile({ url }) {
  const { data: p } = useResource(`${url}/profile`, ofKind("profile"));
  if (!p) return null;
  const all = [["", p.values], ...p.components.map((c) => [c.component, c.values])]
    .flatMap(([component, values]) => values.map((v) => [component, v.key, v.value, v.from]));
  const known = all.filter(([, , value]) => value != null);
  return (
    <Card id="profile" title="Profile" note={p.profile ?? "none for this model"}>
      <Table label="Values of the profile" head={["Of", "Key", "Value", "From"]}
        rows={known.map(([component, key, value, from]) => [component || "device", <code>{key}</code>, textOf(value), from])} />
      <p class="faint">{all.length > known.length && "Of what is not here nothing is known. "}
        {p.updated_at && <>Changed <Ago time={p.updated_at} />{p.updated_by && ` by ${p.updated_by}`}.</>}</p>
    </Card>
  );
}
