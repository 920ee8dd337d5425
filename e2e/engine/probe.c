/*
 * What runs inside the containers of the tests: one static program, so that an image needs nothing else.
 *
 *   probe                      waits for SIGTERM
 *   probe dump DIR [stay]      first instruction: prints every file of DIR as "NAME UID GID MODE SIZE\n" and its bytes
 *   probe serve FILE [die|ill POISON]
 *                              prints "start CONTENT", and "hup CONTENT" on each SIGHUP; content that starts with POISON
 *                              makes it die (exit 3), or ill (/tmp/ill exists) until it reads something else
 *   probe loop DIR A B         reads DIR/A and DIR/B as fast as it can until SIGTERM, then prints what it saw as counts
 *   probe watch DIR            prints the inotify events of DIR, "ready" first
 *   probe http PORT FILE       answers every request with FILE; at SIGTERM those that have arrived, and then ends
 *   probe balance NAME PORT RATE
 *                              asks the addresses of NAME, RATE requests a second, until SIGTERM, then prints what came of it
 *   probe connect SOCKET TEXT  sends TEXT to a Unix socket and prints what comes back within 5 s; on the host, as any user
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
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
#include <time.h>
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
    while (!ended) {
        int data = openat(dir, "..data", O_RDONLY | O_DIRECTORY);
        if (data < 0) { counts.missing++; continue; }
        long x = look(&counts, data, a), y = look(&counts, data, b);
        close(data);
        if (x != y) counts.mixed++;
        long first = look(&counts, dir, a), second = look(&counts, dir, b), again = look(&counts, dir, a);
        if (first == again && first != second) counts.mixed++;
        if (x < newest || second < newest || again < newest) counts.backward++;
        if (again > newest) { newest = again; counts.versions++; }
    }
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

/* ---- load: a server that ends in order, and a client that balances over an alias by DNS */

static int listening(int port) {
    int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = INADDR_ANY};
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 128)) { perror("listen"); exit(1); }
    fcntl(server, F_SETFL, O_NONBLOCK);
    return server;
}

/* Answers what has arrived, also after SIGTERM, and only then ends. */
static int http(int port, const char *file) {
    static char body[1 << 16], request[1 << 16];
    int server = listening(port);
    for (;;) {
        int connection = accept(server, NULL, NULL);
        if (connection < 0) {
            if (ended) return 0;
            struct pollfd until = {.fd = server, .events = POLLIN};
            poll(&until, 1, 100);
            continue;
        }
        struct pollfd until = {.fd = connection, .events = POLLIN};
        if (poll(&until, 1, 1000) > 0 && read(connection, request, sizeof request) > 0) {
            long size = slurp(AT_FDCWD, file, body, sizeof body, NULL);
            char head[128];
            int length = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\nConnection: close\r\n\r\n", size < 0 ? 0 : size);
            if (send(connection, head, length, MSG_NOSIGNAL) == length && size > 0) send(connection, body, size, MSG_NOSIGNAL);
        }
        close(connection);
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

/* The addresses of a name, asked of the engine's resolver (RFC 1035, 4.1); a static program has no other. */
static int resolve(const char *name, struct in_addr *found, int most) {
    unsigned char packet[1500] = {0x12, 0x34, 1, 0, 0, 1}, *at = packet + 12;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(53)};
    inet_pton(AF_INET, "127.0.0.11", &server.sin_addr);
    for (const char *label = name; *label;) {
        size_t length = strcspn(label, ".");
        *at++ = length;
        memcpy(at, label, length);
        at += length;
        label += length + (label[length] == '.');
    }
    memcpy(at, "\0\0\1\0\1", 5);
    at += 5;
    int udp = socket(AF_INET, SOCK_DGRAM, 0), count = 0;
    struct pollfd until = {.fd = udp, .events = POLLIN};
    ssize_t size = -1;
    if (sendto(udp, packet, at - packet, 0, (struct sockaddr *)&server, sizeof server) > 0 && poll(&until, 1, 1000) > 0)
        size = recv(udp, packet, sizeof packet, 0);
    close(udp);
    if (size < 12) return 0;
    int answers = packet[6] << 8 | packet[7];
    while (answers-- && at + 12 <= packet + size) {
        while (at < packet + size && *at && *at < 0xc0) at += *at + 1; /* a name in full, or the rest of one by a pointer */
        at += *at ? 2 : 1;
        int type = at[0] << 8 | at[1], length = at[8] << 8 | at[9];
        at += 10;
        if (type == 1 && length == 4 && count < most) memcpy(&found[count++], at, 4);
        at += length;
    }
    return count;
}

/* True if the server there answered 200. */
static int answers(struct in_addr where, int port) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: api\r\n\r\n";
    char answer[64] = "";
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), good = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = where};
    struct pollfd out = {.fd = connection, .events = POLLOUT}, in = {.fd = connection, .events = POLLIN};
    connect(connection, (struct sockaddr *)&address, sizeof address);
    if (poll(&out, 1, 500) > 0 && send(connection, request, sizeof request - 1, MSG_NOSIGNAL) > 0
        && poll(&in, 1, 2000) > 0 && read(connection, answer, sizeof answer - 1) > 0)
        good = !strncmp(answer, "HTTP/1.1 200", 12);
    close(connection);
    return good;
}

/* RATE requests a second to the addresses that NAME has at each; the next one when one doesn't answer. */
static int balance(const char *name, int port, int rate) {
    long requests = 0, failed = 0, again = 0;
    double begin = now(), slowest = 0;
    put("ready\n", 6);
    while (!ended) {
        struct in_addr found[16];
        double start = now();
        int count = resolve(name, found, 16), good = 0;
        for (int i = 0; i < count && !good; i++) {
            good = answers(found[(requests + i) % count], port);
            if (!good) again++;
        }
        requests++;
        if (!good) { failed++; fprintf(stderr, "failed after %.3f s with %d addresses\n", now() - start, count); }
        if (now() - start > slowest) slowest = now() - start;
        double due = begin + requests / (double)rate, wait = due - now();
        if (wait > 0) usleep(wait * 1e6);
        else begin -= wait; /* late: don't make up for it */
    }
    printf("requests=%ld failed=%ld again=%ld slowest=%.0fms seconds=%.0f\n", requests, failed, again, slowest * 1000, now() - begin);
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
    if (!strcmp(what, "http") && count == 4) return http(atoi(args[2]), args[3]);
    if (!strcmp(what, "balance") && count == 5) return balance(args[2], atoi(args[3]), atoi(args[4]));
    fputs("probe: see probe.c\n", stderr);
    return 2;
}
