/* A line of sshd's log for people and for programs: what it names, and the reason it tells. */
#ifndef KA_EXPLAINLINE_H
#define KA_EXPLAINLINE_H

#include <stdint.h>

#include "diag/sshdsay.h"
#include "keyaudit/screen/out_text.h"

/**
 * ka_explainline_read() - a line as it stands in a syslog file, in what journalctl(1) prints, in a file of `sshd -E`
 * @line: without its newline; any bytes
 *
 * Answers: false when sshd says nothing about a login there. What is a syslog line of another program is none of sshd's.
 */
bool ka_explainline_read(struct ka_span line, int64_t now_sec, struct ka_sshdsay *out);

/** ka_explainline_text() - the id, what the line names, and the reason's rows */
void ka_explainline_text(const struct ka_out *o, const struct ka_sshdsay *s);

/** ka_explainline_json() - one object on standard output, schema keyaudit.log-line/1; false when there was no memory for it */
bool ka_explainline_json(const struct ka_sshdsay *s);

#endif
