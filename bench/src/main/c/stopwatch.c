/*
 * The clock of the measurements: one static program, for what a JVM's own scheduling would blur. All times are nanoseconds
 * of CLOCK_MONOTONIC, which host, containers and the JVM's nanoTime share.
 *
 *   stopwatch run COMMAND...        runs it and prints "BEGAN ENDED STATUS"; its output goes nowhere
 *   stopwatch agent SOCKET PORT COMMAND...
 *                                   runs it, asks the Unix socket for Plugin.Activate and the port for /q/health/ready until
 *                                   they answer, prints "PID BEGAN ACTIVATED READY", and ends it on SIGTERM;
 *                                   prints nothing if the command ends before
 *   stopwatch publish FILE          puts its standard input into FILE by one rename, and prints when that was done
 *   stopwatch see OUT FILE...       reads the files every 100 microseconds until SIGTERM, and appends "INDEX NUMBER TIME" to
 *                                   OUT whenever the number that one begins with is another
 *   stopwatch live OUT              appends "up TIME" to OUT, and on SIGTERM "down TIME"
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ended;
static volatile pid_t child;

static void on_term(int signal) {
    (void)signal;
    ended = 1;
    if (child > 0) kill(child, SIGTERM);
}

static void on_child(int signal) { (void)signal; ended = 1; }

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void pause_micros(long micros) {
    struct timespec time = {0, micros * 1000};
    nanosleep(&time, NULL);
}

static void die(const char *what) {
    perror(what);
    exit(4);
}

/* The child gets our standard input; it doesn't outlive us. */
static long long spawn(char **command, int output) {
    long long began = now();
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) die("fork");
    if (!pid) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(126);
        if (output >= 0) dup2(output, STDOUT_FILENO);
        execv(command[0], command);
        _exit(127);
    }
    child = pid;
    return began;
}

static int reap(void) {
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) die("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(char **command) {
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    long long began = spawn(command, nowhere);
    int status = reap();
    printf("%lld %lld %d\n", began, now(), status);
    return 0;
}

/* Sends a request and returns 1 once the answer holds the word. */
static int answers(int family, const struct sockaddr *address, socklen_t size, const char *request, const char *word) {
    char answer[4096];
    size_t total = 0;
    ssize_t n;
    int connection = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), found = 0;
    if (connection < 0) die("socket");
    struct timeval limit = {5, 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (!connect(connection, address, size) && send(connection, request, strlen(request), MSG_NOSIGNAL) > 0)
        while (!found && total < sizeof answer - 1 && (n = recv(connection, answer + total, sizeof answer - 1 - total, 0)) > 0) {
            answer[total += n] = 0;
            found = strstr(answer, word) != NULL;
        }
    close(connection);
    return found;
}

static const char *driver_socket;
static int health_port;

static void *await_activate(void *time) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, driver_socket, sizeof address.sun_path - 1);
    const char *request = "POST /Plugin.Activate HTTP/1.1\r\nHost: \r\nContent-Length: 0\r\n\r\n";
    prctl(PR_SET_TIMERSLACK, 1);
    while (!ended && !answers(AF_UNIX, (struct sockaddr *)&address, sizeof address, request, "VolumeDriver")) pause_micros(100);
    *(long long *)time = now();
    return NULL;
}

static void *await_ready(void *time) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(health_port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const char *request = "GET /q/health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    prctl(PR_SET_TIMERSLACK, 1);
    while (!ended && !answers(AF_INET, (struct sockaddr *)&address, sizeof address, request, " 200 OK")) pause_micros(500);
    *(long long *)time = now();
    return NULL;
}

static int agent(const char *socket, const char *port, char **command) {
    pthread_t threads[2];
    long long activated, ready;
    driver_socket = socket;
    health_port = atoi(port);
    signal(SIGCHLD, on_child);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* whoever measures may be killed: the agent still ends in order */
    long long began = spawn(command, STDERR_FILENO);
    if (pthread_create(&threads[0], NULL, await_activate, &activated)) die("thread");
    if (pthread_create(&threads[1], NULL, await_ready, &ready)) die("thread");
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    if (!ended) printf("%d %lld %lld %lld\n", child, began, activated, ready);
    fflush(stdout);
    return reap();
}

static int publish(const char *file) {
    char content[4096], fresh[4096];
    ssize_t size = read(STDIN_FILENO, content, sizeof content);
    snprintf(fresh, sizeof fresh, "%s.new", file);
    int to = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0444);
    if (size < 0 || to < 0 || write(to, content, size) != size || close(to) || rename(fresh, file)) die(file);
    printf("%lld\n", now());
    return 0;
}

static int append_to(const char *out) {
    int to = open(out, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (to < 0) die(out);
    return to;
}

static long number_in(const char *file) {
    char content[32];
    int from = open(file, O_RDONLY);
    if (from < 0) return -1;
    ssize_t size = read(from, content, sizeof content - 1);
    close(from);
    if (size <= 0) return -1;
    content[size] = 0;
    return strtol(content, NULL, 10);
}

static int see(const char *out, int count, char **files) {
    long known[16];
    int to = append_to(out);
    prctl(PR_SET_TIMERSLACK, 1);
    for (int i = 0; i < 16; i++) known[i] = -2;
    while (!ended) {
        for (int i = 0; i < count && i < 16; i++) {
            long number = number_in(files[i]);
            if (number == known[i]) continue;
            dprintf(to, "%d %ld %lld\n", i, number, now());
            known[i] = number;
        }
        pause_micros(100);
    }
    return 0;
}

static int live(const char *out) {
    int to = append_to(out);
    sigset_t mask, before;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, &before);
    dprintf(to, "up %lld\n", now());
    while (!ended) sigsuspend(&before);
    dprintf(to, "down %lld\n", now());
    return 0;
}

int main(int count, char **args) {
    struct sigaction action = {.sa_handler = on_term}; /* no SA_RESTART */
    sigaction(SIGTERM, &action, NULL);
    const char *what = count > 1 ? args[1] : "";
    if (!strcmp(what, "run") && count > 2) return run(args + 2);
    if (!strcmp(what, "agent") && count > 4) return agent(args[2], args[3], args + 4);
    if (!strcmp(what, "publish") && count == 3) return publish(args[2]);
    if (!strcmp(what, "see") && count > 3) return see(args[2], count - 3, args + 3);
    if (!strcmp(what, "live") && count == 3) return live(args[2]);
    fputs("stopwatch: see stopwatch.c\n", stderr);
    return 2;
}
