// SPDX-License-Identifier: Apache-2.0
// words.js - the words of the API, in the order in which they are drawn. The words are
// shown as they are, so that what is read here can be typed into curl.

/** Bottom to top, or left to right, of a stacked bar. */
export const TASK_STATES = ["succeeded", "verifying", "updating", "delivered", "delivering", "waiting",
  "partial", "needs-attention", "failed", "canceled", "excluded"];
export const COMPONENT_STATES = ["updated", "unchanged", "updating", "downloaded", "delivering", "pending",
  "reverted", "failed"];
export const DEVICE_STATES = ["registered", "asleep", "pending", "expected", "expired", "deregistered"];
export const WAITING_FOR = ["wave", "window", "online", "condition", "approval", "rate", "user", "campaign", "install"];
export const ROLES = ["viewer", "operator", "approver", "admin"];

export const UNDER_WAY = ["delivering", "delivered", "updating", "verifying"];
export const TROUBLE = ["failed", "needs-attention", "partial"];
export const LEFT_OUT = ["canceled", "excluded"];
export const FINAL = ["succeeded", ...TROUBLE, ...LEFT_OUT];
export const ENDED_CAMPAIGN = ["finished", "aborted"];

export const sum = (counts, words) => words.reduce((n, word) => n + (counts?.[word] ?? 0), 0);
export const total = (counts) => Object.values(counts ?? {}).reduce((n, count) => n + count, 0);

/** Every state has a sign of its own besides its colour. */
export const ICONS = {
  succeeded: "check", updated: "check", finished: "check", registered: "check",
  unchanged: "equal",
  verifying: "eye", updating: "cycle", running: "play",
  delivered: "box", downloaded: "box", delivering: "down",
  waiting: "clock", pending: "clock", expected: "clock", draft: "pen", scheduled: "clock",
  partial: "half", "needs-attention": "alert", failed: "cross", reverted: "back",
  canceled: "stop", excluded: "minus", expired: "minus", deregistered: "stop",
  paused: "pause", braked: "alert", aborting: "stop", aborted: "stop",
  asleep: "moon", idle: "minus", downloading: "down", unknown: "minus",
  ready: "check", created: "plus", approved: "check", uploading: "up", quarantined: "alert", withdrawn: "stop",
  elsewhere: "link", missing: "cross", damaged: "cross", revoked: "cross", admitted: "check",
  read: "eye", written: "pen", tagged: "pen", executed: "play", imported: "plus",
};

export const WAITS = {
  wave: "for its turn",
  window: "for its maintenance window",
  online: "for the device to be heard of",
  condition: "for a condition, such as its battery",
  approval: "for an approval",
  rate: "for its next try",
  user: "for a user at the device, who deferred it",
  campaign: "for another campaign on this device",
  install: "for you to say install",
};

/** What an operator does about it, where that is known. */
export const REASONS = {
  "first-failed": "One of the first devices failed, so no other was started.",
  "failures-in-a-row": "Too many devices failed one after the other.",
  "failure-pct": "Too large a share of the devices failed.",
  "not-returned": "Did not come back after Update. Look at the device itself.",
  "version-mismatch": "Says it succeeded, but with another version. Check the image.",
  "stuck-updating": "Stayed in Updating longer than its profile or the policy allows.",
  "integrity-failed": "The device found the package damaged or not signed for it.",
  "unsupported-package": "The device does not take this type of package.",
  "update-failed": "The device tried and gave up by itself.",
  "not-enough-flash": "No room for the package on the device.",
  "connection-lost": "The download broke off, again and again.",
  "delivery-stalled": "No block was asked for or taken for too long.",
  "delivery-refused": "The device refused the package.",
  "delivery-impossible": "No way of delivery that both sides know.",
  "dependency-error": "Another component must be updated before this one.",
  "attempts-exhausted": "Every retry that the policy allows was used.",
  "not-installed": "Is back, with the old version.",
  "not-seen": "Was not heard of before the campaign expired.",
  "unknown-hardware": "Does not report the hardware that the bundle asks for.",
};

/** Update Result, object 5 resource 5. */
export const RESULTS = ["initial", "success", "not enough flash", "out of memory", "connection lost", "integrity check failed",
  "unsupported package type", "invalid URI", "update failed", "unsupported protocol", "canceled", "deferred",
  "conflicting state", "dependency error"];
