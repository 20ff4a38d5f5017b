# SPDX-License-Identifier: Apache-2.0
# Builds for 64-bit ARM with Debian's cross compiler. Libraries are those of the folder
# ADMF_SYSROOT, which `scripts/setup --aarch64` fills; ctest runs what is built under qemu-user
# where that is installed.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(triple aarch64-linux-gnu)

set(ADMF_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../build/sysroot-aarch64 CACHE PATH
    "Root of a file system with libraries for 64-bit ARM")
get_filename_component(CMAKE_SYSROOT ${ADMF_SYSROOT} REALPATH)
# CMake reads this file again for each of its own small test projects.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ADMF_SYSROOT)

set(CMAKE_C_COMPILER ${triple}-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE ${triple})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${CMAKE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
    ${CMAKE_SYSROOT}/usr/lib/${triple}/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig)

find_program(ADMF_QEMU NAMES qemu-aarch64 qemu-aarch64-static)
if(ADMF_QEMU)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${ADMF_QEMU} -L ${CMAKE_SYSROOT})
endif()
