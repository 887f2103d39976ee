# SPDX-License-Identifier: Apache-2.0
# lockstep_test(NAME SOURCES... LIBS libs... [SLOW]): a Criterion suite as test NAME.
# SLOW: only `tests/run --all` runs it.
#
# lockstep_thread_test(NAME TARGETS...): test NAME, made with add_test(), is run with TSan
# as well, which needs TARGETS. No Criterion there: the arena that Criterion 2.4 shares
# with its children cannot be mapped in a process under TSan.
add_custom_target(thread_tests)

function(lockstep_thread_test name)
  set_property(TEST ${name} APPEND PROPERTY LABELS threads)
  add_dependencies(thread_tests ${ARGN})
endfunction()

function(lockstep_test name)
  cmake_parse_arguments(T "SLOW" "" "SOURCES;LIBS" ${ARGN})
  string(REPLACE "/" "_" target test_${name})
  find_library(CRITERION criterion REQUIRED)
  add_executable(${target} ${T_SOURCES})
  # Criterion 2.4's macros do not survive these two.
  target_compile_options(${target} PRIVATE -Wno-conversion -Wno-sign-conversion)
  target_link_libraries(${target} PRIVATE ${T_LIBS} ${CRITERION})
  add_test(NAME ${name} COMMAND ${target})
  # A leak alone lets Criterion 2.4 pass with exit 0: look at what was printed.
  set_tests_properties(${name} PROPERTIES
    FAIL_REGULAR_EXPRESSION "Sanitizer:|runtime error:" TIMEOUT 300)
  if(T_SLOW)
    set_property(TEST ${name} APPEND PROPERTY LABELS slow)
  endif()
endfunction()
