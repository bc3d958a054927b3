/*
 * Leaving a seal with somebody else: [audit] anchor. Never waited for longer than KA_SEAL_ANCHOR_MS, and never a reason not to
 * seal or not to let somebody log in. What could not be left is not left later: the next seal vouches for what stands before it.
 */
#ifndef KA_SEALANCHOR_H
#define KA_SEALANCHOR_H

#include "base/cursor.h"

/**
 * ka_sealanchor_leave() - leave one seal
 * @setting: "" for nowhere, "file PATH", "journal", or "exec PROGRAM [ARGUMENT...]", as the configuration has checked it
 * @line:    the seal with its newline: a line of the file, "trail anchor " and it as MESSAGE, or the program's standard input
 *
 * Answers: NULL when it was left (or there is nowhere), else what went wrong, in words.
 */
const char *ka_sealanchor_leave(const char *setting, struct ka_span line);

#endif
