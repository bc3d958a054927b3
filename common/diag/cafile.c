/* Files of keys alone. What stands in them is an administrator's, but a device or a fifo in their place must not hold us up. */
#include "diag/cafile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "diag/certview.h"
#include "diag/keyview.h"
#include "diag/scanline.h"
#include "key/keyfpr.h"

#include "base/poison.h"

#define KRL_MAGIC "SSHKRL\n"

/* the key of the line as sshd reads it here: options in front are no key */
static bool read_key(struct ka_span line, uint8_t blob[static KA_BLOB_MAX], size_t *len)
{
	struct ka_keyview v;

	ka_keyview_parse(line, &v);
	return v.kind == KA_KEYVIEW_KEY && v.options.len == 0 && ka_scanline_decode(&v, blob, len);
}

/* what is looked for, read once */
struct wanted {
	const struct ka_keyscan_offer *offer;
	struct ka_certview cert;
	bool is_cert;
	uint8_t plain[KA_RECORD_KEY_MAX]; /* of a certificate: a list of revoked keys means both */
	size_t plain_len;
};

static void want(const struct ka_keyscan_offer *offer, struct wanted *out)
{
	struct ka_buf b;

	out->offer = offer;
	out->is_cert = ka_certview_read(offer, &out->cert);
	if (!out->is_cert)
		return;
	ka_buf_init(&b, out->plain, sizeof(out->plain));
	ka_keyblob_plain(&out->cert.key, &b);
	out->plain_len = b.overflow ? 0 : b.len;
}

/* of a certificate that only the log speaks of the plain key's fingerprint is known */
static bool is_named(const struct ka_keyscan_offer *o, struct ka_span blob)
{
	char fp[KA_FPR_TEXT_MAX];

	ka_keyfpr_text(blob, fp);
	return o->fp[0] != '\0' && strcmp(fp, o->fp) == 0;
}

static bool is_wanted(const struct wanted *w, struct ka_span blob)
{
	if (w->offer->is_cert && w->offer->cert_len == 0)
		return is_named(w->offer, blob);
	return w->is_cert ? ka_span_equal((struct ka_span){ w->plain, w->plain_len }, blob) : ka_keyscan_is_offer(w->offer, blob);
}

static void take_key(struct ka_span blob, unsigned line, const struct wanted *all, size_t count, struct ka_cafile *out)
{
	for (size_t i = 0; i < count; i++) {
		if (out->key_line[i] == 0 && is_wanted(&all[i], blob))
			out->key_line[i] = line;
		if (out->ca_line[i] == 0 && all[i].is_cert && ka_span_equal(all[i].cert.key.cert.ca, blob))
			out->ca_line[i] = line;
	}
}

/* a comment, or nothing at all */
static bool is_nothing(struct ka_span line)
{
	struct ka_span text = ka_text_trim(line);

	return text.len == 0 || text.p[0] == '#' || text.p[0] == '\0';
}

enum ka_err ka_cafile_scan(struct ka_span bytes, const struct ka_keyscan_offer *offers, size_t count, struct ka_cafile *out)
{
	KA_AUTOFREE struct wanted *all = calloc(count + 1, sizeof(*all));
	KA_AUTOFREE uint8_t *blob = malloc(KA_BLOB_MAX);
	struct ka_cursor c;
	struct ka_span line;
	size_t len;

	out->is_krl = ka_span_starts(bytes, KRL_MAGIC);
	if (all == NULL || blob == NULL)
		return KA_ERR_NOMEM;
	for (size_t i = 0; i < count; i++)
		want(&offers[i], &all[i]);
	ka_cursor_init(&c, bytes.p, bytes.len);
	for (unsigned number = 1; !out->is_krl && ka_cursor_line(&c, &line, NULL); number++) {
		if (is_nothing(line))
			continue;
		if (!read_key(line, blob, &len)) {
			out->bad_line = number;
			break;
		}
		if (out->keys++ == 0)
			ka_keyfpr_text((struct ka_span){ blob, len }, out->first);
		take_key((struct ka_span){ blob, len }, number, all, count, out);
	}
	return KA_ERR_OK;
}

static enum ka_err read_and_scan(int fd, const struct ka_keyscan_offer *offers, size_t count, struct ka_cafile *out)
{
	KA_AUTOFREE char *text = NULL;
	size_t len = 0;
	enum ka_err err = ka_fd_slurp(fd, KA_DIAG_FILE_MAX, &text, &len);

	if (err == KA_ERR_NOMEM)
		return err;
	if (err != KA_ERR_OK) {
		out->errnum = err == KA_ERR_LIMIT ? EFBIG : errno;
		return KA_ERR_OK;
	}
	out->is_read = true;
	return ka_cafile_scan((struct ka_span){ (const uint8_t *)text, len }, offers, count, out);
}

enum ka_err ka_cafile_look(struct ka_span path, const struct ka_keyscan_offer *offers, size_t count, struct ka_cafile *out)
{
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	memset(out, 0, sizeof(*out));
	if (!ka_span_starts(path, "/") || !ka_span_copy(path, out->path, sizeof(out->path)))
		return KA_ERR_OK;
	fd = open(out->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		out->is_closed = errno == EACCES && geteuid() != 0;
		out->errnum = out->is_closed ? 0 : errno;
		return KA_ERR_OK;
	}
	out->mode = st.st_mode;
	out->uid = st.st_uid;
	out->gid = st.st_gid;
	if (!S_ISREG(st.st_mode)) {
		out->errnum = EINVAL;
		return KA_ERR_OK;
	}
	return read_and_scan(fd, offers, count, out);
}
