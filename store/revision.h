/* SPDX-License-Identifier: Apache-2.0 */
/* revision.h - which of its versions something is that people edit: a number that the
 * store gives, never twice, and that a change can demand.
 */
#pragma once

/** A change demands one of these, or the revision that there must be. */
enum {
    STORE_REVISION_ANY = 0,   /* whatever there is, or is not */
    STORE_REVISION_NONE = -1, /* nothing of this name */
    STORE_REVISION_SOME = -2, /* something */
};

/** result.count of a change that was refused for it. */
enum { STORE_REVISION_OTHER = 101 };
