/* SPDX-License-Identifier: Apache-2.0 */
/* registrar_rows.h - what a registration says, as its row in the store. */
#pragma once

struct coap_message;
struct core;
struct device;
struct device_row;

/** All that the record in memory tells; .binding and .root_path stay empty. */
void registrar_row(const struct core *core, const struct device *dev,
                   struct device_row *row);

/** Its letters, and a Q behind them in queue mode (row->queue_mode is set).
 * @param letters  NULL: those that the row has */
void registrar_row_binding(struct device_row *row, const char *letters);

/** The alternate path that m's list of objects names, "/" if none. */
void registrar_row_root(struct device_row *row, const struct coap_message *m);
