/* SPDX-License-Identifier: MIT */
/*
 * Freezes the ioctl interface. When something here fails, a client compiled earlier no longer
 * works: put the header right, not the test.
 */
#include <qotd_ioctl.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ASSERT_REQUEST(request, direction, number, argument_size)                        \
	_Static_assert(_IOC_DIR(request) == (direction) && _IOC_TYPE(request) == 0x71 && \
			       _IOC_NR(request) == (number) &&                           \
			       _IOC_SIZE(request) == (argument_size),                    \
		       #request " has changed")

ASSERT_REQUEST(QOTDIOCGSZ, _IOC_READ, 0x20, 8);
ASSERT_REQUEST(QOTDIOCSSZ, _IOC_WRITE, 0x21, 8);
ASSERT_REQUEST(QOTDIOCDISCARD, _IOC_NONE, 0x22, 0);
ASSERT_REQUEST(QOTDIOCSPOS, _IOC_WRITE, 0x23, 8);
ASSERT_REQUEST(QOTDIOCGINFO, _IOC_READ, 0x24, 256);
ASSERT_REQUEST(QOTDIOCDETACH, _IOC_NONE, 0x25, 0);

#define ASSERT_MEMBER(member, at, width)                                           \
	_Static_assert(offsetof(struct qotd_info, member) == (at) &&               \
			       sizeof(((struct qotd_info *)0)->member) == (width), \
		       #member " has moved")

ASSERT_MEMBER(abi_version, 0, 4);
ASSERT_MEMBER(flags, 4, 4);
ASSERT_MEMBER(size, 8, 8);
ASSERT_MEMBER(max_size, 16, 8);
ASSERT_MEMBER(initial_size, 24, 8);
ASSERT_MEMBER(allocated, 32, 8);
ASSERT_MEMBER(memory_limit, 40, 8);
ASSERT_MEMBER(memory_used, 48, 8);
ASSERT_MEMBER(changes, 56, 8);
ASSERT_MEMBER(sleepers, 64, 4);
ASSERT_MEMBER(instance, 68, 4);
ASSERT_MEMBER(operations, 72, 8);
ASSERT_MEMBER(errors, 80, 8);
ASSERT_MEMBER(bytes_read, 88, 8);
ASSERT_MEMBER(bytes_written, 96, 8);
ASSERT_MEMBER(sleeps, 104, 8);
ASSERT_MEMBER(replays, 112, 8);
ASSERT_MEMBER(restarts, 120, 8);
ASSERT_MEMBER(reserved, 128, 128);
_Static_assert(sizeof(struct qotd_info) == 256, "struct qotd_info has another size");
_Static_assert(_Alignof(struct qotd_info) == _Alignof(__u64), "struct qotd_info is packed");

/* What strace shows and what programs without the header use. */
static void requests_have_their_numbers(void **state)
{
	(void)state;
	if (_IOC_DIRBITS != 2)
		skip(); /* alpha, mips, powerpc and sparc encode the direction in three bits */
	assert_int_equal(QOTDIOCGSZ, 0x80087120);
	assert_int_equal(QOTDIOCSSZ, 0x40087121);
	assert_int_equal(QOTDIOCDISCARD, 0x00007122);
	assert_int_equal(QOTDIOCSPOS, 0x40087123);
	assert_int_equal(QOTDIOCGINFO, 0x81007124);
	assert_int_equal(QOTDIOCDETACH, 0x00007125);
}

static void constants_have_their_values(void **state)
{
	(void)state;
	assert_int_equal(QOTD_ABI_VERSION, 2);
	assert_int_equal(QOTD_INFO_CHANGED, 1);
}

static void info_has_its_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct qotd_info), 256);
	assert_int_equal(offsetof(struct qotd_info, abi_version), 0);
	assert_int_equal(offsetof(struct qotd_info, flags), 4);
	assert_int_equal(offsetof(struct qotd_info, size), 8);
	assert_int_equal(offsetof(struct qotd_info, max_size), 16);
	assert_int_equal(offsetof(struct qotd_info, initial_size), 24);
	assert_int_equal(offsetof(struct qotd_info, allocated), 32);
	assert_int_equal(offsetof(struct qotd_info, memory_limit), 40);
	assert_int_equal(offsetof(struct qotd_info, memory_used), 48);
	assert_int_equal(offsetof(struct qotd_info, changes), 56);
	assert_int_equal(offsetof(struct qotd_info, sleepers), 64);
	assert_int_equal(offsetof(struct qotd_info, instance), 68);
	assert_int_equal(offsetof(struct qotd_info, operations), 72);
	assert_int_equal(offsetof(struct qotd_info, errors), 80);
	assert_int_equal(offsetof(struct qotd_info, bytes_read), 88);
	assert_int_equal(offsetof(struct qotd_info, bytes_written), 96);
	assert_int_equal(offsetof(struct qotd_info, sleeps), 104);
	assert_int_equal(offsetof(struct qotd_info, replays), 112);
	assert_int_equal(offsetof(struct qotd_info, restarts), 120);
	assert_int_equal(offsetof(struct qotd_info, reserved), 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_have_their_numbers),
		cmocka_unit_test(constants_have_their_values),
		cmocka_unit_test(info_has_its_layout),
	};

	return cmocka_run_group_tests_name("abi", tests, NULL, NULL);
}
