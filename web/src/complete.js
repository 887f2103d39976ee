// SPDX-License-Identifier: Apache-2.0
// complete.js - what can stand at a place in a query (RSQL), from GET /v1/query-fields.

const MOST = 8;

/** A value as it stands in a query. */
export const quoted = (text) => /^[\w.+:@/-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;

/** Where the clause begins that ends at the caret: after the last ; , ( that is not quoted. */
function clauseAt(before) {
  let start = 0, isQuoted = false, isList = false;
  for (let i = 0; i < before.length; i++) {
    if (before[i] === "\\") i++;
    else if (before[i] === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (before[i] === "(" && before[i - 1] === "=") isList = true;
    else if (isList && before[i] === ")") isList = false;
    else if (!isList && ";,(".includes(before[i])) start = i + 1;
  }
  return start;
}

const among = (words, typed) => {
  const wanted = typed.toLowerCase();
  return [...words.filter((w) => w.toLowerCase().startsWith(wanted)),
    ...words.filter((w) => wanted && w.toLowerCase().indexOf(wanted) > 0)].slice(0, MOST);
};

/**
 * @param fields  [{field, operators, values}]
 * @return {from, items: [{text, insert, kind}]}: items may stand between from and the caret
 */
export function complete(text, caret, fields) {
  const before = text.slice(0, caret), start = clauseAt(before);
  const [, blanks, name, operator, rest] = /^(\s*)((?:"(?:\\.|[^"\\])*"?|[^=!<>"])*)(=\w*=?|!=?|[<>]=?)?(.*)$/s.exec(before.slice(start));
  const field = fields.find((f) => f.field === name.trim());
  const operators = field?.operators ?? [];
  const nameFrom = start + blanks.length, operatorFrom = nameFrom + name.length;
  if (!operator && !field)
    return { from: nameFrom, items: among(fields.map((f) => f.field), name).map((f) => ({ text: f, insert: f, kind: "field" })) };
  if (!operators.includes(operator))
    return { from: operatorFrom, items: operators.filter((o) => o.startsWith(operator ?? ""))
      .map((o) => ({ text: o, insert: o === "=in=" || o === "=out=" ? `${o}(` : o, kind: "operator" })) };
  const typedFrom = Math.max(rest.lastIndexOf("(") + 1, operator.endsWith("=") && rest.startsWith("(") ? rest.lastIndexOf(",") + 1 : 0);
  const typed = rest.slice(typedFrom).replace(/^"/, "");
  const items = among(field.values ?? [], typed).filter((v) => quoted(v) !== rest.slice(typedFrom));
  return { from: operatorFrom + operator.length + typedFrom, items: items.map((v) => ({ text: v, insert: quoted(v), kind: "value" })) };
}
