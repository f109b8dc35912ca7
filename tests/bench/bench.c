// SPDX-License-Identifier: MIT
/*
 * bench: measures the daemon against the floor and its peers, side by side. scripts/bench runs it.
 */
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

struct options {
	struct contest contest;
	unsigned rounds, ms;
	const char *only;   /* works whose names contain it, or "memory", or "idle" */
	const char *output; /* directory for results.json and chart.dat, or NULL */
};

static struct contender contenders[MAX_CONTENDERS];
static unsigned contender_count;

static void stop_contenders(void)
{
	for (unsigned i = 0; i < contender_count; i++)
		contender_stop(&contenders[i]);
}

/* Ends in an orderly way, so that nothing stays mounted. */
static void on_signal(int signal)
{
	(void)signal;
	exit(EXIT_FAILURE);
}

static const char *const usage =
	"usage: bench [OPTION]...\n"
	"  --programs=DIR    where bench-floor and the peers are (where this program is)\n"
	"  --qotd-cuse=FILE  the daemon (qotd-cuse in that directory)\n"
	"  --rival=FILE      another build of the daemon, to compare with\n"
	"  --work=DIR        an empty directory, for mount points\n"
	"  --cuse            character devices on /dev/cuse instead of files on /dev/fuse\n"
	"  --quick           fewer rounds\n"
	"  --rounds=N, --ms=N, --only=TEXT\n"
	"  --output=DIR      writes results.json and chart.dat there\n";

static const struct option long_options[] = {
	{"programs", required_argument, NULL, 'p'},
	{"qotd-cuse", required_argument, NULL, 'd'},
	{"rival", required_argument, NULL, 'r'},
	{"work", required_argument, NULL, 'w'},
	{"cuse", no_argument, NULL, 'c'},
	{"quick", no_argument, NULL, 'q'},
	{"rounds", required_argument, NULL, 'n'},
	{"ms", required_argument, NULL, 'm'},
	{"only", required_argument, NULL, 'o'},
	{"output", required_argument, NULL, 'O'},
	{0},
};

static void set_option(struct options *o, int c)
{
	switch (c) {
	case 'p':
		o->contest.programs = optarg;
		break;
	case 'd':
		o->contest.qotd_cuse = optarg;
		break;
	case 'r':
		o->contest.rival = optarg;
		break;
	case 'w':
		snprintf(o->contest.work, sizeof(o->contest.work), "%s", optarg);
		break;
	case 'c':
		o->contest.on_cuse = true;
		break;
	case 'q':
		o->rounds = 9;
		break;
	case 'n':
		o->rounds = (unsigned)atoi(optarg);
		break;
	case 'm':
		o->ms = (unsigned)atoi(optarg);
		break;
	case 'o':
		o->only = optarg;
		break;
	case 'O':
		o->output = optarg;
		break;
	default:
		fputs(usage, stderr);
		exit(EXIT_FAILURE);
	}
}

static bool is_wanted(const struct options *o, const char *name)
{
	return !o->only || strstr(name, o->only);
}

static void run_works(const struct options *o, struct report *r)
{
	const struct work *works = o->contest.on_cuse ? cuse_works : fuse_works;

	for (const struct work *w = works; w->name; w++) {
		if (!is_wanted(o, w->name))
			continue;
		if (contender_count == 0) {
			contender_count = r->contenders = contenders_list(&o->contest, contenders);
			for (unsigned i = 0; i < contender_count; i++)
				contender_start(&contenders[i]);
		}
		fprintf(stderr, "bench: %s\n", w->name);
		series_run(&r->series[r->works++], w, contenders, contender_count, o->rounds,
			   o->ms);
	}
	stop_contenders();
}

static void run_memory(const struct options *o, struct report *r)
{
	if (o->contest.on_cuse)
		return;
	if (is_wanted(o, "memory")) {
		fprintf(stderr, "bench: memory\n");
		r->memory_figures = memory_measure(r->memory, o->rounds);
		r->memory[r->memory_figures++] = resize_measure(&o->contest, o->rounds);
	}
	if (is_wanted(o, "idle")) {
		fprintf(stderr, "bench: idle\n");
		r->idle[r->idle_figures++] = idle_measure(&o->contest, 1);
		r->idle[r->idle_figures++] = idle_measure(&o->contest, 1000);
	}
}

static void write_files(const struct options *o, const struct report *r)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/results.json", o->output);
	report_json(r, path);
	snprintf(path, sizeof(path), "%s/chart.dat", o->output);
	report_chart_data(r, path);
}

static void set_defaults(struct options *o)
{
	static char here[PATH_MAX], daemon[PATH_MAX + 16];

	if (readlink("/proc/self/exe", here, sizeof(here) - 1) > 0)
		*strrchr(here, '/') = '\0';
	if (!o->contest.programs)
		o->contest.programs = here;
	snprintf(daemon, sizeof(daemon), "%s/qotd-cuse", o->contest.programs);
	if (!o->contest.qotd_cuse)
		o->contest.qotd_cuse = daemon;
	if (!o->contest.work[0] && !o->contest.on_cuse)
		errx(EXIT_FAILURE, "give --work=DIR");
}

int main(int argc, char *argv[])
{
	static struct options o = {.rounds = 51, .ms = 25};
	static struct report r = {.list = contenders};

	for (int c; (c = getopt_long(argc, argv, "", long_options, NULL)) != -1;)
		set_option(&o, c);
	set_defaults(&o);
	r.rounds = o.rounds;
	r.ms = o.ms;
	atexit(stop_contenders);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	run_memory(&o, &r); /* first, while there is little else on the heap */
	run_works(&o, &r);
	report_print(&r);
	if (o.output)
		write_files(&o, &r);
	for (unsigned i = 0; i < r.works; i++)
		series_free(&r.series[i]);
	return EXIT_SUCCESS;
}
