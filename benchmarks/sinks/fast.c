/* The cheapest honest SMTP sink: takes mail and forgets it, so that a sender is what limits.
 *
 *   fast [PORT]      listens on 127.0.0.1, on a free port when none is given
 *
 * One thread, epoll, 256 KiB reads, memmem() for the end of DATA: about 20 microseconds a
 * mail of 44 KB. It offers PIPELINING and SIZE, and minds the order of commands: what comes
 * out of order is answered 503 and counted. Prints "listening PORT"; at SIGTERM one JSON
 * object with what it took, and ends with 1 if anything was out of order.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ = 256 * 1024, LINE = 2048, ANSWER = 4096, KEPT = 4, EVENTS = 64 };
static const char END[] = "\r\n.\r\n";

struct session {
    int fd, in_data, have_mail, have_rcpt;
    int line_length, kept_length, answer_length;
    char line[LINE];     /* a command that has not ended */
    char kept[KEPT];     /* the last bytes of DATA, which may be the begin of its end */
    char answer[ANSWER];
};

static volatile sig_atomic_t stopped;
static unsigned long long mails, bytes, sessions, errors;

static void stop(int number) { (void)number; stopped = 1; }

static void flush(struct session *s)
{
    for (int done = 0; done < s->answer_length;) {
        ssize_t n = send(s->fd, s->answer + done, s->answer_length - done, MSG_NOSIGNAL);
        if (n <= 0) break;     /* a sender that does not read its answers loses them */
        done += n;
    }
    s->answer_length = 0;
}

static void say(struct session *s, const char *text)
{
    int length = strlen(text);
    if (s->answer_length + length > ANSWER) flush(s);
    memcpy(s->answer + s->answer_length, text, length);
    s->answer_length += length;
}

static void refuse(struct session *s, const char *text) { errors++; say(s, text); }

/* Answer one command; return 1 when the session is over. */
static int command(struct session *s)
{
    const char *text = s->line;
    if (!strncasecmp(text, "EHLO", 4)) {
        say(s, "250-fast\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 50000000\r\n");
    } else if (!strncasecmp(text, "HELO", 4)) {
        say(s, "250 fast\r\n");
    } else if (!strncasecmp(text, "MAIL FROM:", 10)) {
        if (s->have_mail) { refuse(s, "503 5.5.1 nested MAIL\r\n"); return 0; }
        s->have_mail = 1;
        say(s, "250 2.1.0 Ok\r\n");
    } else if (!strncasecmp(text, "RCPT TO:", 8)) {
        if (!s->have_mail) { refuse(s, "503 5.5.1 no MAIL\r\n"); return 0; }
        s->have_rcpt = 1;
        say(s, "250 2.1.5 Ok\r\n");
    } else if (!strncasecmp(text, "DATA", 4)) {
        if (!s->have_rcpt) { refuse(s, "503 5.5.1 no RCPT\r\n"); return 0; }
        s->in_data = 1;
        memcpy(s->kept, "\r\n", s->kept_length = 2);     /* "." on the first line ends it too */
        say(s, "354 go on\r\n");
    } else if (!strncasecmp(text, "RSET", 4)) {
        s->have_mail = s->have_rcpt = 0;
        say(s, "250 2.0.0 Ok\r\n");
    } else if (!strncasecmp(text, "NOOP", 4)) {
        say(s, "250 2.0.0 Ok\r\n");
    } else if (!strncasecmp(text, "QUIT", 4)) {
        say(s, "221 2.0.0 Bye\r\n");
        return 1;
    } else {
        refuse(s, "500 5.5.2 unknown\r\n");
    }
    return 0;
}

/* Take content from `at` on; return where it ends, or NULL when more is to come.
 * KEPT bytes before `at` may be written. */
static char *content(struct session *s, char *at, char *end)
{
    char *from = at - s->kept_length;
    memcpy(from, s->kept, s->kept_length);
    char *hit = memmem(from, end - from, END, sizeof END - 1);
    if (!hit) {
        s->kept_length = end - from < KEPT ? end - from : KEPT;
        memcpy(s->kept, end - s->kept_length, s->kept_length);
        bytes += end - at;
        return NULL;
    }
    hit += sizeof END - 1;
    bytes += hit - at;
    mails++;
    s->in_data = s->have_mail = s->have_rcpt = 0;
    say(s, "250 2.0.0 Ok: taken\r\n");
    return hit;
}

/* Take what was read; return 1 when the session is over. */
static int feed(struct session *s, char *at, size_t length)
{
    char *end = at + length;
    while (at < end) {
        if (s->in_data) {
            if (!(at = content(s, at, end))) return 0;
            continue;
        }
        char *newline = memchr(at, '\n', end - at);
        size_t taken = (newline ? newline + 1 : end) - at;
        if (s->line_length + taken >= LINE) { errors++; return 1; }
        memcpy(s->line + s->line_length, at, taken);
        s->line_length += taken;
        at += taken;
        if (!newline) return 0;
        s->line[s->line_length] = 0;
        s->line_length = 0;
        if (command(s)) return 1;
    }
    return 0;
}

static void welcome(int listener, int poll)
{
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct session *s = calloc(1, sizeof *s);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
        s->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
        sessions++;
        say(s, "220 fast ESMTP\r\n");
        flush(s);
    }
}

static void hear(struct session *s, char *buffer)
{
    ssize_t length = recv(s->fd, buffer, READ, 0);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    int over = length <= 0 || feed(s, buffer, length);
    flush(s);
    if (over) { close(s->fd); free(s); }
}

int main(int argc, char **argv)
{
    static char memory[KEPT + READ];
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    struct sigaction action = {.sa_handler = stop};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS];

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 1024)) {
        perror("fast");
        return 2;
    }
    getsockname(listener, (void *)&address, &length);
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    printf("listening %d\n", ntohs(address.sin_port));
    fflush(stdout);
    while (!stopped) {
        int ready = epoll_wait(poll, events, EVENTS, 500);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr) hear(events[i].data.ptr, memory + KEPT);
            else welcome(listener, poll);
        }
    }
    printf("{\"mails\": %llu, \"bytes\": %llu, \"sessions\": %llu, \"errors\": %llu}\n",
           mails, bytes, sessions, errors);
    return errors != 0;
}
