/* A line between two network namespaces that behaves as told. tests/lab/link.py compiles, starts and steers it.
 *
 *     link CLIENT_NAMESPACE SERVER_NAMESPACE DEVICE SEED
 *
 * It makes a TUN adapter called DEVICE in each namespace and carries IP packets between them. A packet's way:
 *
 *     adapter -> lost? -> room in the queue? -> waits -> sent at the rate -> on its way for the delay -> other adapter
 *
 * Each direction has a thread. It reckons with the moments at which things should happen, not with those at which it
 * was woken: waking up late makes one packet late and never the line slower.
 *
 * Standard input takes one command a line, standard output answers each with one line:
 *
 *     set down|up NAME=VALUE ...   "done"; the names are in `set_one`, the values are whole numbers or shares of 1
 *     counters                     per direction, in the order of struct counters
 *     ways down|up                 of each packet delivered since this was last asked, in that order: when it came in, when
 *                                  its sending began, and when it should have gone out; this machine may have been later
 *
 * It ends when standard input does. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    PACKET_BYTES = 2048,    /* room for one packet */
    MOST_PACKETS = 1 << 16, /* in one direction, waiting and on their way: 0.8 s at 1 Gbit/s */
    READ_AT_ONCE = 64,      /* packets taken in before looking again at what is due */
    MOST_BLACKOUTS = 32,
    MOST_LINE = 8192,
};

#define SECOND_NS INT64_C(1000000000)
/* When packets come or go more often than this, it rests between them, as network cards do: half the work at 1 Gbit/s. */
#define BUSY_NS INT64_C(150000)
#define REST_NS INT64_C(50000)

#define NEVER INT64_MAX
#define UNLIMITED INT64_MAX

/* All times are nanoseconds of CLOCK_MONOTONIC. */
typedef int64_t moment;

struct window {
    moment from, to;
};

struct settings {
    double rate_bps;         /* 0: not limited, and then nothing ever waits */
    int64_t queue_ns;        /* a packet that would have to wait longer is dropped, */
    int64_t queue_packets;   /* or that would be one more than so many, */
    int64_t queue_bytes;     /* or that would make it more bytes */
    int64_t delay_ns;        /* one way */
    int64_t jitter_ns;       /* added to the delay: evenly distributed from 0 to this */
    bool reorder;            /* whether jitter may let a packet overtake another */
    double loss;             /* share of packets lost, each by itself */
    double burst_begin;      /* chance that a packet begins a burst of losses */
    double burst_end;        /* chance that the burst is over with the next packet */
    double duplicate;        /* share of packets that arrive twice */
    int64_t boost_bytes;     /* so many bytes pass at the rate of the boost first */
    double boost_rate_bps;
    int64_t wave_ns;         /* so long at the rate, so long at the rate of the wave, and again */
    double wave_rate_bps;
    moment wave_since;
    struct window blackouts[MOST_BLACKOUTS]; /* everything is lost */
    int blackout_count;
    bool dead;               /* everything is lost */
};

struct counters {
    uint64_t received, received_bytes, sent, sent_bytes, dropped_by_queue, dropped_by_loss, duplicated;
};

struct packet {
    moment arrived, began, due;
    uint64_t number; /* keeps the order of packets that are due at the same time */
    int bytes;
    unsigned char data[PACKET_BYTES];
};

struct way {
    moment arrived, began, due;
};

struct direction {
    int in, out; /* adapters */
    pthread_mutex_t lock; /* of everything below; held by its thread except while it sleeps */
    struct settings set;
    struct counters count;
    uint64_t random_state;

    struct packet *pool;
    struct packet **unused; /* a stack, so that the same few packets are used again and stay in the cache */
    int unused_count;

    struct packet **waiting; /* a ring of MOST_PACKETS */
    unsigned first_waiting, after_waiting;
    int64_t waiting_bytes;
    moment line_free_at;
    bool in_burst;

    struct packet **on_way; /* a heap: the packet that is due first is at 0 */
    int on_way_count;
    moment last_due;
    uint64_t next_number;

    struct way *ways; /* of the last MOST_PACKETS that were delivered, a ring: see "ways" */
    uint64_t ways_count, ways_told;
};

static moment now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static moment later(moment a, moment b) { return a > b ? a : b; }
static moment sooner(moment a, moment b) { return a < b ? a : b; }

/* An even number in [0, 1): splitmix64, which passes the usual tests and has no bad seeds. */
static double chance(struct direction *d)
{
    uint64_t z = d->random_state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0; /* 2^53 */
}

/* ---- What is on its way ---- */

static bool comes_first(const struct packet *a, const struct packet *b)
{
    return a->due != b->due ? a->due < b->due : a->number < b->number;
}

static void put_on_way(struct direction *d, struct packet *p)
{
    p->number = d->next_number++;
    int at = d->on_way_count++;
    for (int parent; at > 0 && comes_first(p, d->on_way[parent = (at - 1) / 2]); at = parent)
        d->on_way[at] = d->on_way[parent];
    d->on_way[at] = p;
}

static struct packet *take_first_due(struct direction *d)
{
    struct packet *first = d->on_way[0], *last = d->on_way[--d->on_way_count];
    int at = 0;
    for (int child; (child = 2 * at + 1) < d->on_way_count; at = child) {
        if (child + 1 < d->on_way_count && comes_first(d->on_way[child + 1], d->on_way[child]))
            child++;
        if (!comes_first(d->on_way[child], last))
            break;
        d->on_way[at] = d->on_way[child];
    }
    d->on_way[at] = last;
    return first;
}

static void forget(struct direction *d, struct packet *p)
{
    d->unused[d->unused_count++] = p;
}

static void deliver(struct direction *d, moment now)
{
    while (d->on_way_count && d->on_way[0]->due <= now) {
        struct packet *p = take_first_due(d);
        if (write(d->out, p->data, (size_t)p->bytes) == p->bytes) {
            d->count.sent++;
            d->count.sent_bytes += (uint64_t)p->bytes;
            d->ways[d->ways_count++ % MOST_PACKETS] = (struct way){p->arrived, p->began, p->due};
        } else {
            d->count.dropped_by_loss++; /* an adapter that is down takes nothing */
        }
        forget(d, p);
    }
}

/* ---- The bottleneck ---- */

static bool is_dark(const struct settings *set, moment at)
{
    if (set->dead)
        return true;
    for (int i = 0; i < set->blackout_count; i++)
        if (at >= set->blackouts[i].from && at < set->blackouts[i].to)
            return true;
    return false;
}

static double rate_at(const struct settings *set, moment at)
{
    if (set->boost_bytes > 0)
        return set->boost_rate_bps;
    if (set->wave_ns > 0 && (at - set->wave_since) / set->wave_ns % 2)
        return set->wave_rate_bps;
    return set->rate_bps;
}

static int64_t time_to_send(int64_t bytes, double rate_bps)
{
    return rate_bps > 0 ? (int64_t)((double)bytes * 8 / rate_bps * SECOND_NS) : 0;
}

/* A packet has left the bottleneck: how long is it on its way, and does it come twice? */
static void begin_way(struct direction *d, struct packet *p, moment left_at)
{
    const struct settings *set = &d->set;
    p->due = left_at + set->delay_ns;
    if (set->jitter_ns > 0)
        p->due += (int64_t)(chance(d) * (double)set->jitter_ns);
    if (!set->reorder)
        p->due = later(p->due, d->last_due);
    d->last_due = later(p->due, d->last_due);
    put_on_way(d, p);
    if (set->duplicate > 0 && d->unused_count && chance(d) < set->duplicate) {
        struct packet *twin = d->unused[--d->unused_count];
        twin->arrived = p->arrived;
        twin->began = p->began;
        twin->due = p->due;
        twin->bytes = p->bytes;
        memcpy(twin->data, p->data, (size_t)p->bytes);
        d->count.duplicated++;
        put_on_way(d, twin);
    }
}

static moment next_start(const struct direction *d)
{
    return later(d->line_free_at, d->waiting[d->first_waiting % MOST_PACKETS]->arrived);
}

/* Send what waits, as far as its turn has come by now. */
static void serve(struct direction *d, moment now)
{
    while (d->first_waiting != d->after_waiting) {
        moment start = next_start(d);
        if (start > now)
            return;
        struct packet *p = d->waiting[d->first_waiting++ % MOST_PACKETS];
        d->waiting_bytes -= p->bytes;
        if (is_dark(&d->set, start)) {
            d->count.dropped_by_loss++;
            forget(d, p);
            continue;
        }
        p->began = start;
        d->line_free_at = start + time_to_send(p->bytes, rate_at(&d->set, start));
        if (d->set.boost_bytes > 0)
            d->set.boost_bytes -= p->bytes;
        begin_way(d, p, d->line_free_at);
    }
}

static bool is_lost(struct direction *d, moment now)
{
    const struct settings *set = &d->set;
    if (is_dark(set, now))
        return true;
    if (set->burst_begin > 0) {
        d->in_burst = d->in_burst ? chance(d) >= set->burst_end : chance(d) < set->burst_begin;
        if (d->in_burst)
            return true;
    }
    return set->loss > 0 && chance(d) < set->loss;
}

/* Whether the queue takes one more packet. Beside the one that is being sent there is always room for one: a line
 * without that would lose every second packet of every pair, as none does. */
static bool has_room(const struct direction *d, int bytes, moment now)
{
    const struct settings *set = &d->set;
    int64_t waiting = d->after_waiting - d->first_waiting;
    if (waiting == 0)
        return true;
    if (waiting >= set->queue_packets || d->waiting_bytes + bytes > set->queue_bytes)
        return false;
    int64_t wait = later(d->line_free_at - now, 0) + time_to_send(d->waiting_bytes, rate_at(set, now));
    return wait <= set->queue_ns;
}

/* Take in what the adapter has, some packets at most. Returns how many came. */
static int receive(struct direction *d)
{
    for (int i = 0; i < READ_AT_ONCE; i++) {
        if (d->unused_count == 0)
            return i; /* the adapter's own queue keeps the rest */
        struct packet *p = d->unused[d->unused_count - 1];
        ssize_t bytes = read(d->in, p->data, PACKET_BYTES);
        if (bytes <= 0)
            return i;
        moment now = now_ns();
        serve(d, now);
        d->count.received++;
        d->count.received_bytes += (uint64_t)bytes;
        if (is_lost(d, now)) {
            d->count.dropped_by_loss++;
        } else if (!has_room(d, (int)bytes, now)) {
            d->count.dropped_by_queue++;
        } else {
            d->unused_count--;
            p->arrived = now;
            p->bytes = (int)bytes;
            d->waiting[d->after_waiting++ % MOST_PACKETS] = p;
            d->waiting_bytes += bytes;
        }
    }
    return READ_AT_ONCE;
}

/* When the thread has to be awake again, whether or not packets come. What waits has to be served only in time for its
 * delivery. */
static moment next_deadline(const struct direction *d)
{
    moment next = d->on_way_count ? d->on_way[0]->due : NEVER;
    if (d->first_waiting != d->after_waiting)
        next = sooner(next, next_start(d) + d->set.delay_ns);
    return next;
}

static void sleep_for(moment pause, int input)
{
    struct timespec timeout = {.tv_sec = pause / SECOND_NS, .tv_nsec = pause % SECOND_NS};
    struct pollfd wanted = {.fd = input, .events = POLLIN};
    ppoll(&wanted, 1, &timeout, NULL);
}

static void *carry(void *of)
{
    struct direction *d = of;
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    for (moment before = 0;;) {
        pthread_mutex_lock(&d->lock);
        moment now = now_ns();
        serve(d, now);
        deliver(d, now);
        int came = receive(d);
        moment until = next_deadline(d);
        int input = d->unused_count ? d->in : -1;
        pthread_mutex_unlock(&d->lock);
        bool busy = now - before < BUSY_NS;
        before = now;
        if (came == READ_AT_ONCE)
            continue; /* there is more */
        if (busy)
            sleep_for(REST_NS, -1);
        sleep_for(later(until == NEVER ? SECOND_NS : until - now_ns(), 0), input);
    }
    return NULL;
}

/* ---- Commands ---- */

static bool set_one(struct settings *set, const char *name, const char *value)
{
    int64_t whole = strtoll(value, NULL, 10);
    double number = strtod(value, NULL);
#define IS(word) (strcmp(name, word) == 0)
    if (IS("rate_bps")) set->rate_bps = number;
    else if (IS("queue_ns")) set->queue_ns = whole < 0 ? UNLIMITED : whole;
    else if (IS("queue_packets")) set->queue_packets = whole < 0 ? UNLIMITED : whole;
    else if (IS("queue_bytes")) set->queue_bytes = whole < 0 ? UNLIMITED : whole;
    else if (IS("delay_ns")) set->delay_ns = whole;
    else if (IS("jitter_ns")) set->jitter_ns = whole;
    else if (IS("reorder")) set->reorder = whole;
    else if (IS("loss")) set->loss = number;
    else if (IS("burst_begin")) set->burst_begin = number;
    else if (IS("burst_end")) set->burst_end = number;
    else if (IS("duplicate")) set->duplicate = number;
    else if (IS("boost_bytes")) set->boost_bytes = whole;
    else if (IS("boost_rate_bps")) set->boost_rate_bps = number;
    else if (IS("wave_rate_bps")) set->wave_rate_bps = number;
    else if (IS("wave_ns")) { set->wave_ns = whole; set->wave_since = now_ns(); }
    else if (IS("dead")) set->dead = whole;
    else if (IS("no_blackouts")) set->blackout_count = 0;
    else if (IS("blackout")) { /* FROM:FOR, from now on; for ever if FOR is negative */
        const char *colon = strchr(value, ':');
        if (!colon || set->blackout_count == MOST_BLACKOUTS)
            return false;
        moment from = now_ns() + whole;
        int64_t length = strtoll(colon + 1, NULL, 10);
        set->blackouts[set->blackout_count++] = (struct window){from, length < 0 ? NEVER : from + length};
    } else return false;
#undef IS
    return true;
}

static void change(struct direction *d, char **rest)
{
    pthread_mutex_lock(&d->lock);
    const char *bad = NULL;
    for (char *word; !bad && (word = strtok_r(NULL, " \n", rest));) {
        char *equals = strchr(word, '=');
        if (equals)
            *equals = '\0';
        if (!equals || !set_one(&d->set, word, equals + 1))
            bad = word;
    }
    pthread_mutex_unlock(&d->lock);
    if (bad)
        printf("there is no setting like %s\n", bad);
    else
        puts("done");
}

static void tell(struct direction *d)
{
    pthread_mutex_lock(&d->lock);
    struct counters c = d->count;
    pthread_mutex_unlock(&d->lock);
    const uint64_t told[] = {c.received, c.received_bytes, c.sent, c.sent_bytes, c.dropped_by_queue, c.dropped_by_loss,
                             c.duplicated};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        printf("%" PRIu64 " ", told[i]);
}

static void tell_ways(struct direction *d)
{
    static struct way told[MOST_PACKETS];
    pthread_mutex_lock(&d->lock);
    uint64_t from = d->ways_count - d->ways_told > MOST_PACKETS ? d->ways_count - MOST_PACKETS : d->ways_told;
    size_t count = (size_t)(d->ways_count - from);
    for (size_t i = 0; i < count; i++)
        told[i] = d->ways[(from + i) % MOST_PACKETS];
    d->ways_told = d->ways_count;
    pthread_mutex_unlock(&d->lock);
    for (size_t i = 0; i < count; i++)
        printf("%" PRId64 " %" PRId64 " %" PRId64 " ", told[i].arrived, told[i].began, told[i].due);
    putchar('\n');
}

static void obey(struct direction *down, struct direction *up)
{
    static char line[MOST_LINE];
    while (fgets(line, sizeof line, stdin)) {
        char *rest, *verb = strtok_r(line, " \n", &rest), *which = verb ? strtok_r(NULL, " \n", &rest) : NULL;
        if (verb && strcmp(verb, "counters") == 0) {
            tell(down);
            tell(up);
            putchar('\n');
        } else if (which && strcmp(verb, "ways") == 0) {
            tell_ways(strcmp(which, "up") == 0 ? up : down);
        } else if (which && strcmp(verb, "set") == 0) {
            change(strcmp(which, "up") == 0 ? up : down, &rest);
        } else {
            puts("there is no such command");
        }
        fflush(stdout);
    }
}

/* ---- Beginning ---- */

static void give_up(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    exit(1);
}

/* A new adapter in that namespace. */
static int adapter_in(const char *namespace, const char *device)
{
    char path[256];
    snprintf(path, sizeof path, "/var/run/netns/%s", namespace);
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), there = open(path, O_RDONLY | O_CLOEXEC);
    if (home < 0 || there < 0 || setns(there, CLONE_NEWNET) != 0)
        give_up(path);
    int adapter = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (adapter < 0)
        give_up("/dev/net/tun");
    struct ifreq wish = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    snprintf(wish.ifr_name, sizeof wish.ifr_name, "%s", device);
    if (ioctl(adapter, TUNSETIFF, &wish) != 0 || setns(home, CLONE_NEWNET) != 0)
        give_up(device);
    close(there);
    close(home);
    return adapter;
}

static void begin(struct direction *d, int in, int out, uint64_t seed)
{
    *d = (struct direction){.in = in, .out = out, .random_state = seed};
    d->set.queue_ns = d->set.queue_packets = d->set.queue_bytes = UNLIMITED;
    pthread_mutex_init(&d->lock, NULL);
    d->pool = calloc(MOST_PACKETS, sizeof *d->pool);
    d->unused = calloc(MOST_PACKETS, sizeof(struct packet *));
    d->waiting = calloc(MOST_PACKETS, sizeof(struct packet *));
    d->on_way = calloc(MOST_PACKETS, sizeof(struct packet *));
    d->ways = calloc(MOST_PACKETS, sizeof *d->ways);
    if (!d->pool || !d->unused || !d->waiting || !d->on_way || !d->ways)
        give_up("memory");
    while (d->unused_count < MOST_PACKETS)
        forget(d, &d->pool[MOST_PACKETS - 1 - d->unused_count]);
    pthread_t thread;
    errno = pthread_create(&thread, NULL, carry, d);
    if (errno)
        give_up("thread");
}

int main(int count, char **words)
{
    if (count != 5) {
        fputs("usage: link CLIENT_NAMESPACE SERVER_NAMESPACE DEVICE SEED\n", stderr);
        return 2;
    }
    /* Before every ordinary program: a line does not become slower because a computer at its end is busy. */
    struct sched_param before_others = {.sched_priority = 1};
    if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &before_others) != 0)
        setpriority(PRIO_PROCESS, 0, -20);
    int client = adapter_in(words[1], words[3]), server = adapter_in(words[2], words[3]);
    uint64_t seed = strtoull(words[4], NULL, 10);
    static struct direction down, up;
    begin(&down, server, client, seed);
    begin(&up, client, server, ~seed);
    puts("ready");
    fflush(stdout);
    obey(&down, &up);
    return 0;
}
