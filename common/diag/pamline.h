/*
 * The lines of a PAM stack in the order in which Linux-PAM goes through them, includes laid open: what rules need to
 * say which module refused. Only the account and session phases, which follow a key. Text only; pamask.h reads the files.
 */
#ifndef KA_DIAG_PAMLINE_H
#define KA_DIAG_PAMLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/limits.h"

struct ka_pamline {
	unsigned phase;                                /* enum ka_pamconf_phase */
	unsigned level;                                /* 0; within a substack one more than outside */
	bool is_substack;                              /* no module: what follows on a higher level is one step for a jump */
	bool is_missing;                               /* no directory of PAM modules has the file */
	char control[KA_PAMLINE_CONTROL_MAX];          /* "[success=ok default=bad]" is "success=ok default=bad"; words are spelt out so */
	char module[KA_PAMCONF_PATH_MAX];              /* "pam_unix.so", or a path; raw bytes, as both below */
	char arguments[KA_PAMLINE_ARGUMENTS_MAX];      /* as written; cut when longer */
	size_t file;                                   /* index into ka_pamlines.files */
	unsigned line;                                 /* 1-based */
};

struct ka_pamlines {
	bool is_cut;                                   /* there were more lines, or one was too long: nothing can be said of the whole */
	size_t count;
	struct ka_pamline lines[KA_PAMLINE_MAX];
	size_t files_count, file_now;                  /* the file that is being read */
	unsigned level_now;
	char files[KA_PAMASK_FILES_MAX + 1][KA_PAMCONF_PATH_MAX];
};

/** ka_pamline_file() - @path is read now; answers what was read before, for ka_pamline_back() */
size_t ka_pamline_file(struct ka_pamlines *l, const char *path);
void ka_pamline_back(struct ka_pamlines *l, size_t before);

/**
 * ka_pamline_add() - one line
 * @control: as written, without brackets; @is_list: it stood in brackets
 * @module:  empty for the head of a substack
 *
 * Control words are replaced by what they stand for in pam.d(5). Pure; any bytes.
 */
void ka_pamline_add(struct ka_pamlines *l, unsigned phase, unsigned line, struct ka_span control, bool is_list, struct ka_span module,
		    struct ka_span arguments);

/** ka_pamline_action() - what a control says of one return value: "ok", "bad", "2" ...; "bad" when it says nothing. Pure */
struct ka_span ka_pamline_action(struct ka_span control, const char *value);

/** ka_pamline_is() - is it this module ("pam_unix.so"), wherever it lies? */
bool ka_pamline_is(const struct ka_pamline *line, const char *module);

/** ka_pamline_has() - does this word stand among the arguments? */
bool ka_pamline_has(const struct ka_pamline *line, const char *word);

#endif
