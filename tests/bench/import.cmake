# SPDX-License-Identifier: Apache-2.0
# lib::sqlite alone is what is measured against.
if(TARGET store)
  add_executable(bench_import EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/import.c
    ${CMAKE_CURRENT_LIST_DIR}/child.c ${CMAKE_CURRENT_LIST_DIR}/http_load.c)
  target_link_libraries(bench_import PRIVATE lib::sqlite)
endif()
