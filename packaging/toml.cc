// Debian ships toml++ as a shared library only; its headers hold the code of it too, compiled here once.

#define TOML_IMPLEMENTATION
#include <toml++/toml.h>
