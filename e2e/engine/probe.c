/*
 * What runs inside the containers of the tests: one static program, so that an image needs nothing else.
 *
 *   probe                      waits for SIGTERM
 *   probe dump DIR [stay]      first instruction: prints every file of DIR as "NAME UID GID MODE SIZE\n" and its bytes
 *   probe serve FILE [die|ill POISON]
 *                              prints "start CONTENT", and "hup CONTENT" on each SIGHUP; content that starts with POISON
 *                              makes it die (exit 3), or ill (/tmp/ill exists) until it reads something else
 *   probe loop DIR A B         reads DIR/A and DIR/B as fast as it can until SIGTERM and once more, then prints what it saw as counts
 *   probe watch DIR            prints the inotify events of DIR, "ready" first
 *   probe connect SOCKET TEXT  sends TEXT to a Unix socket and prints what comes back within 5 s; on the host, as any user
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static volatile sig_atomic_t ended, hups;

static void on_term(int signal) { (void)signal; ended = 1; }
static void on_hup(int signal) { (void)signal; hups++; }

static void handle(int signal, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler}; /* no SA_RESTART: pause and read return */
    sigaction(signal, &action, NULL);
}

/* All bytes of a file that is opened relative to dir; -1 when it can't be opened or read. */
static long slurp(int dir, const char *name, char *to, size_t size, struct stat *about) {
    int file = openat(dir, name, O_RDONLY);
    if (file < 0) return -1;
    long total = 0, n;
    if (about) fstat(file, about);
    while ((n = read(file, to + total, size - total)) > 0) total += n;
    close(file);
    return n < 0 ? -1 : total;
}

static void put(const char *bytes, size_t size) {
    while (size) {
        ssize_t n = write(STDOUT_FILENO, bytes, size);
        if (n < 0) { if (errno == EINTR) continue; exit(4); }
        bytes += n;
        size -= n;
    }
}

static int wait_for_end(void) {
    sigset_t mask, before;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, &before);
    while (!ended) sigsuspend(&before);
    return 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static int dump(const char *path, int stay) {
    static char content[2 << 20];
    char *names[256];
    int count = 0, dir = open(path, O_RDONLY | O_DIRECTORY);
    if (dir < 0) { perror(path); return 1; }
    DIR *entries = fdopendir(dup(dir));
    for (struct dirent *entry; (entry = readdir(entries)) && count < 256;)
        if (strncmp(entry->d_name, "..", 2) && strcmp(entry->d_name, ".")) names[count++] = strdup(entry->d_name);
    qsort(names, count, sizeof *names, by_name);
    for (int i = 0; i < count; i++) {
        struct stat about;
        long size = slurp(dir, names[i], content, sizeof content, &about);
        if (size < 0) { perror(names[i]); return 1; }
        char line[512];
        int length = snprintf(line, sizeof line, "%s %u %u %04o %ld\n", names[i], about.st_uid, about.st_gid,
                              about.st_mode & 07777, size);
        put(line, length);
        put(content, size);
    }
    return stay ? wait_for_end() : 0;
}

static int serve(const char *file, const char *weakness, const char *poison) {
    static char content[2 << 20];
    sigset_t mask, before;
    sigemptyset(&mask);
    sigaddset(&mask, SIGHUP);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, &before);
    int seen = 0;
    const char *why = "start ";
    while (!ended) {
        long size = slurp(AT_FDCWD, file, content, sizeof content - 1, NULL);
        if (size < 0) { perror(file); return 1; }
        put(why, strlen(why));
        put(content, size);
        put("\n", 1);
        int poisoned = poison && size >= (long)strlen(poison) && !memcmp(content, poison, strlen(poison));
        if (poisoned && !strcmp(weakness, "die")) return 3;
        if (poisoned) close(open("/tmp/ill", O_CREAT | O_WRONLY, 0644));
        else unlink("/tmp/ill");
        while (!ended && hups == seen) sigsuspend(&before);
        seen++;
        why = "hup ";
    }
    return 0;
}

/* Files of one version hold "NUMBER:" and then the number's last digit, over and over, up to a final "."; -1: not so. */
static long version_of(const char *content, long size) {
    char *colon;
    long number = strtol(content, &colon, 10);
    if (size < 3 || *colon != ':' || content[size - 1] != '.') return -1;
    for (const char *c = colon + 1; c < content + size - 1; c++)
        if (*c != '0' + number % 10) return -1;
    return number;
}

struct counts { long reads, missing, empty, torn, mixed, backward, versions; };

static long look(struct counts *counts, int dir, const char *name) {
    static char content[1 << 20];
    long size = slurp(dir, name, content, sizeof content - 1, NULL);
    counts->reads++;
    if (size < 0) { counts->missing++; return -1; }
    if (size == 0) { counts->empty++; return -1; }
    content[size] = 0;
    long version = version_of(content, size);
    if (version < 0) counts->torn++;
    return version;
}

/*
 * Two ways to read a set of files. Through one descriptor of ..data both files must be of one version. By their paths, a
 * switch may lie between two reads; but if the first file is unchanged after the second was read, they must agree.
 */
static int loop(const char *path, const char *a, const char *b) {
    struct counts counts = {0};
    long newest = 0;
    int dir = open(path, O_RDONLY | O_DIRECTORY);
    if (dir < 0) { perror(path); return 1; }
    put("ready\n", 6);
    int last;
    do { /* and once more when it is ended, for it may have waited long for its turn */
        last = ended;
        int data = openat(dir, "..data", O_RDONLY | O_DIRECTORY);
        if (data < 0) { counts.missing++; continue; }
        long x = look(&counts, data, a), y = look(&counts, data, b);
        close(data);
        if (x != y) counts.mixed++;
        long first = look(&counts, dir, a), second = look(&counts, dir, b), again = look(&counts, dir, a);
        if (first == again && first != second) counts.mixed++;
        if (x < newest || second < newest || again < newest) counts.backward++;
        if (again > newest) { newest = again; counts.versions++; }
    } while (!last);
    printf("reads=%ld missing=%ld empty=%ld torn=%ld mixed=%ld backward=%ld versions=%ld newest=%ld\n", counts.reads,
           counts.missing, counts.empty, counts.torn, counts.mixed, counts.backward, counts.versions, newest);
    return 0;
}

static int watch(const char *path) {
    static const struct { unsigned mask; const char *name; } kinds[] = {
        {IN_CREATE, "create"}, {IN_DELETE, "delete"}, {IN_MODIFY, "modify"}, {IN_ATTRIB, "attrib"},
        {IN_MOVED_FROM, "moved-from"}, {IN_MOVED_TO, "moved-to"}, {IN_CLOSE_WRITE, "close-write"},
    };
    char buffer[1 << 16] __attribute__((aligned(8)));
    int watcher = inotify_init1(0);
    unsigned mask = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) mask |= kinds[i].mask;
    if (inotify_add_watch(watcher, path, mask) < 0) { perror(path); return 1; }
    puts("ready");
    fflush(stdout);
    for (ssize_t n; !ended && (n = read(watcher, buffer, sizeof buffer)) > 0;) {
        for (char *at = buffer; at < buffer + n;) {
            struct inotify_event *event = (struct inotify_event *)at;
            for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (event->mask & kinds[i].mask) printf("%s %s\n", kinds[i].name, event->len ? event->name : ".");
            at += sizeof *event + event->len;
        }
        fflush(stdout);
    }
    return 0;
}

static int converse(const char *path, const char *text) {
    static char answer[1 << 16];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int connection = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address)) { perror("connect"); return 1; }
    if (send(connection, text, strlen(text), MSG_NOSIGNAL) < 0) perror("send");
    struct pollfd until = {.fd = connection, .events = POLLIN};
    while (poll(&until, 1, 5000) > 0) {
        ssize_t n = read(connection, answer, sizeof answer);
        if (n <= 0) { fputs(n ? "reset\n" : "closed\n", stderr); return 0; }
        put(answer, n);
    }
    fputs("silence\n", stderr);
    return 0;
}

int main(int count, char **args) {
    handle(SIGTERM, on_term);
    handle(SIGHUP, on_hup);
    const char *what = count > 1 ? args[1] : "";
    if (count == 1) return wait_for_end();
    if (!strcmp(what, "dump") && count >= 3) return dump(args[2], count > 3);
    if (!strcmp(what, "serve") && count == 3) return serve(args[2], "", NULL);
    if (!strcmp(what, "serve") && count == 5) return serve(args[2], args[3], args[4]);
    if (!strcmp(what, "loop") && count == 5) return loop(args[2], args[3], args[4]);
    if (!strcmp(what, "watch") && count == 3) return watch(args[2]);
    if (!strcmp(what, "connect") && count == 4) return converse(args[2], args[3]);
    fputs("probe: see probe.c\n", stderr);
    return 2;
}
