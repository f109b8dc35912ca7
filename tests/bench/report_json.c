// SPDX-License-Identifier: MIT
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "report.h"

static FILE *create(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		err(EXIT_FAILURE, "%s", path);
	return file;
}

static void finish(FILE *file, const char *path)
{
	if (ferror(file) || fclose(file) != 0)
		err(EXIT_FAILURE, "%s", path);
}

static void write_machine(const struct report *r, FILE *file)
{
	struct utsname system;

	uname(&system);
	fprintf(file,
		"{\n\"machine\": {\"kernel\": \"%s\", \"architecture\": \"%s\", \"cpus\": %ld},\n"
		"\"rounds\": %u,\n\"round_ms\": %u,\n",
		system.release, system.machine, sysconf(_SC_NPROCESSORS_ONLN), r->rounds, r->ms);
}

static void write_contender(const struct report *r, const struct series *s, unsigned i, FILE *file)
{
	fprintf(file, "\t{\"contender\": \"%s\"", r->list[i].name);
	for (enum metric m = 0; m < METRICS; m++)
		fprintf(file, ", \"%s\": %.1f", metric_names[m], series_median(s, i, m));
	fprintf(file, ", \"speed_to_floor\": %.4f", report_speed(r, s, i));
	for (enum metric m = METRIC_CPU; m < METRICS; m++)
		fprintf(file, ", \"%s_to_floor\": %.4f", metric_names[m],
			report_metric(r, s, i, m));
	fprintf(file, "}");
}

static void write_series(const struct report *r, const struct series *s, FILE *file)
{
	const struct work *w = s->work;
	const char *separator = "";

	fprintf(file,
		"{\"work\": \"%s\", \"clients\": %u, \"one_cpu\": %s, \"floor\": \"%s\",\n"
		" \"target_speed\": %.2f, \"target_cpu\": %.2f, \"target_p99\": %.2f, \"results\": "
		"[\n",
		w->name, w->clients, w->pinned ? "true" : "false",
		r->list[report_find(r, w->against)].name, w->speed, w->cpu, w->p99);
	for (unsigned i = 0; i < r->contenders; i++) {
		if (!s->samples[i])
			continue;
		fputs(separator, file);
		write_contender(r, s, i, file);
		separator = ",\n";
	}
	fprintf(file, "\n]}");
}

static void write_memory(const struct report *r, FILE *file)
{
	for (unsigned i = 0; i < r->memory_figures; i++) {
		const struct memory_figure *f = &r->memory[i];

		fprintf(file,
			"%s\t{\"what\": \"%s\", \"against\": \"%s\", \"ready_ns\": %.0f, "
			"\"rival_ready_ns\": %.0f, \"free_ns\": %.0f, \"rival_free_ns\": %.0f, "
			"\"times_as_fast\": %.4f, \"target\": %.2f}",
			i ? ",\n" : "", f->what, f->rival, f->ours, f->rivals, f->ours_free,
			f->rivals_free, f->ratio, f->target);
	}
}

static void write_idle(const struct report *r, FILE *file)
{
	for (unsigned i = 0; i < r->idle_figures; i++) {
		const struct idle_figure *f = &r->idle[i];

		fprintf(file,
			"%s\t{\"instances\": %u, \"resident\": %lu, \"pages\": %lu, \"threads\": "
			"%u}",
			i ? ",\n" : "", f->instances, f->resident, f->pages, f->threads);
	}
}

void report_json(const struct report *r, const char *path)
{
	FILE *file = create(path);

	write_machine(r, file);
	fprintf(file, "\"works\": [\n");
	for (unsigned i = 0; i < r->works; i++) {
		fputs(i ? ",\n" : "", file);
		write_series(r, &r->series[i], file);
	}
	fprintf(file, "\n],\n\"memory\": [\n");
	write_memory(r, file);
	fprintf(file, "\n],\n\"idle\": [\n");
	write_idle(r, file);
	fprintf(file, "\n]\n}\n");
	finish(file, path);
}

/* A line for each work and a column for each contender but the floors: speed as ratio to the floor. */
void report_chart_data(const struct report *r, const char *path)
{
	FILE *file = create(path);

	fprintf(file, "work");
	for (unsigned i = 0; i < r->contenders; i++)
		if (r->list[i].role > FLOOR_ALL)
			fprintf(file, "\t%s", r->list[i].name);
	for (unsigned w = 0; w < r->works; w++) {
		const struct series *s = &r->series[w];

		fprintf(file, "\n%s", s->work->name);
		for (unsigned i = 0; i < r->contenders; i++)
			if (r->list[i].role > FLOOR_ALL && s->samples[i])
				fprintf(file, "\t%.4f", report_speed(r, s, i));
			else if (r->list[i].role > FLOOR_ALL)
				fprintf(file, "\t-");
	}
	fputc('\n', file);
	finish(file, path);
}
