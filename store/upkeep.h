/* SPDX-License-Identifier: Apache-2.0 */
/* upkeep.h - the whole file at once: copy it while it is written to, look whether it is
 * sound. Both take a while and read through one transaction: the log of the store grows
 * meanwhile, nobody waits.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

/**
 * Copy what st sees now to a new file, and look whether the copy is sound.
 *
 * @param path  written under path.part, synced, then renamed; what was there is
 * replaced
 * @param why   written on failure
 * @return 0, STORE_E_DAMAGED (there is no copy), -errno
 */
[[nodiscard]] int store_backup(struct store *st, const char *path,
                               struct store_failure *why);

/** @param why  what is damaged. @return 0, STORE_E_DAMAGED, -EINTR, -errno */
[[nodiscard]] int store_verify(struct store *st, struct store_failure *why);

/** End what another thread does with st: it returns -EINTR. */
void store_interrupt(struct store *st);

/** @return false if the last writer of the file did not close it (a crash, a power cut)
 * or could not write it. Writer only. */
bool store_was_closed(const struct store *st);

/** The file was read and is sound: closing st makes good for the writer that did not.
 * Writer only; not while another thread closes it. */
void store_set_sound(struct store *st);
