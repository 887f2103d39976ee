# SPDX-License-Identifier: Apache-2.0
add_executable(bench_plan ${CMAKE_CURRENT_LIST_DIR}/plan.c)
target_link_libraries(bench_plan PRIVATE planning)
