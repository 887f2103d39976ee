# SPDX-License-Identifier: Apache-2.0
add_executable(bench_registrations EXCLUDE_FROM_ALL
  ${CMAKE_CURRENT_LIST_DIR}/registrations.c ${CMAKE_CURRENT_LIST_DIR}/child.c)
