# SPDX-License-Identifier: Apache-2.0
# lockstep_test(NAME SOURCES... LIBS libs...): a Criterion suite as test NAME.
function(lockstep_test name)
  cmake_parse_arguments(T "" "" "SOURCES;LIBS" ${ARGN})
  string(REPLACE "/" "_" target test_${name})
  find_library(CRITERION criterion REQUIRED)
  add_executable(${target} ${T_SOURCES})
  # Criterion 2.4's macros do not survive these two.
  target_compile_options(${target} PRIVATE -Wno-conversion -Wno-sign-conversion)
  target_link_libraries(${target} PRIVATE ${T_LIBS} ${CRITERION})
  add_test(NAME ${name} COMMAND ${target})
  set_tests_properties(${name} PROPERTIES
    FAIL_REGULAR_EXPRESSION "Sanitizer:|runtime error:" TIMEOUT 300)
endfunction()
