# SPDX-License-Identifier: Apache-2.0
# Writes FILE, a header that names the commit of SOURCES; only where that has changed.
find_package(Git QUIET)
set(commit unknown)
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${SOURCES} describe --always --dirty --abbrev=12
                  OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(found)
    set(commit ${found})
  endif()
endif()
file(CONFIGURE OUTPUT ${FILE} CONTENT "#define ADMF_COMMIT \"@commit@\"\n" @ONLY)
