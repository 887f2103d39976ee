# SPDX-License-Identifier: Apache-2.0
# lib::microhttpd and lib::sqlite alone are what is measured against.
if(TARGET store)
  add_executable(bench_api EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/api.c
    ${CMAKE_CURRENT_LIST_DIR}/api_sql.c ${CMAKE_CURRENT_LIST_DIR}/child.c
    ${CMAKE_CURRENT_LIST_DIR}/constant.c ${CMAKE_CURRENT_LIST_DIR}/fleet.c
    ${CMAKE_CURRENT_LIST_DIR}/http_load.c)
  target_link_libraries(bench_api PRIVATE campaigns store lib::sqlite lib::microhttpd)
endif()
