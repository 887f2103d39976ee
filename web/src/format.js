// SPDX-License-Identifier: Apache-2.0
// format.js - numbers, sizes, times and spans as people read them.
const integers = new Intl.NumberFormat("en");
const clocks = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clocksToSecond = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

export const num = (n) => integers.format(n ?? 0);

export const plural = (n, one, many = `${one}s`) => `${num(n)} ${n === 1 ? one : many}`;

export function bytes(n) {
  if (!n) return "0 B";
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** step;
  return `${value.toFixed(step === 0 || value >= 100 ? 0 : 1)} ${units[step]}`;
}

/** A share in per cent that never claims all or nothing before it is so. */
export function percent(part, whole) {
  if (!whole) return "–";
  if (part === 0 || part === whole) return part ? "100 %" : "0 %";
  const value = (100 * part) / whole;
  if (value < 1) return "<1 %";
  return value > 99 ? ">99 %" : `${Math.round(value)} %`;
}

export function span(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return s < 600 && s % 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

export const ms = (time) => (time ? Date.parse(time) : 0);

export function relative(time, now) {
  const distance = now - ms(time);
  if (Math.abs(distance) < 1500) return "now";
  return distance > 0 ? `${span(distance)} ago` : `in ${span(-distance)}`;
}

/** Today's times without the day. */
export function moment(at, toSecond = false) {
  const date = new Date(at);
  const clock = (toSecond ? clocksToSecond : clocks).format(date);
  return date.toDateString() === new Date().toDateString() ? clock : `${days.format(date)}, ${clock}`;
}

export const dayOf = (at) => days.format(new Date(at));
export const clockOf = (at) => clocks.format(new Date(at));
