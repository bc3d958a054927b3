/* Lines in, lines out: the work of authkeys-vet. */
#ifndef KA_VET_VETLINES_H
#define KA_VET_VETLINES_H

#include "authkeys-cmd/vet/vetter.h"
#include "base/buf.h"
#include "base/cursor.h"

/**
 * ka_vetlines_one() - judge the key of one line (strict base64 of a plain blob; KA_VETANSWER_CERT and a certificate: its signature;
 * KA_VETANSWER_SHA1 and a plain blob: its SHA-1) and append the answer; what is none of these is "unjudged"
 * @blob: KA_BLOB_MAX bytes of scratch
 */
void ka_vetlines_one(const struct ka_vetter *v, struct ka_span line, uint8_t *blob, struct ka_buf *out);

/**
 * ka_vetlines_run() - answer every line of @in on @out until it ends
 *
 * The answers to all that has come are written before more is waited for, so whoever asks one by one is answered one by one.
 * A line beyond KA_VET_LINE_MAX ends it. Memory: three buffers, whatever comes.
 * Errors: KA_ERR_SYS, KA_ERR_LIMIT, KA_ERR_SYNTAX (a last line without an end), KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_vetlines_run(const struct ka_vetter *v, int in, int out);

#endif
