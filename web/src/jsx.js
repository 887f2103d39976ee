// SPDX-License-Identifier: Apache-2.0
// jsx.js - what JSX turns into, given to every file by build.mjs.
export { Fragment, h } from "preact";
