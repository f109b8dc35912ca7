// SPDX-License-Identifier: MIT
#include "quote.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"

#define PHILADELPHIA "On the whole, I'd rather be in Philadelphia. - W. C. Fields\n"

/* A file with this content, as a path. */
struct text_file {
	int fd;
	char path[64];
};

static void make_file(struct text_file *file, const void *content, size_t length)
{
	file->fd = memfd_create("quote", MFD_CLOEXEC);
	assert_true(file->fd >= 0);
	assert_int_equal(write(file->fd, content, length), length);
	snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
}

/* Loads what must be good, without a message. */
static struct qotd_config load(const struct options *o)
{
	struct qotd_config config;
	struct capture stderr_text;
	int err;

	capture_start(&stderr_text, STDERR_FILENO);
	err = quote_load(o, &config);
	assert_string_equal(capture_stop(&stderr_text), "");
	assert_int_equal(err, 0);
	return config;
}

/* Loads what must be refused, with a message that has this word. Returns the error. */
static int refuse(const struct options *o, const char *word)
{
	struct qotd_config config;
	struct capture stderr_text;
	const char *text;
	int err;

	capture_start(&stderr_text, STDERR_FILENO);
	err = quote_load(o, &config);
	text = capture_stop(&stderr_text);
	if (!strstr(text, word))
		fail_msg("the message is: %s", text);
	assert_true(err < 0);
	return err;
}

static void default_is_philadelphia_in_128_bytes(void **state)
{
	const struct options o = {.max_size = 65536};
	struct qotd_config config = load(&o);

	(void)state;
	assert_int_equal(config.quote_length, strlen(PHILADELPHIA));
	assert_memory_equal(config.quote, PHILADELPHIA, strlen(PHILADELPHIA));
	assert_int_equal(config.initial_size, 128);
	assert_int_equal(config.max_size, 65536);
	quote_free(&config);
}

static void text_is_taken_as_it_stands(void **state)
{
	const struct options o = {.max_size = 65536, .quote_text = "no newline \\n"};
	struct qotd_config config = load(&o);

	(void)state;
	assert_int_equal(config.quote_length, 13);
	assert_memory_equal(config.quote, "no newline \\n", 13);
	quote_free(&config);
}

static void empty_text_is_an_empty_device_of_128_bytes(void **state)
{
	const struct options o = {.max_size = 65536, .quote_text = ""};
	struct qotd_config config = load(&o);

	(void)state;
	assert_int_equal(config.quote_length, 0);
	assert_int_equal(config.initial_size, 128);
	quote_free(&config);
}

static void size_rounds_up_to_hold_the_quote(void **state)
{
	const struct {
		size_t length, size;
	} samples[] = {{1, 128}, {127, 128}, {128, 128}, {129, 256}, {256, 256}, {257, 384}};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		char text[512] = "";
		const struct options o = {.max_size = 65536, .quote_text = text};
		struct qotd_config config;

		memset(text, 'q', samples[i].length);
		config = load(&o);
		assert_int_equal(config.quote_length, samples[i].length);
		assert_int_equal(config.initial_size, samples[i].size);
		quote_free(&config);
	}
}

static void file_is_taken_byte_by_byte(void **state)
{
	static const char content[] = "one\ntwo\0three\xff\n";
	struct text_file file;
	struct options o = {.max_size = 65536, .quote_file = file.path};
	struct qotd_config config;

	(void)state;
	make_file(&file, content, sizeof(content));
	config = load(&o);
	assert_int_equal(config.quote_length, sizeof(content));
	assert_memory_equal(config.quote, content, sizeof(content));
	quote_free(&config);
	close(file.fd);
}

static void file_may_be_as_long_as_the_maximum(void **state)
{
	const size_t length = 40960;
	char *content = malloc(length);
	struct text_file file;
	const struct options o = {.max_size = length, .quote_file = file.path};
	struct qotd_config config;

	(void)state;
	assert_non_null(content);
	memset(content, 'q', length);
	make_file(&file, content, length);
	config = load(&o);
	assert_int_equal(config.quote_length, length);
	assert_int_equal(config.initial_size, length);
	assert_memory_equal(config.quote, content, length);
	quote_free(&config);
	close(file.fd);
	free(content);
}

static void empty_file_is_an_empty_device(void **state)
{
	const struct options o = {.max_size = 65536, .quote_file = "/dev/null"};
	struct qotd_config config = load(&o);

	(void)state;
	assert_int_equal(config.quote_length, 0);
	assert_int_equal(config.initial_size, 128);
	quote_free(&config);
}

static void quote_longer_than_the_maximum_is_refused(void **state)
{
	char text[201] = "";
	const struct options too_small = {.max_size = 255, .quote_text = text};
	const struct options enough = {.max_size = 256, .quote_text = text};
	struct qotd_config config;

	(void)state;
	memset(text, 'q', 200);
	assert_int_equal(refuse(&too_small, "256 bytes"), -EINVAL);
	assert_int_equal(refuse(&too_small, "--max-size is 255"), -EINVAL);
	config = load(&enough);
	quote_free(&config);
}

static void file_without_end_is_refused(void **state)
{
	const struct options o = {.max_size = 65536, .quote_file = "/dev/zero"};

	(void)state;
	assert_int_equal(refuse(&o, "--max-size is 64K"), -EINVAL);
}

static void file_that_is_not_there_is_named(void **state)
{
	const struct options o = {.max_size = 65536, .quote_file = "/no/such/file"};

	(void)state;
	assert_int_equal(refuse(&o, "'/no/such/file': No such file"), -ENOENT);
}

static void file_that_cannot_be_read_is_named(void **state)
{
	const struct options o = {.max_size = 65536, .quote_file = "/proc/self"};

	(void)state;
	refuse(&o, "'/proc/self': Is a directory");
}

static void free_can_be_repeated(void **state)
{
	const struct options o = {.max_size = 65536};
	struct qotd_config config = load(&o);

	(void)state;
	quote_free(&config);
	quote_free(&config);
	assert_null(config.quote);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_is_philadelphia_in_128_bytes),
		cmocka_unit_test(text_is_taken_as_it_stands),
		cmocka_unit_test(empty_text_is_an_empty_device_of_128_bytes),
		cmocka_unit_test(size_rounds_up_to_hold_the_quote),
		cmocka_unit_test(file_is_taken_byte_by_byte),
		cmocka_unit_test(file_may_be_as_long_as_the_maximum),
		cmocka_unit_test(empty_file_is_an_empty_device),
		cmocka_unit_test(quote_longer_than_the_maximum_is_refused),
		cmocka_unit_test(file_without_end_is_refused),
		cmocka_unit_test(file_that_is_not_there_is_named),
		cmocka_unit_test(file_that_cannot_be_read_is_named),
		cmocka_unit_test(free_can_be_repeated),
	};

	return cmocka_run_group_tests_name("quote", tests, NULL, NULL);
}
