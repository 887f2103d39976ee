# SPDX-License-Identifier: Apache-2.0
# Man pages, and the Debian package: `cmake --preset deb`, build, then `cpack --preset deb`.
set(man ${CMAKE_BINARY_DIR}/man)
file(MAKE_DIRECTORY ${man})

# lockstep_man(PAGE DEPENDS files... COMMAND words...): install PAGE, which COMMAND prints.
function(lockstep_man page)
  cmake_parse_arguments(M "" "" "DEPENDS;COMMAND" ${ARGN})
  string(REGEX REPLACE ".*\\." "" section ${page})
  add_custom_command(OUTPUT ${man}/${page}.gz
    COMMAND ${M_COMMAND} > ${man}/${page}
    COMMAND gzip -9nkf ${man}/${page}
    DEPENDS ${M_DEPENDS} VERBATIM)
  install(FILES ${man}/${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  set_property(GLOBAL APPEND PROPERTY LOCKSTEP_MAN ${man}/${page}.gz)
endfunction()

set(source ${CMAKE_SOURCE_DIR}/config/man)
lockstep_man(lockstep.conf.5 DEPENDS config_man COMMAND config_man)
lockstep_man(lockstep-device.1 DEPENDS ${source}/device-page lockstep-device
  COMMAND sh ${source}/device-page $<TARGET_FILE:lockstep-device>)
foreach(page lockstepd.8 lockstep-demo.1)
  lockstep_man(${page} DEPENDS ${source}/${page} COMMAND cat ${source}/${page})
endforeach()
get_property(pages GLOBAL PROPERTY LOCKSTEP_MAN)
add_custom_target(man ALL DEPENDS ${pages})

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "Lockstep maintainers <lockstep@lists.example.org>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "firmware update server for LwM2M devices")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "lockstepd updates fleets of LwM2M devices whose firmware has several parts: it
finds out which components and versions each device has, plans in which order
they must change, delivers the packages over CoAP, drives each device through
its updates, and shows the progress in a browser and through a REST API.

lockstep-demo shows it at work with simulated devices (lockstep-device).")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# sysusers and tmpfiles; any of them will do where no systemd runs.
set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, curl, jq")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS
    "bash-completion, opensbi, u-boot-qemu, firmware-microbit-micropython")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(deb ${CMAKE_SOURCE_DIR}/config/deb)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${deb}/postinst ${deb}/prerm ${deb}/postrm
    ${deb}/conffiles)
include(CPack)
