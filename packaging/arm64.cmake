# For the arm64 package, on a machine with Debian's cross compiler and the libraries of arm64.
# Programs of arm64 that the build runs, to print the manual and in tests, run under qemu.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
set(PXQ_DEBIAN_ARCHITECTURE arm64)
# The generators run on this machine.
set(Protobuf_PROTOC_EXECUTABLE /usr/bin/protoc)
