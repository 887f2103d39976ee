# SPDX-License-Identifier: Apache-2.0
add_executable(bench_registrations EXCLUDE_FROM_ALL registrations.c)
