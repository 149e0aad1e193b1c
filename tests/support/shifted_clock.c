/* Moves the wall clock of one program, as a laptop's lid or a hand on its settings does: preloaded before the C library.
   The file named by SHIFTED_CLOCK holds two numbers of seconds, read at every call: what is added to the time of day,
   and what is added to the time since boot, which counts the hours asleep. The monotonic clock stays as it is. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t none[2];

static const volatile int64_t *shifts(void) {
    static const volatile int64_t *found;
    if (!found) {
        const char *name = getenv("SHIFTED_CLOCK");
        int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
        void *page = file < 0 ? MAP_FAILED : mmap(0, sizeof none, PROT_READ, MAP_SHARED, file, 0);
        found = page == MAP_FAILED ? none : page;
        if (file >= 0) close(file);
    }
    return found;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shifts()[0];
    if (!failed && clock == CLOCK_BOOTTIME) now->tv_sec += shifts()[1];
    return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec time;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &time);
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
