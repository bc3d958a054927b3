/* The order of an update. MUST: look at every byte before the first of them counts. */
#include "keyaudit/blocklist/blockupdate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "keyaudit/blocklist/blockbring.h"
#include "keyaudit/blocklist/blockcheck.h"
#include "keyaudit/blocklist/blockput.h"
#include "keyaudit/blocklist/blocksay.h"
#include "keyaudit/screen/exit.h"
#include "keyaudit/screen/progress.h"

#include "base/poison.h"

/* does it begin like JSON? */
static bool is_meta(int fd)
{
	char first;

	return pread(fd, &first, 1, 0) == 1 && first == '{';
}

static int read_meta(int fd, const char *from, struct ka_blockmeta *meta)
{
	KA_AUTOFREE char *text = NULL;
	size_t len;
	const char *wrong;

	if (ka_fd_slurp(fd, KA_BLOCKMETA_MAX, &text, &len) != KA_ERR_OK)
		return ka_blocksay(from, "it is too large for badkeysdata.json", KA_EXIT_FINDINGS);
	wrong = ka_blockmeta_read((struct ka_span){ (const uint8_t *)text, len }, meta);
	return wrong == NULL ? KA_EXIT_FINE : ka_blocksay(from, wrong, KA_EXIT_FINDINGS);
}

/* what @u->names says */
static int read_names(const struct ka_blockupdate *u, struct ka_blockmeta *meta)
{
	const struct ka_blockbring_from how = { .ca_file = "", .pins = "" };
	KA_AUTOCLOSE int fd = -1;
	int status;

	if (u->names[0] == '\0')
		return KA_EXIT_FINE;
	if (ka_blockbring_is_url(u->names))
		return ka_blocksay(u->names, "--names takes a file; the address of badkeysdata.json can stand in the place of the list's", KA_EXIT_USAGE);
	status = ka_blockbring(u->names, &how, KA_BLOCKMETA_MAX, &fd);
	return status == KA_EXIT_FINE ? read_meta(fd, u->names, meta) : status;
}

/* a descriptor of the data, and what there is to say of them */
static int bring(const struct ka_blockupdate *u, struct ka_blockmeta *meta, const char **from, int *fd)
{
	const struct ka_blockbring_from how = { .ca_file = u->ca_file, .pins = u->pins };
	KA_AUTOCLOSE int first = -1;
	int status = ka_blockbring(u->from, &how, KA_BLOCKLIST_DOWNLOAD_MAX, &first);

	*from = u->from;
	if (status != KA_EXIT_FINE)
		return status;
	if (!is_meta(first)) {
		*fd = ka_steal_fd(&first);
		return read_names(u, meta);
	}
	status = read_meta(first, u->from, meta);
	if (status != KA_EXIT_FINE)
		return status;
	if (meta->url[0] == '\0')
		return ka_blocksay(u->from, meta->is_deprecated ? "it is deprecated and names no list any more: look for its new address at badkeys.info" :
							       "it names no list (blocklist_url)", KA_EXIT_FINDINGS);
	if (!ka_blockbring_is_url(meta->url))
		return ka_blocksay(u->from, "its blocklist_url is no https address", KA_EXIT_FINDINGS);
	*from = meta->url;
	return ka_blockbring(meta->url, &how, KA_BLOCKLIST_DOWNLOAD_MAX, fd);
}

/* from one descriptor into the new file and the check; NULL, or what is wrong */
static const char *stream(int fd, struct ka_blockput *put, struct ka_blockcheck *check, size_t expected)
{
	struct ka_progress bar;
	uint8_t block[KA_BLOCKBRING_BLOCK];
	const char *wrong = NULL;
	ssize_t n;

	ka_progress_begin(&bar);
	ka_progress_stage(&bar, "checking", expected);
	while (wrong == NULL && (n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno != EINTR)
			wrong = "it cannot be read";
		if (n < 0)
			continue;
		ka_blockcheck_feed(check, block, (size_t)n);
		if (ka_blockcheck_records(check) > KA_BLOCKFILE_RECORDS_MAX)
			wrong = "it is too large";
		else if (ka_blockput_write(put, block, (size_t)n) != KA_ERR_OK)
			wrong = errno == ENOSPC || errno == EDQUOT ? "the disk is full" : "the new file cannot be written";
		ka_progress_done(&bar, (size_t)check->bytes);
	}
	ka_progress_clear(&bar);
	return wrong;
}

static const char *look(int raw, const char *sha256, struct ka_blockput *put, struct ka_blockupdate_out *out)
{
	struct ka_blockbring_open open;
	struct ka_blockcheck check;
	struct stat st;
	const char *wrong;
	size_t expected = put->old_bytes > 0 ? (size_t)put->old_bytes : fstat(raw, &st) == 0 && st.st_size > 0 ? (size_t)st.st_size : 1;

	if (ka_blockbring_unpack(raw, &open) != KA_ERR_OK)
		return "no program can be started";
	ka_blockcheck_begin(&check);
	wrong = stream(open.fd, put, &check, expected);
	if (!ka_blockbring_end(&open) && wrong == NULL)
		wrong = "xz cannot unpack it: it is torn or damaged, or xz is not there";
	if (wrong == NULL)
		wrong = ka_blockcheck_end(&check, sha256, out->sha256);
	out->records = ka_blockcheck_records(&check);
	return wrong;
}

static int refuse_shrunk(const struct ka_blockupdate *u, const struct ka_blockupdate_out *out)
{
	char text[256];

	snprintf(text, sizeof(text), "it has %llu records, and the list in use has %llu: keys would be let in again; nothing was changed. "
		 "If that is meant: --allow-shrink", (unsigned long long)out->records, (unsigned long long)out->old_records);
	return ka_blocksay(u->from, text, KA_EXIT_FINDINGS);
}

static int commit(const struct ka_blockupdate *u, struct ka_blockput *put, const struct ka_blockmeta *meta)
{
	KA_AUTOFREE char *text = calloc(1, KA_BLOCKNAMES_FILE_MAX);
	struct ka_buf names;

	if (text == NULL)
		return ka_blocksay(u->to, "no memory", KA_EXIT_UNDECIDED);
	ka_buf_init(&names, text, KA_BLOCKNAMES_FILE_MAX);
	if (meta->count > 0)
		ka_blockmeta_names(meta, &names);
	if (ka_buf_check(&names) != KA_ERR_OK)
		ka_buf_cut(&names, 0); /* numbers say enough */
	if (ka_blockput_commit(put, ka_buf_as_span(&names)) != KA_ERR_OK)
		return ka_blocksay(u->to, "it cannot be put in place: the disk, or the rights of the directory", KA_EXIT_UNDECIDED);
	return KA_EXIT_FINE;
}

static int put_in_place(const struct ka_blockupdate *u, const char *from, int raw, struct ka_blockput *put, struct ka_blockupdate_out *out)
{
	const char *promised = u->sha256[0] != '\0' ? u->sha256 : out->meta.sha256, *wrong;

	if (promised[0] == '\0' && ka_blockbring_is_url(from))
		return ka_blocksay(from, "nobody says which SHA-256 it must have: give the address of badkeysdata.json, or --sum", KA_EXIT_USAGE);
	if (u->sha256[0] != '\0' && out->meta.sha256[0] != '\0' && strcmp(u->sha256, out->meta.sha256) != 0)
		return ka_blocksay(from, "badkeysdata.json promises another SHA-256 than --sum", KA_EXIT_FINDINGS);
	out->old_records = put->old_bytes / KA_BLOCKFILE_RECORD;
	wrong = look(raw, promised, put, out);
	if (wrong != NULL)
		return ka_blocksay(from, wrong, KA_EXIT_FINDINGS);
	if (!u->may_shrink && out->records * 100 < out->old_records * KA_BLOCKLIST_SHRINK_PERCENT)
		return refuse_shrunk(u, out);
	return commit(u, put, &out->meta);
}

int ka_blockupdate(const struct ka_blockupdate *u, struct ka_blockupdate_out *out)
{
	KA_AUTOCLOSE int raw = -1;
	struct ka_blockput put;
	const char *from, *wrong;
	int status;

	memset(out, 0, sizeof(*out));
	status = bring(u, &out->meta, &from, &raw);
	if (status != KA_EXIT_FINE)
		return status;
	wrong = ka_blockput_open(u->to, &put);
	status = wrong == NULL ? put_in_place(u, from, raw, &put, out) : ka_blocksay(u->to, wrong, geteuid() == 0 ? KA_EXIT_UNDECIDED : KA_EXIT_NOPERM);
	ka_blockput_close(&put);
	return status;
}
