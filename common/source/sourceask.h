/*
 * Asking a source of whatever type, for tools and the diagnosis: the command has its own, narrower way. Everything is
 * asked with the rights that the caller has taken; nothing is remembered, and no marker is left.
 */
#ifndef KA_SOURCE_SOURCEASK_H
#define KA_SOURCE_SOURCEASK_H

#include <stdbool.h>

#include "source/sourcefile.h"
#include "source/sourcerevoked.h"

/* about 5 MiB, most of it untouched: allocate it, zeroed */
struct ka_sourceask {
	bool may_ask;     /* run programs, go to the network; else only what is at hand */
	int64_t now_sec;
	bool is_open;
	/* of the last source that was read */
	struct ka_sourcefile_out out;
	struct ka_source_evidence evidence;
	bool is_unasked;  /* nobody can say what it has: a program that was not run, a store of which nothing is at hand, or who is to
	                     be told of the offered key, where there is none */
	/* inside */
	const struct ka_conf *conf;
	const struct ka_conf_source *source;
	ka_sourcefile_take *take;
	void *ctx;
	struct ka_sourcehttp_env env;
	struct ka_sourcerevoked revoked;
	struct ka_sourcehttp http;
};

/** ka_sourceask_open() - begin; may_ask and now_sec are set by the caller. Opens the revoked lists of the stores */
void ka_sourceask_open(const struct ka_conf *conf, struct ka_sourceask *a);
void ka_sourceask_close(struct ka_sourceask *a);

/**
 * ka_sourceask_read() - ask one source
 * @take: gets bytes and a path: of a file its own, of a program that of the program, of a store ""
 *
 * Answers: a->out, a->evidence, a->is_unasked.
 * Errors:  KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_sourceask_read(struct ka_sourceask *a, const struct ka_conf_source *source,
					    const struct ka_source_query *query, ka_sourcefile_take *take, void *ctx);

/** ka_sourceask_revoked() - KA_REASON_NONE, or what a store's signed list says of this key. @fp: "SHA256:...", of the plain key */
enum ka_reason ka_sourceask_revoked(const struct ka_sourceask *a, const char *fp);

#endif
