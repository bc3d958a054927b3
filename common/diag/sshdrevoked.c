/* Asking RevokedKeys. A list that gives no answer in time is not known, and never taken for a clean one or a broken one. */
#include "diag/sshdrevoked.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/spawn.h"
#include "base/text.h"
#include "diag/certview.h"
#include "key/keyb64.h"

#include "base/poison.h"

enum { KEYGEN_OK = 0, KEYGEN_REVOKED = 1, KEYGEN_FAILED = 255 };

/* ssh-keygen about one public key line; NULL: about the list alone */
static enum ka_err ask(struct ka_sshdrevoked_file *about, const struct ka_buf *line, int *answer)
{
	const char *argv[] = { KA_PATH_KEYGEN, "-Q", "-f", about->file.path, line != NULL ? "/dev/stdin" : NULL, NULL };
	struct ka_spawn what = { .argv = argv, .input = line != NULL ? line->p : NULL, .input_len = line != NULL ? line->len : 0,
				 .output_max = KA_SSHDREVOKED_OUTPUT_MAX, .deadline_ms = KA_SSHDREVOKED_ASK_MS };
	struct ka_spawn_out out;
	enum ka_err err = ka_spawn_run(&what, &out);

	free(out.output);
	*answer = err == KA_ERR_OK && WIFEXITED(out.status) ? WEXITSTATUS(out.status) : -1;
	if (err == KA_ERR_OK && out.exec_errnum != 0)
		about->told = KA_SSHDREVOKED_NO_PROGRAM;
	else if (*answer != KEYGEN_OK && *answer != KEYGEN_REVOKED && *answer != KEYGEN_FAILED)
		about->told = KA_SSHDREVOKED_NO_ANSWER;
	return err == KA_ERR_NOMEM || err == KA_ERR_SYS ? err : KA_ERR_OK;
}

static enum ka_err ask_key(struct ka_sshdrevoked_file *about, const char *type, const char *base64, bool *is_revoked)
{
	const size_t room = KA_OFFER_KEY_MAX + KA_TYPE_NAME_MAX + 4;
	KA_AUTOFREE char *text = malloc(room);
	struct ka_buf b;
	int answer = KEYGEN_OK;
	enum ka_err err;

	if (text == NULL)
		return KA_ERR_NOMEM;
	ka_buf_init(&b, text, room);
	ka_buf_text(&b, type);
	ka_buf_char(&b, ' ');
	ka_buf_text(&b, base64);
	ka_buf_char(&b, '\n');
	if (b.overflow || type[0] == '\0' || base64[0] == '\0')
		return KA_ERR_OK;
	err = ask(about, &b, &answer);
	*is_revoked = answer == KEYGEN_REVOKED;
	return err;
}

static enum ka_err ask_authority(struct ka_sshdrevoked_file *about, const struct ka_keyscan_offer *offer, bool *is_revoked)
{
	char type[KA_TYPE_NAME_MAX], base64[KA_RECORD_KEY_MAX];
	struct ka_certview v;
	struct ka_buf b;

	if (!ka_certview_read(offer, &v) || !ka_span_copy(v.ca_type, type, sizeof(type)))
		return KA_ERR_OK;
	ka_buf_init_array(&b, base64);
	ka_keyb64_encode(&b, v.key.cert.ca);
	return b.overflow ? KA_ERR_OK : ask_key(about, type, base64, is_revoked);
}

/* a certificate whose authority is revoked is itself, for ssh-keygen as for sshd: what of the two it is, is asked */
static enum ka_err ask_list(const struct ka_offer *named, const struct ka_keyscan_offer *offers, size_t count,
			    struct ka_sshdrevoked_file *out)
{
	int answer;
	enum ka_err err = ask(out, NULL, &answer);

	out->is_broken = answer == KEYGEN_FAILED;
	for (size_t i = 0; i < count && i < KA_DIAG_ASKED_MAX && err == KA_ERR_OK && answer == KEYGEN_OK; i++) {
		err = ask_key(out, named[i].type, ka_offer_key(&named[i]), &out->key[i]);
		if (err == KA_ERR_OK && out->key[i])
			err = ask_authority(out, &offers[i], &out->ca[i]);
		out->key[i] = out->key[i] && !out->ca[i];
		if (out->told != KA_SSHDREVOKED_TOLD)
			break;
	}
	return err;
}

static enum ka_err look(struct ka_span path, const struct ka_offer *named, const struct ka_keyscan_offer *offers, size_t count,
			struct ka_sshdrevoked_file *out)
{
	enum ka_err err = ka_cafile_look(path, offers, count, &out->file);

	if (err == KA_ERR_OK && out->file.is_krl)
		return out->told == KA_SSHDREVOKED_TOLD ? ask_list(named, offers, count, out) : KA_ERR_OK;
	for (size_t i = 0; i < count && err == KA_ERR_OK; i++) {
		out->key[i] = out->file.key_line[i] > 0;
		out->ca[i] = out->file.ca_line[i] > 0 && !out->key[i];
	}
	return err;
}

enum ka_err ka_sshdrevoked_look(const struct ka_sshdconf *conf, const struct ka_offer *named, const struct ka_keyscan_offer *offers,
				size_t count, struct ka_sshdrevoked *out)
{
	struct ka_span value, path;
	enum ka_sshdrevoked_told told = KA_SSHDREVOKED_TOLD;
	enum ka_err err = KA_ERR_OK;
	size_t at = 0;

	memset(out, 0, sizeof(*out));
	while (err == KA_ERR_OK && ka_sshdconf_next(conf, "revokedkeys", &at, &value))
		while (err == KA_ERR_OK && out->count < KA_SSHDREVOKED_FILES_MAX && ka_text_word(&value, &path)) {
			struct ka_sshdrevoked_file *file = &out->files[out->count];

			file->told = told; /* who gave no answer once is not asked again */
			err = look(path, named, offers, count, file);
			if (file->file.is_krl)
				told = file->told;
			else
				file->told = KA_SSHDREVOKED_TOLD;
			out->count += file->file.path[0] != '\0';
		}
	return err;
}
