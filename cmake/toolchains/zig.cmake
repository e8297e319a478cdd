# Compiles for another system with the pinned Zig of tools/release:
#   cmake -S . -B DIRECTORY --toolchain cmake/toolchains/zig.cmake
#     -DZIG_TARGET=aarch64-macos   (or x86_64-freebsd, x86_64-windows-gnu, ...)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ZIG_TARGET)

string(REGEX MATCHALL "[^-]+" ZIG_TARGET_PARTS "${ZIG_TARGET}")
list(GET ZIG_TARGET_PARTS 0 CMAKE_SYSTEM_PROCESSOR)
list(GET ZIG_TARGET_PARTS 1 ZIG_SYSTEM)
if(ZIG_SYSTEM MATCHES "^macos")
  set(CMAKE_SYSTEM_NAME Darwin)
  # CMake looks for an SDK and for install_name_tool. Zig needs neither.
  set(CMAKE_OSX_SYSROOT "" CACHE STRING "")
  set(CMAKE_INSTALL_NAME_TOOL true CACHE STRING "")
elseif(ZIG_SYSTEM MATCHES "^freebsd")
  set(CMAKE_SYSTEM_NAME FreeBSD)
elseif(ZIG_SYSTEM STREQUAL windows)
  set(CMAKE_SYSTEM_NAME Windows)
else()
  set(CMAKE_SYSTEM_NAME Linux)
endif()

# Quoted: the directory may have spaces in its name.
set(ZIG sh "'${CMAKE_CURRENT_LIST_DIR}/../../tools/release/zig'")
set(CMAKE_C_COMPILER ${ZIG} cc -target ${ZIG_TARGET})
# Zig enables UBSan by default.
set(CMAKE_C_FLAGS_INIT -fno-sanitize=undefined)

# CMAKE_AR and CMAKE_RANLIB would be one word each; `zig ar` is two.
list(JOIN ZIG " " ZIG_COMMAND)
set(CMAKE_C_ARCHIVE_CREATE "${ZIG_COMMAND} ar qc <TARGET> <OBJECTS>")
set(CMAKE_C_ARCHIVE_APPEND "${ZIG_COMMAND} ar q <TARGET> <OBJECTS>")
set(CMAKE_C_ARCHIVE_FINISH "${ZIG_COMMAND} ranlib <TARGET>")
