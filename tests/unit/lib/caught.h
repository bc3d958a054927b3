/* What the code under test prints: both streams of this process go into memory and come back as text. */
#ifndef KA_TESTS_CAUGHT_H
#define KA_TESTS_CAUGHT_H

#include <stdbool.h>
#include <stddef.h>

/* of the last caught_end(): stdout, stderr; ended by NUL, valid until the next one */
extern char *caught_out, *caught_err;

/** caught_begin() - from here on nothing reaches the terminal; no test may fail before caught_end(), nobody would read it */
void caught_begin(void);
void caught_end(void);

/**
 * caught_verb() - run a verb with these words behind its name, both streams caught; its exit status
 * @args: ended by NULL
 */
int caught_verb(int (*verb)(int argc, char **argv), const char *name, const char *const *args);
#define CAUGHT(verb, name, ...) caught_verb((verb), (name), (const char *const[]){ __VA_ARGS__, NULL })

/**
 * caught_verb_of() - the same in a child, which runs @before first: what it gives up it does not get back
 *
 * Answers: the exit status; -1 when a signal ended it.
 */
int caught_verb_of(bool (*before)(void), int (*verb)(int argc, char **argv), const char *name, const char *const *args);

/** caught_as_nobody() - a @before: no rights are left. False when they could not be given up */
bool caught_as_nobody(void);

/** caught_is_plain() - nothing that moves a cursor: valid UTF-8, no control characters but newline */
bool caught_is_plain(const char *text);

#endif
