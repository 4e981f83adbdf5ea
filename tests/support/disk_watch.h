/* What a program asks of the disk, in its order: a crash leaves what had been synced by then. fsync
 * and renameat of the C library pass here in a program that includes this. */
#ifndef LTS_TESTS_DISK_WATCH_H
#define LTS_TESTS_DISK_WATCH_H

#include "testing.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DISK_EVENTS = 4096, DISK_PATH = 600 };

typedef enum disk_kind { DISK_SYNC_FILE, DISK_SYNC_FOLDER, DISK_RENAME } disk_kind;

static struct disk_event {
    disk_kind kind;
    ino_t number;         /* of the file or folder */
    char path[DISK_PATH]; /* DISK_RENAME: the new one */
    ino_t folder;         /* DISK_RENAME: that it is in */
} disk_event[DISK_EVENTS];
static size_t disk_event_count;
static char disk_watched[DISK_PATH]; /* renames below it; empty: nothing is noted */

static inline void disk_watch_begin(const char *folder)
{
    disk_event_count = 0;
    snprintf(disk_watched, sizeof disk_watched, "%s", folder);
}

static inline void disk_watch_end(void)
{
    disk_watched[0] = '\0';
}

static struct disk_event *disk_note(disk_kind kind, ino_t number)
{
    static struct disk_event spare;
    struct disk_event *event =
        disk_event_count < DISK_EVENTS ? &disk_event[disk_event_count++] : &spare;
    *event = (struct disk_event){.kind = kind, .number = number};
    return event;
}

int fsync(int descriptor)
{
    struct stat info;
    if (disk_watched[0] && fstat(descriptor, &info) == 0)
        disk_note(S_ISDIR(info.st_mode) ? DISK_SYNC_FOLDER : DISK_SYNC_FILE, info.st_ino);
    return (int)syscall(SYS_fsync, descriptor);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    struct stat info, around;
    char folder[DISK_PATH];
    if (disk_watched[0] && strncmp(to, disk_watched, strlen(disk_watched)) == 0 &&
        fstatat(from_folder, from, &info, 0) == 0) {
        snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(to, '/') - to), to);
        struct disk_event *event = disk_note(DISK_RENAME, info.st_ino);
        snprintf(event->path, sizeof event->path, "%s", to);
        event->folder = stat(folder, &around) == 0 ? around.st_ino : 0;
    }
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

/* Whether the file of the rename `e` had been synced before it. */
static inline bool disk_was_synced(size_t e)
{
    for (size_t i = 0; i < e; i++)
        if (disk_event[i].kind == DISK_SYNC_FILE && disk_event[i].number == disk_event[e].number)
            return true;
    return false;
}

/* Whether `path` had got its name, and its folder been synced since, before event `e`. */
static inline bool disk_is_named(const char *path, size_t e)
{
    ino_t folder = 0;
    for (size_t i = 0; i < e; i++) {
        if (disk_event[i].kind == DISK_RENAME && strcmp(disk_event[i].path, path) == 0)
            folder = disk_event[i].folder;
        if (folder && disk_event[i].kind == DISK_SYNC_FOLDER && disk_event[i].number == folder)
            return true;
    }
    return false;
}

#endif
