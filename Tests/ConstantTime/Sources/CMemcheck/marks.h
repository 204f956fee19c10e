#pragma once
#include <stddef.h>
#include <valgrind/memcheck.h>

/// Tells memcheck that these bytes are secret: a branch or an address that depends on them becomes an error.
static inline void mark_secret(const void *bytes, size_t count) { VALGRIND_MAKE_MEM_UNDEFINED(bytes, count); }

/// Tells memcheck that these bytes may be looked at again.
static inline void mark_known(const void *bytes, size_t count) { VALGRIND_MAKE_MEM_DEFINED(bytes, count); }

/// How many errors memcheck has counted so far; 0 when the program does not run under valgrind.
static inline unsigned errors_counted(void) { return VALGRIND_COUNT_ERRORS; }

/// Whether the program runs under valgrind.
static inline int runs_under_valgrind(void) { return RUNNING_ON_VALGRIND; }
