# SPDX-License-Identifier: Apache-2.0
# lib::sqlite is the bare table that is measured against.
if(TARGET store)
  add_executable(bench_store EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/store.c
    ${CMAKE_CURRENT_LIST_DIR}/fleet.c)
  target_link_libraries(bench_store PRIVATE campaigns store lib::sqlite)
endif()
