/* SPDX-License-Identifier: MIT */
#include "storm.h"

const struct kind kinds[] = {
	{"record", "an acknowledged write is there and stays", RECORD_WRITERS, false,
	 run_record_writer},
	{"reader", "a stream that is read has no byte skipped and none doubled", 2, false,
	 run_pattern_reader},
	{"writer",
	 "a stream that is written has no byte lost and none doubled, and each write counts once",
	 1, false, run_stream_writer},
	{"resizer", "resizes, writes and discards have their effect just once", 1, false,
	 run_resizer},
	{"opener", "each open file keeps its own position", 2, false, run_opener},
	{"poller", "a blocked poll gets an event for each change", 1, false, run_poller},
	{"sleepers", "resizes that wait go on in their order, and end when a signal comes", 1, true,
	 run_sleepers},
	{"large", "calls of 1 MiB are whole", 1, false, run_large},
	{"prober", "there is always an answer", 1, true, run_prober},
	{0},
};
