# SPDX-License-Identifier: Apache-2.0
# The libraries we are built on, as imported targets: lib::coap (notls variant),
# lib::mbedcrypto, lib::sqlite, lib::microhttpd, lib::cjson, lib::cbor, lib::curl,
# lib::criterion.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(coap REQUIRED IMPORTED_TARGET libcoap-3-notls)
pkg_check_modules(sqlite REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(cjson REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(cbor REQUIRED IMPORTED_TARGET libcbor)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(systemd IMPORTED_TARGET libsystemd)
foreach(name coap sqlite microhttpd cjson cbor curl)
  add_library(lib::${name} ALIAS PkgConfig::${name})
endforeach()

# Debian's libcoap headers do not say which TLS variant they belong to; the notls
# archive links into one binary without dragging a TLS library along.

add_library(lib::mbedcrypto STATIC IMPORTED)
set_target_properties(lib::mbedcrypto PROPERTIES
  IMPORTED_LOCATION ${LOCKSTEP_DEPS}/mbedtls/lib/libmbedcrypto.a
  INTERFACE_INCLUDE_DIRECTORIES ${LOCKSTEP_DEPS}/mbedtls/include)
if(NOT EXISTS ${LOCKSTEP_DEPS}/mbedtls/lib/libmbedcrypto.a)
  message(FATAL_ERROR "Mbed TLS is not in ${LOCKSTEP_DEPS}/mbedtls: "
                      "run 'sh config/fetch-deps' first")
endif()
