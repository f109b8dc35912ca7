/* SPDX-License-Identifier: MIT */
/* Brings the devices of a server up and down, with what is saved of them. */
#ifndef ATTACH_H
#define ATTACH_H

#include "server.h"

/* Attaches an instance: as the arena has it, or as it was saved, or afresh. -errno after a message. */
int attach_device(struct server *s, uint32_t instance);

/* Saves what is changed, and removes what is saved of the others. The workers are at rest. */
void attach_save_devices(struct server *s);

/* Removes what is saved of devices that have been discarded since. */
void attach_forget_discarded(struct server *s);

#endif
