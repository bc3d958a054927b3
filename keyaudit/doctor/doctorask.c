/*
 * The question of keyaudit doctor: what sshd is configured to ask us, and about one user which keys, from where, and what
 * the trail has of them. Where nobody says it the last refusal does.
 */
#include "keyaudit/doctor/doctorask.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/paths.h"
#include "key/keyfpr.h"
#include "keyaudit/doctor/nftban.h"

#include "base/poison.h"

static const char *why_unreadable(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR ? "there is no such file:" : errnum == EACCES ? "may not be read:" :
								     "cannot be read as a file:";
}

/* the first key line of a public key file; NULL, or what is wrong with it */
static const char *take_key_file(struct ka_doctorask *q, const char *path)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct ka_offer *o = &q->offers[0];
	KA_AUTOFREE char *text = NULL;
	struct ka_cursor c;
	struct ka_span line;
	struct ka_buf b;
	size_t len;

	if (fd < 0)
		return why_unreadable(errno);
	if (ka_fd_slurp(fd, KA_CONF_FILE_MAX, &text, &len) != KA_ERR_OK)
		return "cannot be read as a file:";
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		ka_keyline_parse(line, q->storage, &q->line);
		if (q->line.key.type == NULL || q->line.key.blob.len == 0)
			continue; /* a key that only we refuse may well be offered */
		ka_buf_init_array(&b, q->plain);
		ka_keyblob_plain(&q->line.key, &b);
		ka_keyfpr_text(b.len > 0 ? ka_buf_as_span(&b) : q->line.key.blob, o->fp);
		ka_span_copy(ka_span_of(ka_keyblob_name(&q->line.key)), o->type, sizeof(o->type));
		if (!ka_span_copy(q->line.base64, o->key, sizeof(o->key)) && q->line.key.is_cert &&
		    ka_span_copy(q->line.base64, q->certificate, sizeof(q->certificate)))
			o->long_key = q->certificate;
		q->subject.offers_count = 1;
		return NULL;
	}
	return "there is no public key in:";
}

/* somebody asks about the last refusal: what it was called then is a witness */
static void take_recorded(struct ka_doctorask *q)
{
	if (q->last.at[0] == '\0' || q->last.is_over)
		return;
	q->recorded.reason = q->last.code;
	q->recorded.at = q->last.at;
	q->recorded.why = q->last.why;
	q->recorded.path = q->last.path;
	q->recorded.line = q->last.line;
	for (size_t i = 0; i < q->last.offers_count && i < KA_ARRAY_LEN(q->recorded.offers); i++)
		q->recorded.offers[i] = q->last.offered[i];
	q->subject.recorded = &q->recorded;
}

/* whom sshd's listener drops it does not know */
static void take_drop(struct ka_doctorask *q)
{
	ka_lastdrop_find(q->conf.trail, q->subject.now_sec, q->args->user, q->subject.address, &q->drop);
	q->dropped = (struct ka_recorded){ .reason = q->drop.reason, .at = q->drop.at, .why = q->drop.why };
	q->subject.dropped = &q->dropped;
}

/* NULL, or what is wrong with --key */
static const char *take_offers(struct ka_doctorask *q)
{
	q->subject.offers = q->offers;
	if (q->args->key != NULL && ka_keyfpr_is_valid(ka_span_of(q->args->key))) {
		ka_span_copy(ka_span_of(q->args->key), q->offers[0].fp, sizeof(q->offers[0].fp));
		q->subject.offers_count = 1;
		return NULL;
	}
	if (q->args->key != NULL && ka_span_starts(ka_span_of(q->args->key), "SHA256:"))
		return "not a fingerprint (SHA256: and 43 characters of base64):";
	if (q->args->key != NULL)
		return take_key_file(q, q->args->key);
	/* what sshd itself refused last is the best question to ask */
	for (size_t i = 0; i < q->last.offers_count; i++)
		q->offers[q->subject.offers_count++] = q->last.offers[i];
	take_recorded(q);
	for (size_t i = 0; i < q->subject.offers_count && q->subject.recorded != NULL; i++)
		if (q->last.offered[i] == KA_REASON_CERT_CA_NOT_MARKED)
			q->offers[i].ca_line = q->last.line; /* of the certificate itself the trail has no more */
	if (q->args->from == NULL && q->last.address[0] != '\0')
		ka_span_copy(ka_span_of(q->last.address), q->subject.address, sizeof(q->subject.address));
	return NULL;
}

bool ka_doctorask_begin(struct ka_doctorask *q, const struct ka_doctorargs *args)
{
	enum ka_reason reason;

	q->args = args;
	if (ka_confload(q->args->conf_path != NULL ? q->args->conf_path : KA_PATH_CONF, &q->conf, &q->load, &q->errors) != KA_ERR_OK)
		return false;
	reason = q->load.reason;
	q->subject.conf_path = q->args->conf_path;
	if (reason != KA_REASON_CONF_INVALID && reason != KA_REASON_CONF_UNSAFE)
		q->subject.conf = &q->conf;
	else
		ka_conf_default(&q->conf);
	q->subject.now_sec = ka_clock_wall_us() / 1000000;
	if (q->args->from != NULL)
		ka_span_copy(ka_span_of(q->args->from), q->subject.address, sizeof(q->subject.address));
	return true;
}

const char *ka_doctorask_user(struct ka_doctorask *q)
{
	const char *wrong;

	ka_span_copy(ka_span_of(q->args->user), q->subject.user, sizeof(q->subject.user));
	wrong = take_offers(q);
	if (wrong != NULL)
		return wrong;
	take_drop(q);
	q->subject.may_ask = true;
	q->subject.is_general = q->subject.offers_count == 0;
	q->subject.by_hand = true;
	q->subject.look_ban = ka_nftban_look;
	return NULL;
}
