/* SPDX-License-Identifier: MIT */
/*
 * The arena with the tables that the daemon keeps in it: made afresh, or taken over from a process that
 * died.
 */
#ifndef STORAGE_H
#define STORAGE_H

#include "server.h"

/*
 * Opens the storage of a server whose setup is set; says in s->recovered whether it was taken over. Plans
 * that the dead process has made are carried out. Returns 0, or -errno after a message: -EPROTO or -EEXIST
 * when what is there cannot be used. It is then left as it is.
 */
int storage_open(struct server *s);

/* Undoes as much of storage_open() as was done. */
void storage_close(struct server *s);

#endif
