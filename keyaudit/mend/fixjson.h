/* What was changed, as JSON: schema keyaudit.fix/1, one object; shapes in docs/json.md. */
#ifndef KA_MEND_FIXJSON_H
#define KA_MEND_FIXJSON_H

#include <stdbool.h>

#include "base/buf.h"
#include "keyaudit/mend/fixnote.h"
#include "keyaudit/mend/fixturn.h"
#include "keyaudit/mend/fixundo.h"

struct ka_fixjson {
	char *text;      /* owned; NULL: nobody wants JSON, and nothing is written */
	struct ka_buf b;
};

/** ka_fixjson_begin() - @wanted: else every call does nothing. Answers: false, no memory */
bool ka_fixjson_begin(struct ka_fixjson *j, bool wanted);

/** ka_fixjson_turn() - one fix and what came of it */
void ka_fixjson_turn(struct ka_fixjson *j, const struct ka_fixturn *t);

/** ka_fixjson_op() - one change that was put back, or not */
void ka_fixjson_op(struct ka_fixjson *j, const struct ka_fixnote_op *op, const struct ka_fixundo_result *result);

/** ka_fixjson_end() - print it. @d: of afterwards; @undo: id of the note, "" none */
void ka_fixjson_end(struct ka_fixjson *j, const struct ka_diag_subject *s, const struct ka_diagnosis *d, const char *undo);

/** ka_fixjson_end_undo() - the same for an undo */
void ka_fixjson_end_undo(struct ka_fixjson *j, const struct ka_fixnote *note);

void ka_fixjson_free(struct ka_fixjson *j);

/** ka_fixjson_kind() - the word for a kind of change */
const char *ka_fixjson_kind(enum ka_fixop_kind kind);

#endif
