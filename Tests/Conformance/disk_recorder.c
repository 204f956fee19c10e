/* Records what a process does to the files below $DISK_RECORDER_ROOT, in the order of time.
 *
 * Loaded with LD_PRELOAD. Every call goes through to the real file; what it wrote, where and when (CLOCK_MONOTONIC,
 * before and after the call) is appended to $DISK_RECORDER_LOG. power_cut_drill.py reads the log.
 *
 * A record: kind (u32), length of the path (u32), begin and end (u64, ns), offset (u64), length of the data (u64),
 * path, data. All numbers are in the machine's own byte order.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE = 2, SYNC = 3, CREATE = 4, UNLINK = 5, RENAME = 6 };

static int log_file = -1;
static const char *root;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin_recording(void) {
    const char *path = getenv("DISK_RECORDER_LOG");
    root = getenv("DISK_RECORDER_ROOT");
    if (path && root)
        log_file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static uint64_t now(void) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return (uint64_t)moment.tv_sec * 1000000000u + (uint64_t)moment.tv_nsec;
}

static int below_root(const char *path) {
    return log_file >= 0 && strncmp(path, root, strlen(root)) == 0;
}

/* The path behind a descriptor, or 0 when it is none of ours. */
static int path_of(int descriptor, char *path) {
    if (log_file < 0 || descriptor == log_file) return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return below_root(path);
}

static void record(uint32_t kind, const char *path, uint64_t begin, uint64_t offset,
                   const void *data, uint64_t length) {
    struct { uint32_t kind, path_length; uint64_t begin, end, offset, length; } head =
        { kind, (uint32_t)strlen(path), begin, now(), offset, length };
    struct iovec parts[3] = { { &head, sizeof head }, { (void *)path, head.path_length }, { (void *)data, length } };
    int kept = errno;
    pthread_mutex_lock(&order);
    if (syscall(SYS_writev, log_file, parts, 3) != (long)(sizeof head + head.path_length + length)) abort();
    pthread_mutex_unlock(&order);
    errno = kept;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    char path[PATH_MAX];
    uint64_t begin = now();
    ssize_t done = real(descriptor, data, size, offset);
    if (done > 0 && path_of(descriptor, path)) record(WRITE, path, begin, (uint64_t)offset, data, (uint64_t)done);
    return done;
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset) {
    return pwrite64(descriptor, data, size, offset);
}

ssize_t write(int descriptor, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    char path[PATH_MAX];
    uint64_t begin = now();
    ssize_t done = real(descriptor, data, size);
    if (done > 0 && path_of(descriptor, path))
        record(WRITE, path, begin, (uint64_t)(lseek(descriptor, 0, SEEK_CUR) - done), data, (uint64_t)done);
    return done;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    char path[PATH_MAX];
    uint64_t begin = now();
    ssize_t done = real(descriptor, parts, count);
    if (done > 0 && path_of(descriptor, path)) {
        uint64_t offset = (uint64_t)(lseek(descriptor, 0, SEEK_CUR) - done), left = (uint64_t)done;
        for (int index = 0; index < count && left > 0; index++) {
            uint64_t size = parts[index].iov_len < left ? parts[index].iov_len : left;
            if (size > 0) record(WRITE, path, begin, offset, parts[index].iov_base, size);
            offset += size;
            left -= size;
        }
    }
    return done;
}

int ftruncate64(int descriptor, off64_t size) {
    REAL(int, "ftruncate64", int, off64_t);
    char path[PATH_MAX];
    uint64_t begin = now();
    int result = real(descriptor, size);
    if (result == 0 && path_of(descriptor, path)) record(TRUNCATE, path, begin, (uint64_t)size, "", 0);
    return result;
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

static int synced(int descriptor, int (*real)(int)) {
    char path[PATH_MAX];
    uint64_t begin = now();
    int result = real(descriptor);
    if (result == 0 && path_of(descriptor, path)) record(SYNC, path, begin, 0, "", 0);
    return result;
}

int fsync(int descriptor) {
    REAL(int, "fsync", int);
    return synced(descriptor, real);
}

int fdatasync(int descriptor) {
    REAL(int, "fdatasync", int);
    return synced(descriptor, real);
}

int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    struct stat before;
    int watched = below_root(path) && (flags & (O_CREAT | O_TRUNC));
    int existed = watched && stat(path, &before) == 0;
    uint64_t begin = now();
    int descriptor = real(path, flags, mode);
    if (descriptor >= 0 && watched && !existed) record(CREATE, path, begin, 0, "", 0);
    else if (descriptor >= 0 && watched && (flags & O_TRUNC)) record(TRUNCATE, path, begin, 0, "", 0);
    return descriptor;
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open64(path, flags, mode);
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    uint64_t begin = now();
    int result = real(path);
    if (result == 0 && below_root(path)) record(UNLINK, path, begin, 0, "", 0);
    return result;
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    uint64_t begin = now();
    int result = real(from, to);
    if (result == 0 && below_root(from)) record(RENAME, from, begin, 0, to, strlen(to));
    return result;
}
