// SPDX-License-Identifier: MIT
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "quote.h"
#include "size.h"

static const char default_quote[] = "On the whole, I'd rather be in Philadelphia. - W. C. Fields\n";

static void close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

/* Reads a file, or as much of it as shows that it is longer than `limit`. The text is allocated. */
static int read_file(const char *path, uint64_t limit, char **text, size_t *length)
{
	cleanup(close_file) FILE *in = fopen(path, "re");
	FILE *out = in ? open_memstream(text, length) : NULL;
	char chunk[4096];
	uint64_t total = 0;
	size_t n;
	int err;

	if (!out) {
		warn("--quote-file '%s'", path);
		return -errno;
	}
	while (total <= limit && (n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		total += fwrite(chunk, 1, n, out);
	err = ferror(in) || ferror(out) ? errno : 0;
	if (fclose(out) != 0 && !err)
		err = errno;
	if (err) {
		warnc(err, "--quote-file '%s'", path);
		free(steal_ptr(text));
	}
	return -err;
}

int quote_load(const struct options *o, struct qotd_config *config)
{
	const char *text = o->quote_text ? o->quote_text : default_quote;
	char limit[SIZE_FORMAT_MAX];
	char *quote = NULL;
	size_t length = 0;
	int err = 0;

	if (o->quote_file) {
		err = read_file(o->quote_file, o->max_size, &quote, &length);
	} else {
		length = strlen(text);
		quote = strdup(text);
		err = quote ? 0 : -ENOMEM;
	}
	if (err)
		return err;
	*config = (struct qotd_config){
		.quote = quote,
		.quote_length = length,
		.initial_size = QUOTE_SIZE_UNIT,
		.max_size = o->max_size,
	};
	if (length > QUOTE_SIZE_UNIT)
		config->initial_size =
			(length + QUOTE_SIZE_UNIT - 1) / QUOTE_SIZE_UNIT * QUOTE_SIZE_UNIT;
	if (config->initial_size > o->max_size) {
		warnx("%s: the initial quotation needs a device of %ju bytes, but --max-size is %s",
		      o->quote_file   ? "--quote-file"
		      : o->quote_text ? "--quote"
				      : "--max-size",
		      (uintmax_t)config->initial_size, size_format(o->max_size, limit));
		quote_free(config);
		return -EINVAL;
	}
	return 0;
}

void quote_free(struct qotd_config *config)
{
	free(config->quote);
	config->quote = NULL;
}
