/*
 * Load for the tests: an HTTP server that ends in order, and a client that balances over a name as a proxy does.
 *
 *   load http PORT FILE         answers every request with FILE; at SIGTERM all that have arrived, and then ends
 *   load balance NAME PORT RATE
 *                               sends RATE requests a second to the addresses of NAME, however long each takes, until SIGTERM;
 *                               then prints what came of them
 *
 * The client asks the engine's resolver for each request, and does what nginx does unless told otherwise: an address that
 * doesn't take the connection, or ends it before a byte of the answer, is followed by the next one, and the last one by asking
 * the resolver again. That hides no outage: an answer that is cut, or that isn't there within PATIENCE, has failed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 2.0 /* seconds for a request, all attempts together */
#define CONNECT 200  /* ms for an address to take a connection */
#define MOST 16      /* addresses of a name */
#define SENDERS 256  /* requests under way at once */

static volatile sig_atomic_t ended;

static void on_term(int signal) { (void)signal; ended = 1; }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static int ready(int descriptor, short what, int ms) {
    struct pollfd until = {.fd = descriptor, .events = what};
    return poll(&until, 1, ms) > 0;
}

/* ---- the server */

static int listening(int port) {
    int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = INADDR_ANY};
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 128)) { perror("listen"); exit(1); }
    return server;
}

static void answer(int connection, const char *file) {
    static char body[1 << 16], request[1 << 16];
    if (ready(connection, POLLIN, 1000) && read(connection, request, sizeof request) > 0) {
        int content = open(file, O_RDONLY);
        ssize_t size = content < 0 ? -1 : read(content, body, sizeof body);
        char head[128];
        int length = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zd\r\nConnection: close\r\n\r\n",
                              size < 0 ? "500 Unreadable" : "200 OK", size < 0 ? 0 : size);
        if (send(connection, head, length, MSG_NOSIGNAL) == length && size > 0) send(connection, body, size, MSG_NOSIGNAL);
        close(content);
    }
    close(connection);
}

static int http(int port, const char *file) {
    int server = listening(port);
    for (;;) {
        int connection = accept(server, NULL, NULL);
        if (connection >= 0) answer(connection, file);
        else if (ended) return 0;
        else ready(server, POLLIN, 100);
    }
}

/* ---- the client */

/* The addresses of a name, asked of the engine's resolver (RFC 1035, 4.1); a static program has no other. -1: no answer. */
static int resolve(const char *name, struct in_addr *found) {
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
    ssize_t size = -1;
    if (sendto(udp, packet, at - packet, 0, (struct sockaddr *)&server, sizeof server) > 0 && ready(udp, POLLIN, 500))
        size = recv(udp, packet, sizeof packet, 0);
    close(udp);
    if (size < 12) return -1;
    int answers = packet[6] << 8 | packet[7];
    while (answers-- && at + 12 <= packet + size) {
        while (at < packet + size && *at && *at < 0xc0) at += *at + 1; /* a name in full, or the rest of one by a pointer */
        at += *at ? 2 : 1;
        int type = at[0] << 8 | at[1], length = at[8] << 8 | at[9];
        at += 10;
        if (type == 1 && length == 4 && count < MOST) memcpy(&found[count++], at, 4);
        at += length;
    }
    return count;
}

/* What an attempt came to: served, or cut amid the answer; the others before a byte of it, and so may be made again. */
enum outcome { SERVED, CUT, REFUSED, UNREACHED, SILENT, RESET, OUTCOMES };

static enum outcome receive(int connection, double end) {
    char got[1 << 12];
    size_t size = 0;
    for (;;) {
        double left = end - now();
        if (left <= 0 || !ready(connection, POLLIN, left * 1000 + 1)) return size ? CUT : SILENT;
        ssize_t n = read(connection, got + size, sizeof got - 1 - size);
        if (n < 0) return size ? CUT : RESET;
        if (n == 0) break;
        size += n;
    }
    if (!size) return RESET;
    got[size] = 0;
    char *length = strstr(got, "Content-Length: "), *body = strstr(got, "\r\n\r\n");
    return !strncmp(got, "HTTP/1.1 200", 12) && length && body && got + size - body - 4 == atol(length + 16) ? SERVED : CUT;
}

static enum outcome ask(struct in_addr where, int port, double end) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: api\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = where};
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), error = 0;
    socklen_t size = sizeof error;
    enum outcome outcome = UNREACHED;
    connect(connection, (struct sockaddr *)&address, sizeof address);
    if (ready(connection, POLLOUT, CONNECT)) {
        getsockopt(connection, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) outcome = error == ECONNREFUSED ? REFUSED : UNREACHED;
        else if (send(connection, request, sizeof request - 1, MSG_NOSIGNAL) < 0) outcome = RESET;
        else outcome = receive(connection, end);
    }
    close(connection);
    return outcome;
}

static const char *name;
static int port;
static double rate, begin;
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static long sent, failed, retried, unresolved, seen[OUTCOMES];
static double slowest, gap, served; /* gap: the longest time without an answer; served: the last one's */

static void count(double start, int good, int attempts, long *met, int lost) {
    pthread_mutex_lock(&counting);
    if (!good) {
        failed++;
        fprintf(stderr, "failed after %.3f s and %d attempts: refused=%ld unreached=%ld silent=%ld reset=%ld cut=%ld unresolved=%d\n",
                now() - start, attempts, met[REFUSED], met[UNREACHED], met[SILENT], met[RESET], met[CUT], lost);
    }
    if (attempts > 1 || lost) retried++;
    unresolved += lost;
    for (int i = 0; i < OUTCOMES; i++) seen[i] += met[i];
    if (now() - start > slowest) slowest = now() - start;
    if (good) {
        if (now() - served > gap) gap = now() - served;
        served = now();
    }
    pthread_mutex_unlock(&counting);
}

static void request(long number) {
    struct in_addr found[MOST];
    long met[OUTCOMES] = {0};
    double start = now(), end = start + PATIENCE;
    int attempts = 0, lost = 0, good = 0, over = 0;
    while (!over && now() < end) {
        int addresses = resolve(name, found);
        if (addresses <= 0) { lost++; usleep(10000); }
        for (int i = 0; i < addresses && !over && now() < end; i++) {
            enum outcome outcome = ask(found[(number + i) % addresses], port, end);
            attempts++;
            met[outcome]++;
            good = outcome == SERVED;
            over = good || outcome == CUT;
        }
    }
    count(start, good, attempts, met, lost);
}

static void *sender(void *unused) {
    while (!ended) {
        pthread_mutex_lock(&counting);
        long number = sent++;
        double due = begin + number / rate, late = now() - due;
        if (late > 1) begin += late; /* the host stood still: don't make up for it */
        pthread_mutex_unlock(&counting);
        if (late < 0) usleep(-late * 1e6);
        request(number);
    }
    return unused;
}

static int balance(void) {
    pthread_t senders[SENDERS];
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    double from = begin = served = now();
    puts("ready");
    fflush(stdout);
    for (int i = 0; i < SENDERS; i++)
        if (pthread_create(&senders[i], &small, sender, NULL)) { perror("thread"); return 1; }
    for (int i = 0; i < SENDERS; i++) pthread_join(senders[i], NULL);
    printf("requests=%ld failed=%ld retried=%ld refused=%ld unreached=%ld silent=%ld reset=%ld cut=%ld unresolved=%ld slowest=%.0fms gap=%.0fms seconds=%.1f\n",
           sent, failed, retried, seen[REFUSED], seen[UNREACHED], seen[SILENT], seen[RESET], seen[CUT], unresolved,
           slowest * 1000, gap * 1000, now() - from);
    return 0;
}

int main(int arguments, char **argument) {
    struct sigaction action = {.sa_handler = on_term};
    sigaction(SIGTERM, &action, NULL);
    if (arguments == 4 && !strcmp(argument[1], "http")) return http(atoi(argument[2]), argument[3]);
    if (arguments == 5 && !strcmp(argument[1], "balance")) {
        name = argument[2];
        port = atoi(argument[3]);
        rate = atof(argument[4]);
        return balance();
    }
    fputs("load: see load.c\n", stderr);
    return 2;
}
