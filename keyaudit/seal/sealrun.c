/* The order of a seal. It must never leave an epoch without its seal, and never give it two. */
#include "keyaudit/seal/sealrun.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/trailopen.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/proc.h"
#include "keyaudit/seal/sealfile.h"
#include "keyaudit/seal/sealhead.h"
#include "keyaudit/seal/sealkeyfile.h"
#include "keyaudit/seal/sealplace.h"

#include "base/poison.h"

/* The trail's end, and it is on the disk. */
static enum ka_err look_at_trail(const char *path, struct ka_seal *s, bool *found)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	*found = false;
	if (fd < 0)
		return errno == ENOENT ? KA_ERR_OK : KA_ERR_SYS;
	if (fstat(fd, &st) < 0 || fsync(fd) < 0)
		return KA_ERR_SYS;
	return ka_trailopen_is_ours(&st, 0022) ? ka_sealhead_read(fd, s, found) : ka_trailopen_refused();
}

/* The key goes on to the epoch behind the last seal: after a crash, or when an older key was put back. */
static enum ka_err catch_up(const char *path, uint64_t sealed, struct ka_sealkey *k)
{
	if (sealed < k->epoch)
		return KA_ERR_OK;
	if (sealed - k->epoch > KA_SEAL_CATCH_UP_MAX)
		return KA_ERR_LIMIT;
	while (k->epoch <= sealed)
		ka_sealkey_evolve(k);
	return ka_sealkeyfile_write(path, k);
}

static void fill_in(struct ka_seal *s, const struct ka_seal *last, const char *why)
{
	static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

	ka_clock_text(ka_clock_wall_us(), s->at);
	s->boot_ms = (uint64_t)ka_clock_boot_ms();
	if (!ka_proc_boot_id(s->boot_id))
		memcpy(s->boot_id, zeros, sizeof(s->boot_id) - 1);
	s->boot_id[sizeof(s->boot_id) - 1] = '\0';
	(void)ka_span_copy(ka_span_of(why), s->why, sizeof(s->why));
	memcpy(s->prev, last->epoch > 0 ? last->mac : zeros, sizeof(s->prev));
}

static enum ka_err seal_with(const struct ka_sealjob *job, struct ka_sealkey *k, struct ka_sealfile *f, struct ka_seal *s,
			     struct ka_buf *line)
{
	enum ka_err err = catch_up(job->key, f->last.epoch, k);
	size_t begin = line->len;

	if (err != KA_ERR_OK)
		return err;
	fill_in(s, &f->last, job->why);
	ka_sealline_write(s, k, line);
	err = ka_buf_check(line);
	if (err == KA_ERR_OK)
		err = ka_sealfile_append(f, ka_span_sub(ka_buf_as_span(line), begin, line->len));
	if (err != KA_ERR_OK)
		return err;
	ka_sealkey_evolve(k);
	return ka_sealkeyfile_write(job->key, k);
}

enum ka_err ka_sealrun_locked(const struct ka_sealjob *job, enum ka_sealrun_answer *answer, struct ka_buf *line)
{
	struct ka_seal s = { .epoch = 0 };
	struct ka_sealfile f;
	struct ka_sealkey k;
	char seals[KA_CONF_TEXT_MAX];
	bool found = false;
	enum ka_err err;

	*answer = KA_SEALRUN_NO_KEY;
	err = ka_sealkeyfile_read(job->key, &k);
	if (err != KA_ERR_OK)
		return err == KA_ERR_SYS && errno == ENOENT ? KA_ERR_OK : err;
	*answer = KA_SEALRUN_NO_CHAIN;
	err = look_at_trail(job->trail, &s, &found);
	if (err == KA_ERR_OK && !ka_sealplace_seals(job->trail, seals, sizeof(seals)))
		err = KA_ERR_LIMIT;
	if (err == KA_ERR_OK && found) {
		err = ka_sealfile_open(seals, &f);
		if (err == KA_ERR_OK) {
			err = seal_with(job, &k, &f, &s, line);
			ka_sealfile_close(&f);
		}
		if (err == KA_ERR_OK)
			*answer = KA_SEALRUN_SEALED;
	}
	ka_sealkey_wipe(&k);
	return err;
}

enum ka_err ka_sealrun(const struct ka_sealjob *job, enum ka_sealrun_answer *answer, struct ka_buf *line)
{
	KA_AUTOCLOSE int lock = -1;
	enum ka_err err = ka_trailopen_lock(job->lock, &lock);

	*answer = KA_SEALRUN_NO_KEY;
	return err == KA_ERR_OK ? ka_sealrun_locked(job, answer, line) : err;
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || errno != ENOENT;
}

enum ka_err ka_sealrun_begin(const struct ka_sealjob *job, struct ka_sealkey *k0)
{
	KA_AUTOCLOSE int lock = -1;
	char seals[KA_CONF_TEXT_MAX];
	struct ka_sealkey first;
	enum ka_err err = ka_trailopen_lock(job->lock, &lock);

	if (err != KA_ERR_OK)
		return err;
	if (!ka_sealplace_seals(job->trail, seals, sizeof(seals)))
		return KA_ERR_LIMIT;
	if (is_there(job->key) || is_there(seals)) {
		errno = EEXIST;
		return KA_ERR_SYS;
	}
	ka_sealkey_make(k0);
	first = *k0;
	ka_sealkey_evolve(&first);
	err = ka_sealkeyfile_write(job->key, &first);
	ka_sealkey_wipe(&first);
	return err;
}
