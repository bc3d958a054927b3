/*
 * Sources of type command: another AuthorizedKeysCommand, which prints keys that are then judged like any others.
 *
 * MUST: run nothing that anybody but root could have written; no shell, a clean environment, no descriptor of sshd's, a
 * deadline, a cap, and nobody left behind; believe nothing it prints unless it ended with status 0.
 */
#ifndef KA_SOURCE_SOURCECOMMAND_H
#define KA_SOURCE_SOURCECOMMAND_H

#include <stdbool.h>

#include "source/source.h"
#include "source/sourcefile.h"

/**
 * ka_sourcecommand_read() - run the program for one user
 * @take:     gets what it printed, with the program's path; gone when it returns
 * @evidence: status, when the program ended with another one than 0
 *
 * %u %U %h and of the offered key %t %k %f are expanded inside of words, %% is a percent sign. The program runs with the
 * rights of the caller's effective ids, in its own session; its environment is PATH, LC_ALL, USER, LOGNAME and HOME, its
 * stdin and stderr are /dev/null.
 *
 * Answers: FOUND - status 0, and at least one line is a key, be it a bad one. NO_KEYS (store.no-keys) - status 0, and
 *          nothing printed but blank lines and comments.
 *          REFUSED - conf.unsafe: the program or a directory above it is not root's alone; conf.invalid: a value that the
 *          caller was not given, or that must not stand there; store.bad-answer: another status, or no line is a key;
 *          store.too-large: more than KA_SOURCE_FILE_MAX bytes.
 *          UNAVAILABLE - store.timeout: source->deadline_ms passed; store.unreachable: it could not be run.
 *          out->why is the program's, or names the word for conf.invalid.
 * Errors:  KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_sourcecommand_read(const struct ka_conf_source *source, const struct ka_source_query *query,
						ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out,
						struct ka_source_evidence *evidence);

/** ka_sourcecommand_needs_key() - a word has %t, %k or %f: without an offered key it cannot be asked. Pure */
bool ka_sourcecommand_needs_key(const struct ka_conf_source *source);

/**
 * ka_sourcecommand_look() - may the program be run? Runs nothing
 *
 * Answers: true; else @why says which file or directory is at fault, as ka_permwalk_open(), errnum EACCES also when it
 *          is not executable.
 */
bool ka_sourcecommand_look(const struct ka_conf_source *source, struct ka_permwalk_refusal *why);

#endif
