/*
 * authkeys-cmd: sshd's AuthorizedKeysCommand. Prints the vetted keys of one user
 * (with -k only the offered key, when it passed), and leaves one attempt record.
 *
 * MUST: exit 0, because sshd discards everything on another status; write nothing to
 * stderr, which is sshd's own; ignore SIGPIPE; print nothing that was not judged;
 * answer first and record second, but create the spool file before all else and wait
 * for the collector's look at the end: sshd's monitor may not live longer than we do.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "audit/syslogsink.h"
#include "authkeys-cmd/cmdargs.h"
#include "authkeys-cmd/cmdserve.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/username.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "key/keyfpr.h"
#include "source/confload.h"
#include "spool/attempt.h"
#include "spool/look.h"
#include "vet/vetconf.h"
#include "vetkat.h"

#include "base/poison.h"

/*
 * Everything that is too large for a stack frame, once. Small things stand together and before large
 * ones, here and in the structs: each page that is touched costs as much as three system calls.
 */
struct work {
	struct ka_cmdargs args;
	struct ka_keyblob offered;
	struct ka_permwalk_known dir; /* of the configuration; stays open for the walks to key files, and ends with us */
	struct ka_vetpolicy policy;
	struct ka_record record;
	struct ka_attempt attempt;
	_Alignas(4096) struct ka_confload load; /* with what a run writes of the three: two pages */
	struct ka_conf_errors errors;
	struct ka_cmdserve serve;
	_Alignas(4096) struct ka_conf conf; /* what a run writes of it fits into one page */
	_Alignas(4096) struct ka_confload_work load_work;
	char log[KA_SYSLOG_LINE_MAX];
	_Alignas(4096) struct ka_cmdstore store;
	_Alignas(4096) struct ka_judge judge;
	struct ka_certjudge certjudge;
};

static void copy_text(char *out, size_t size, const char *text)
{
	struct ka_span s = ka_span_of(text);

	if (!ka_span_copy(s, out, size))
		ka_span_copy(ka_span_sub(s, 0, size - 1), out, size);
}

/* who asks for what, before anything is judged */
static void describe(struct work *w)
{
	const struct ka_cmdargs *a = &w->args;
	struct ka_record *r = &w->record;
	struct ka_buf plain;
	size_t len;

	copy_text(r->user, sizeof(r->user), a->user);
	copy_text(r->type, sizeof(r->type), a->type);
	copy_text(r->c, sizeof(r->c), a->c);
	r->has_uid = a->has_uid;
	r->uid = a->uid_number;
	if (strlen(a->key) <= KA_RECORD_KEY_MAX)
		copy_text(r->key, sizeof(r->key), a->key);
	/* our own fingerprint, because sshd's may be MD5 (FingerprintHash); of a certificate its plain key's, as %f */
	if (a->has_key && ka_keyb64_decode(ka_span_of(a->key), w->serve.storage, KA_BLOB_MAX, &len)) {
		struct ka_span blob = { w->serve.storage, len }, any = { NULL, 0 };

		w->serve.offered = blob;
		ka_keyblob_parse(blob, any, &w->offered);
		ka_buf_init(&plain, w->serve.storage + len, KA_BLOB_MAX); /* free until the sources are asked */
		if (w->offered.type != NULL)
			ka_keyblob_plain(&w->offered, &plain);
		if (plain.len > 0 && !plain.overflow)
			ka_keyfpr_text(ka_buf_as_span(&plain), r->fp);
	}
	if (r->fp[0] == '\0' && ka_keyfpr_is_valid(ka_span_of(a->fp)))
		copy_text(r->fp, sizeof(r->fp), a->fp);
}

/* what keeps this run from serving anything; KA_REASON_NONE when nothing does */
static enum ka_reason prepare(struct work *w)
{
	if (w->args.wrong != NULL) {
		copy_text(w->load.text, sizeof(w->load.text), w->args.wrong);
		return KA_REASON_CONF_INVALID;
	}
	/* known since the build when libsodium is linked in; asked now when it is loaded at run time */
	w->serve.when.ed25519 = KA_VETKAT_ED25519;
	if (!ka_username_is_valid(ka_span_of(w->args.user)))
		return KA_REASON_POLICY_USER_NAME;
	if (ka_confload_keep(w->args.conf, &w->conf, &w->load, &w->errors, &w->load_work, &w->dir) != KA_ERR_OK)
		return KA_REASON_INTERNAL_ERROR;
	if (w->load.reason != KA_REASON_NONE)
		return w->load.reason;
	ka_vetconf_make(&w->conf, &w->policy, &w->errors);
	if (w->errors.count > 0) {
		copy_text(w->load.text, sizeof(w->load.text), w->errors.first);
		return KA_REASON_CONF_INVALID;
	}
	return KA_REASON_NONE;
}

/* one syslog line: the configuration is broken, or the record could not be written and says it here */
static void say(struct work *w, const char *what)
{
	struct ka_buf b;

	ka_buf_init_array(&b, w->log);
	ka_buf_text(&b, "ssh key lookup: ");
	ka_buf_text(&b, what);
	ka_buf_text(&b, " verdict=");
	ka_buf_text(&b, w->record.verdict == KA_RECORD_SERVED ? "served" : w->record.verdict == KA_RECORD_NONE ? "none" : "refused");
	ka_buf_text(&b, " reasons=");
	ka_buf_text(&b, w->record.reasons[0] != '\0' ? w->record.reasons : "-");
	ka_buf_text(&b, " user=\"");
	ka_text_escape(&b, ka_span_of(w->record.user), '"', KA_TEXT_USER_MAX);
	ka_buf_text(&b, "\" fp=");
	ka_buf_text(&b, w->record.fp[0] != '\0' ? w->record.fp : "-");
	if (w->load.text[0] != '\0') {
		ka_buf_text(&b, " conf=\"");
		ka_text_escape(&b, ka_span_of(w->load.text), '"', KA_CONF_ERROR_MAX);
		ka_buf_char(&b, '"');
	}
	if (ka_syslogsink_send(KA_LEVEL_WARNING, w->log) != KA_ERR_OK)
		return; /* nobody listens: nothing more can be done from here */
}

/* what is answered is said by then: why no key at all passes is for the log */
static enum ka_reason serve(struct work *w)
{
	enum ka_reason obstacle;
	struct ka_buf text;

	ka_judge_open(&w->conf, &w->judge);
	ka_judge_remember(&w->judge, KA_PATH_VERDICTS, !w->attempt.by_hand);
	ka_buf_init_array(&text, w->load.text);
	obstacle = ka_judge_obstacle(&w->judge, &w->policy, &text);
	ka_cmdserve_run(&w->serve);
	ka_judge_close(&w->judge);
	return obstacle;
}

static void answer(struct work *w)
{
	struct ka_cmdserve *s = &w->serve;
	enum ka_reason obstacle;

	s->args = &w->args;
	s->conf = &w->conf;
	s->policy = &w->policy;
	s->judge = &w->judge;
	s->certjudge = &w->certjudge;
	s->known = &w->dir;
	s->record = &w->record;
	s->attempt = &w->attempt;
	s->store = &w->store;
	s->out_fd = STDOUT_FILENO;
	ka_buf_init_array(&s->out, s->out_text);
	ka_buf_init_array(&s->src, w->record.src);
	ka_buf_init_array(&s->reasons, w->record.reasons);
	ka_buf_init_array(&s->opts, w->record.opts);
	obstacle = prepare(w);
	if (obstacle != KA_REASON_NONE)
		ka_cmdserve_note(s, obstacle);
	else
		obstacle = serve(w);
	close(STDOUT_FILENO); /* sshd waits for the end of the output, then for us */
	w->record.verdict = s->served > 0 ? KA_RECORD_SERVED : s->reasons.len > 0 ? KA_RECORD_REFUSED : KA_RECORD_NONE;
	if (obstacle != KA_REASON_NONE) /* once for an account that exists: sshd asks for no other */
		say(w, "nothing is served:");
}

int main(int argc, char **argv)
{
	static struct work work; /* zeroed pages that come with the program: no call, no mapping of its own */
	struct work *w = &work;

	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_DUMPABLE, 0);
	if (ka_fd_reserve_std() != KA_ERR_OK)
		return 0;
	ka_attempt_open(KA_PATH_SPOOL, &w->attempt);
	ka_cmdargs_parse(argc, argv, &w->args);
	describe(w);
	answer(w);
	if (!ka_attempt_append(&w->attempt, &w->record) && !w->attempt.by_hand)
		say(w, "no record could be written:");
	ka_cmdserve_later(&w->serve);
	if (!w->attempt.by_hand)
		ka_look_wait(KA_PATH_EYE "/" KA_LOOK_NAME, w->record.verdict == KA_RECORD_SERVED ? KA_LOOK_SERVED_MS : KA_LOOK_REFUSED_MS);
	_exit(0); /* nothing is buffered, and what exit() would tidy up ends with us */
}
