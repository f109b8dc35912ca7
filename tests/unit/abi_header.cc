/* SPDX-License-Identifier: MIT */
/* The same as abi_header.c, for C++. */
#include <qotd_ioctl.h>

int main()
{
	const unsigned long requests[] = {
		QOTDIOCGSZ, QOTDIOCSSZ, QOTDIOCDISCARD, QOTDIOCSPOS, QOTDIOCGINFO, QOTDIOCDETACH,
	};
	struct qotd_info info = qotd_info();

	info.abi_version = QOTD_ABI_VERSION;
	info.flags = QOTD_INFO_CHANGED;
	return requests[0] == 0 || info.size != 0;
}
