/* SPDX-License-Identifier: MIT */
/* A client in C that includes qotd_ioctl.h and nothing else. Compiling it is the test. */
#include <qotd_ioctl.h>

int main(void)
{
	const unsigned long requests[] = {
		QOTDIOCGSZ, QOTDIOCSSZ, QOTDIOCDISCARD, QOTDIOCSPOS, QOTDIOCGINFO, QOTDIOCDETACH,
	};
	const struct qotd_info info = {.abi_version = QOTD_ABI_VERSION, .flags = QOTD_INFO_CHANGED};

	return requests[0] == 0 || info.size != 0;
}
