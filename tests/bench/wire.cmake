# SPDX-License-Identifier: Apache-2.0
# lib::coap is the server that is measured against.
if(TARGET wire)
  add_executable(bench_wire ${CMAKE_CURRENT_LIST_DIR}/wire.c
    ${CMAKE_CURRENT_LIST_DIR}/wire_libcoap.c ${CMAKE_CURRENT_LIST_DIR}/wire_servers.c)
  target_link_libraries(bench_wire PRIVATE wire coap base lib::coap)
endif()
