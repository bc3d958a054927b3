/* Signers, memory, judgement, memory again. */
#include "source/sourcesigned.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "perm/permwalk.h"

#include "base/poison.h"

static void close_serials(struct ka_serialdir *d)
{
	ka_serialdir_close(d);
}
#define AUTO_SERIALS __attribute__((cleanup(close_serials))) struct ka_serialdir

void ka_sourcesigned_host(const struct ka_conf_source *s, char *out, size_t size)
{
	struct utsname node;

	if (s->host_id[0] != '\0')
		ka_span_copy(ka_span_of(s->host_id), out, size);
	else if (uname(&node) != 0 || !ka_span_copy(ka_span_of(node.nodename), out, size))
		out[0] = '\0';
}

/* an error of the file is the configuration's: it names who may sign */
static enum ka_reason read_signers(const char *path, struct ka_sourcesigned *out)
{
	const struct ka_permwalk_trust trust = { .owner = 0 };
	struct ka_permwalk_refusal why;
	KA_AUTOCLOSE int fd = -1;
	size_t len;

	if (ka_permwalk_open(path, &trust, &fd, &why) != KA_ERR_OK)
		return KA_REASON_CONF_INVALID;
	if (fd < 0)
		return why.reason != KA_REASON_NONE ? why.reason : KA_REASON_CONF_INVALID;
	if (ka_fd_read_all(fd, out->signers_text, sizeof(out->signers_text) - 1, &len) != KA_ERR_OK ||
	    !ka_signers_parse((struct ka_span){ (const uint8_t *)out->signers_text, len }, &out->signers))
		return KA_REASON_CONF_INVALID;
	return KA_REASON_NONE;
}

static enum ka_reason read_memory(const struct ka_serialdir *d, const struct ka_sourcesigned_ask *ask, struct ka_serial_memory *m)
{
	enum ka_serial_answer answer;

	*m = (struct ka_serial_memory){ .known = false };
	if (ask->memory != NULL) {
		*m = *ask->memory;
		return KA_REASON_NONE;
	}
	if (d->fd < 0 || ka_serial_read(d, ask->source->name, ask->what, &answer, m) != KA_ERR_OK || answer == KA_SERIAL_BROKEN)
		return KA_REASON_STORE_CACHE_INVALID;
	return KA_REASON_NONE;
}

/* a full disk must not keep everybody out; what it says is said by the caller */
static enum ka_reason remember(const struct ka_serialdir *d, const struct ka_sourcesigned_ask *ask, struct ka_sourcesigned *out)
{
	const struct ka_serial_new n = {
		.source = ask->source->name, .what = ask->what, .serial = out->doc.head.serial, .sha512 = out->check.sha512, .now = ask->now,
	};
	struct ka_serial_kept kept;

	if (!ask->may_remember || ask->memory != NULL)
		return KA_REASON_NONE;
	if (out->memory.known && out->memory.serial == n.serial)
		return KA_REASON_NONE; /* remembered already, and the check has compared it: nothing to lock for */
	out->not_kept = ka_serial_remember(d, &n, &kept) != KA_ERR_OK;
	out->is_first = !out->not_kept && kept.is_first;
	return kept.reason;
}

enum ka_reason ka_sourcesigned_check(const struct ka_sourcesigned_ask *ask, struct ka_span bytes, struct ka_sourcesigned *out)
{
	AUTO_SERIALS dir = { .fd = -1 };
	struct ka_signedcheck_in in = {
		.signers = &out->signers, .threshold = ask->source->threshold, .sk_verify_required = ask->source->sk_verify_required,
		.user = ask->user, .host_id = out->host, .now = ask->now, .memory = &out->memory, .ed25519 = ask->ed25519,
		.storage = out->storage, .storage_size = sizeof(out->storage),
	};
	enum ka_reason reason = ka_signeddoc_parse(bytes, ask->kind, &out->doc);

	out->is_first = out->not_kept = false;
	if (reason != KA_REASON_NONE)
		return reason;
	reason = read_signers(ask->source->signers, out);
	if (reason != KA_REASON_NONE)
		return reason;
	if (ask->memory == NULL && ka_serialdir_open(KA_PATH_SERIALS, &dir) != KA_ERR_OK)
		return KA_REASON_STORE_CACHE_INVALID;
	reason = read_memory(&dir, ask, &out->memory);
	if (reason != KA_REASON_NONE)
		return reason;
	ka_sourcesigned_host(ask->source, out->host, sizeof(out->host));
	ka_signedcheck(&out->doc, &in, &out->check);
	return out->check.reason != KA_REASON_NONE ? out->check.reason : remember(&dir, ask, out);
}

bool ka_sourcesigned_knows(const char *source, const char *what)
{
	AUTO_SERIALS dir = { .fd = -1 };
	enum ka_serial_answer answer;
	struct ka_serial_memory memory;

	/* what cannot be read is as if it were known: the careful side */
	return ka_serialdir_open(KA_PATH_SERIALS, &dir) != KA_ERR_OK ||
	       ka_serial_read(&dir, source, what, &answer, &memory) != KA_ERR_OK || answer != KA_SERIAL_MISSING;
}
