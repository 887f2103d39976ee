/* SPDX-License-Identifier: Apache-2.0 */
/* man_page.c - lockstep.conf(5) on stdout, for the build. */
#include "config/manual.h"

int main(void)
{
    config_print_man(stdout);
    return ferror(stdout) || fclose(stdout) != 0;
}
