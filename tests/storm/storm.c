/* SPDX-License-Identifier: MIT */
/*
 * storm DEVICE fuse|cuse OPTION...: works on DEVICE, DEVICE1, DEVICE2 ..., all of one daemon, while it is
 * killed; prints a test point for each promise. See usage[] for the options.
 */
#include "storm.h"
#include "killer.h"
#include "watch.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char usage[] =
	"usage: storm DEVICE fuse|cuse OPTION...\n"
	"  --parent=PID         kill the child of this process\n"
	"  --command=COMMAND    or let a shell command kill the daemon\n"
	"  --restart=COMMAND    now and then run this one instead\n"
	"  --restart-every=N    instead of each N'th kill [7]\n"
	"  --kills=N            how often, restarts included [500]\n"
	"  --pause=MILLISECONDS at most, from serving again to the next kill [30]\n"
	"  --hang=SECONDS       a client without progress hangs [10]\n"
	"  --seed=N             for random numbers\n";

static const struct option long_options[] = {
	{"parent", required_argument, NULL, 'p'},
	{"command", required_argument, NULL, 'c'},
	{"restart", required_argument, NULL, 'r'},
	{"restart-every", required_argument, NULL, 'e'},
	{"kills", required_argument, NULL, 'k'},
	{"pause", required_argument, NULL, 'w'},
	{"hang", required_argument, NULL, 'h'},
	{"seed", required_argument, NULL, 's'},
	{0},
};

struct settings {
	struct killer killer;
	unsigned int kills;
	uint64_t seed;
};

struct storm *storm;

static const char *const failure_names[FAILURES] = {"error", "lost", "doubled", "hang"};

static unsigned int number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (!*text || *end || value > INT32_MAX)
		errx(2, "'%s' is not a number", text);
	return (unsigned int)value;
}

static void set_option(struct settings *s, int option)
{
	switch (option) {
	case 'p':
		s->killer.parent = (pid_t)number(optarg);
		break;
	case 'c':
		s->killer.command = optarg;
		break;
	case 'r':
		s->killer.restart_command = optarg;
		break;
	case 'e':
		s->killer.restart_every = number(optarg);
		break;
	case 'k':
		s->kills = number(optarg);
		break;
	case 'w':
		s->killer.pause_ms = number(optarg);
		break;
	case 'h':
		storm->hang_seconds = number(optarg);
		break;
	case 's':
		s->seed = number(optarg);
		break;
	default:
		fputs(usage, stderr);
		exit(2);
	}
}

static void name_devices(const char *first)
{
	static char *paths[DEVICES];

	for (unsigned int i = 0; i < DEVICES; i++)
		if (asprintf(&paths[i], i ? "%s%u" : "%s", first, i) < 0)
			err(2, "asprintf");
	storm->devices = paths;
}

static void parse(struct settings *s, int argc, char *argv[])
{
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= 0)
		set_option(s, option);
	if (argc - optind != 2 || (!s->killer.parent == !s->killer.command) ||
	    s->killer.restart_every == 0) {
		fputs(usage, stderr);
		exit(2);
	}
	name_devices(argv[optind]);
	storm->is_fuse = !strcmp(argv[optind + 1], "fuse");
}

static void make_shared_memory(void)
{
	pthread_mutexattr_t attr;

	storm = mmap(NULL, sizeof(*storm), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (storm == MAP_FAILED)
		err(2, "mmap");
	storm->hang_seconds = 10;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&storm->turn, &attr);
}

static void set_up(void)
{
	static const struct kind kind = {"set-up", NULL, 1, true, run_set_up};
	struct client *c = &storm->clients[MAX_CLIENTS - 1];

	c->kind = &kind;
	if (run_alone(c))
		return;
	printf("Bail out! Cannot set up: %s\n", c->message);
	exit(1);
}

static bool report_kind(const struct kind *kind, unsigned int point)
{
	uint64_t count = 0;
	bool good = true;

	for (unsigned int i = 0; i < storm->client_count; i++) {
		struct client *c = &storm->clients[i];

		if (c->kind != kind)
			continue;
		count += c->count;
		for (int f = 0; f < FAILURES; f++)
			if (c->failures[f])
				printf("# %s %u: %s: %s\n", kind->name, c->number, failure_names[f],
				       c->message);
		good = good && !c->has_failed;
	}
	printf("# %s: %llu times\n", kind->name, (unsigned long long)count);
	printf("%sok %u - %s\n", good ? "" : "not ", point, kind->promise);
	return good;
}

static void report_sums(const struct killer *k)
{
	unsigned int sums[FAILURES] = {0};

	for (unsigned int i = 0; i < storm->client_count; i++)
		for (int f = 0; f < FAILURES; f++)
			sums[f] += storm->clients[i].failures[f];
	printf("# kills=%u errors=%u lost=%u doubled=%u hangs=%u\n", k->kills + k->restarts,
	       sums[ERROR], sums[LOST], sums[DOUBLED], sums[HANG]);
}

/* Prints the points, and returns whether all passed. */
static bool report(struct settings *s, bool leaves_nothing, const char *why)
{
	bool has_all = s->killer.kills + s->killer.restarts >= s->kills, good = has_all;
	unsigned int point = 0;

	for (const struct kind *kind = kinds; kind->name; kind++)
		good &= report_kind(kind, ++point);
	/* On the character device systemd holds the channel, and with it the device: nobody can see it. */
	if (storm->is_fuse) {
		if (!leaves_nothing)
			printf("# %s\n", why);
		printf("%sok %u - no file is left open\n", leaves_nothing ? "" : "not ", ++point);
	}
	printf("%sok %u - the daemon was killed %u times\n", has_all ? "" : "not ", ++point,
	       s->kills);
	printf("1..%u\n", point);
	killer_report(&s->killer);
	report_sums(&s->killer);
	return good && leaves_nothing;
}

int main(int argc, char *argv[])
{
	struct settings s = {.kills = 500,
			     .seed = now_ns() % 1000000,
			     .killer = {.restart_every = 7, .pause_ms = 30}};
	char why[200] = "the clients did not come to their end";
	bool good = true, leaves_nothing = false;

	make_shared_memory();
	parse(&s, argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# seed %llu\n", (unsigned long long)s.seed);
	s.killer.random = s.seed + 1;
	s.killer.downtimes = calloc(s.kills + 1, sizeof(uint64_t));
	if (!s.killer.downtimes)
		err(2, "calloc");
	set_up();
	start_clients(s.seed + 1);
	while (good && s.killer.kills + s.killer.restarts < s.kills)
		good = killer_strike(&s.killer, watch_clients);
	good = good && finish_clients();
	if (good)
		leaves_nothing = !storm->is_fuse || opened_device_goes_away(why, sizeof(why));
	fflush(stdout);
	/* Without waiting for clients: one that hangs ends only with the daemon. */
	_exit(report(&s, leaves_nothing, why) && good ? 0 : (fflush(stdout), 1));
}
