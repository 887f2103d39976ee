# SPDX-License-Identifier: Apache-2.0
# lockstep_test(NAME SOURCES... LIBS libs... [THREADS] [SLOW]): a Criterion suite as test NAME.
# THREADS: it runs threads against each other, so it is built and run with TSan as well.
# SLOW: only `tests/run --all` runs it.
#
# lockstep_test_labels(NAME TARGET [THREADS] [SLOW]): the same for a test made with add_test().
add_custom_target(thread_tests)

function(lockstep_test_labels name target)
  cmake_parse_arguments(T "THREADS;SLOW" "" "" ${ARGN})
  if(T_THREADS)
    set_property(TEST ${name} APPEND PROPERTY LABELS threads)
    add_dependencies(thread_tests ${target})
  endif()
  if(T_SLOW)
    set_property(TEST ${name} APPEND PROPERTY LABELS slow)
  endif()
endfunction()

function(lockstep_test name)
  cmake_parse_arguments(T "THREADS;SLOW" "" "SOURCES;LIBS" ${ARGN})
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
  set(options)
  foreach(option THREADS SLOW)
    if(T_${option})
      list(APPEND options ${option})
    endif()
  endforeach()
  lockstep_test_labels(${name} ${target} ${options})
endfunction()
