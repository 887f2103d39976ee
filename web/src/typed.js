// SPDX-License-Identifier: Apache-2.0
// typed.js - what people type, as the API takes it.

/** @return {name: value} of "site=north, floor=2" */
export const tagsOf = (text) => Object.fromEntries(text.split(/,(?=[^,=]+=)/).filter((tag) => tag.trim())
  .map((tag) => /^\s*([^=]*?)\s*(?:=\s*(.*?))?\s*$/.exec(tag)).map(([, name, value = ""]) => [name, value]));

/** A resource's value: a number, true or false, or a text. @param type  "" is as it looks */
export function valueOf(text, type) {
  if (/^(true|false)$/.test(text) && (!type || type === "boolean")) return text === "true";
  return text.trim() && !Number.isNaN(Number(text)) && !/^(string|opaque|objlnk|time)$/.test(type) ? Number(text) : text;
}
