// SPDX-License-Identifier: MIT
/* What the main thread wakes up for. */
#include "service.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static int set_up(void **state)
{
	struct service *s = malloc(sizeof(*s));

	assert_non_null(s);
	unsetenv("WATCHDOG_USEC");
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(service_init(s), 0);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	service_destroy(*state);
	free(*state);
	return 0;
}

static void update_comes_at_once_when_there_was_none_before(void **state)
{
	struct service *s = *state;

	service_update(s);
	assert_int_equal(service_wait(s), SERVICE_UPDATE);
}

static void many_updates_are_one(void **state)
{
	struct service *s = *state;

	for (int i = 0; i < 100; i++)
		service_update(s);
	assert_int_equal(service_wait(s), SERVICE_UPDATE);
	service_notice(s);
	assert_int_equal(service_wait(s), SERVICE_NOTICE);
}

/* It is not lost: what happens while one is handled is seen by the next. */
static void update_that_came_too_early_comes_later(void **state)
{
	struct service *s = *state;

	service_update(s);
	assert_int_equal(service_wait(s), SERVICE_UPDATE);
	service_update(s);
	service_notice(s);
	assert_int_equal(service_wait(s), SERVICE_NOTICE); /* does not wait for it */
	assert_int_equal(service_wait(s), SERVICE_UPDATE);
}

static void signal_does_not_wait_for_an_update(void **state)
{
	struct service *s = *state;

	service_update(s);
	assert_int_equal(service_wait(s), SERVICE_UPDATE);
	service_update(s);
	raise(SIGTERM);
	assert_int_equal(service_wait(s), SERVICE_STOP);
}

static void watched_descriptor_is_looked_at(void **state)
{
	struct service *s = *state;
	int fd = eventfd(1, EFD_CLOEXEC);

	service_watch(s, fd);
	assert_int_equal(service_wait(s), SERVICE_WATCHED);
	service_watch(s, -1);
	service_notice(s);
	assert_int_equal(service_wait(s), SERVICE_NOTICE);
	close(fd);
}

/* --- the service manager --- */

/* A socket for its end. */
static int play_manager(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t length = sizeof(sa_family_t);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (const struct sockaddr *)&address, length), 0);
	length = sizeof(address) - 1;
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	address.sun_path[0] = '@';
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	return fd;
}

static const char *heard(int fd)
{
	static char message[256];
	ssize_t n = recv(fd, message, sizeof(message) - 1, MSG_DONTWAIT);

	message[n < 0 ? 0 : n] = '\0';
	return message;
}

static void status_is_told_when_it_is_another(void **state)
{
	struct service *s = *state;
	int manager = play_manager();

	service_show_status(s, "one");
	assert_string_equal(heard(manager), "STATUS=one");
	service_show_status(s, "one");
	assert_string_equal(heard(manager), "");
	service_show_status(s, "two");
	assert_string_equal(heard(manager), "STATUS=two");
	close(manager);
}

static void reload_is_told_with_its_time(void **state)
{
	int manager = play_manager();
	unsigned long usec = 0;

	(void)state;
	service_reloading();
	assert_int_equal(sscanf(heard(manager), "RELOADING=1\nMONOTONIC_USEC=%lu", &usec), 1);
	assert_true(usec > 0);
	service_ready();
	assert_string_equal(heard(manager), "READY=1");
	close(manager);
}

#define SERVICE_TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVICE_TEST(update_comes_at_once_when_there_was_none_before),
		SERVICE_TEST(many_updates_are_one),
		SERVICE_TEST(update_that_came_too_early_comes_later),
		SERVICE_TEST(signal_does_not_wait_for_an_update),
		SERVICE_TEST(watched_descriptor_is_looked_at),
		SERVICE_TEST(status_is_told_when_it_is_another),
		SERVICE_TEST(reload_is_told_with_its_time),
	};

	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
