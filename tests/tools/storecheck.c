/*
 * storecheck DIR SIGNERS: is this folder a published state that hosts can believe, at whatever moment the publisher was
 * killed? Every document verifies, for its own user; so do the lists; a document that the index lists is there, with that
 * serial and that hash, or with a higher serial. Prints what is wrong, and at last "users N, listed M".
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "store/signedcheck.h"
#include "store/signedindex.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

static struct ka_signers signers;
static struct ka_signeddoc doc;
static struct ka_signedcheck_out out;
static uint8_t storage[KA_SSHSIG_MAX];
static int dir, wrong;

static char *slurp(int at, const char *name, size_t *len)
{
	KA_AUTOCLOSE int fd = openat(at, name, O_RDONLY | O_CLOEXEC);
	char *text = NULL;

	return fd >= 0 && ka_fd_slurp(fd, KA_SIGNED_BULK_MAX, &text, len) == KA_ERR_OK ? text : NULL;
}

static void say(const char *name, const char *what)
{
	printf("%s: %s\n", name, what);
	wrong = 1;
}

/* the caller frees it; NULL when it is not to be believed */
static char *believe(const char *name, enum ka_signeddoc_kind kind, const char *user, size_t *len)
{
	char *text = slurp(dir, name, len);
	struct ka_signedcheck_in in = {
		.signers = &signers, .threshold = 1, .user = user, .host_id = "web01", .now = time(NULL),
		.ed25519 = ka_vetselftest_ed25519(), .storage = storage, .storage_size = sizeof(storage),
	};
	enum ka_reason reason;

	if (text == NULL) {
		say(name, "cannot be read");
		return NULL;
	}
	reason = ka_signeddoc_parse((struct ka_span){ (const uint8_t *)text, *len }, kind, &doc);
	if (reason == KA_REASON_NONE) {
		ka_signedcheck(&doc, &in, &out);
		reason = out.reason;
	}
	if (reason == KA_REASON_NONE)
		return text;
	say(name, ka_reason_id(reason));
	free(text);
	return NULL;
}

static void check_listed(const struct ka_signedindex_entry *e)
{
	char name[512], user[KA_USER_NAME_MAX];
	uint8_t sha256[32];
	KA_AUTOFREE char *text = NULL;
	size_t len;

	if (!ka_span_copy(e->user, user, sizeof(user)) || snprintf(name, sizeof(name), "%s.keys", user) < 0)
		return;
	text = believe(name, KA_SIGNEDDOC_KEYS, user, &len);
	if (text == NULL)
		return;
	crypto_hash_sha256(sha256, (const uint8_t *)text, len);
	if (doc.head.serial < e->serial)
		say(name, "older than the index says");
	else if (doc.head.serial == e->serial && memcmp(sha256, e->sha256, sizeof(sha256)) != 0)
		say(name, "not the one that the index says");
}

static size_t check_index(void)
{
	size_t len, n = 0;
	KA_AUTOFREE char *text = believe("index", KA_SIGNEDDOC_INDEX, NULL, &len);
	struct ka_signedindex_entry e;
	enum ka_signedindex_answer got;
	struct ka_cursor c;

	if (text == NULL)
		return 0;
	ka_cursor_init(&c, doc.body.p, doc.body.len);
	while ((got = ka_signedindex_next(&c, &e)) != KA_SIGNEDINDEX_ABSENT) {
		if (got == KA_SIGNEDINDEX_BAD)
			say("index", "a line that is none");
		else
			check_listed(&e);
		n++;
	}
	return n;
}

static size_t check_files(void)
{
	KA_AUTOCLOSEDIR DIR *all = fdopendir(dup(dir));
	const struct dirent *e;
	size_t n = 0;

	while (all != NULL && (e = readdir(all)) != NULL) {
		const char *dot = strrchr(e->d_name, '.');
		char user[KA_USER_NAME_MAX];
		size_t len;

		if (e->d_name[0] == '.' || strcmp(e->d_name, "index") == 0)
			continue;
		if (strcmp(e->d_name, "revoked") == 0) {
			free(believe(e->d_name, KA_SIGNEDDOC_REVOKED, NULL, &len));
			continue;
		}
		if (dot == NULL || strcmp(dot, ".keys") != 0 ||
		    !ka_span_copy(ka_span_sub(ka_span_of(e->d_name), 0, (size_t)(dot - e->d_name)), user, sizeof(user))) {
			say(e->d_name, "does not belong here");
			continue;
		}
		free(believe(e->d_name, KA_SIGNEDDOC_KEYS, user, &len));
		n++;
	}
	return n;
}

int main(int argc, char **argv)
{
	char *text;
	size_t len, users;

	dir = argc == 3 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	text = argc == 3 ? slurp(AT_FDCWD, argv[2], &len) : NULL;
	if (dir < 0 || text == NULL || !ka_signers_parse((struct ka_span){ (const uint8_t *)text, len }, &signers)) {
		fputs("usage: storecheck DIR SIGNERS\n", stderr);
		return 2;
	}
	users = check_files();
	printf("users %zu, listed %zu\n", users, check_index());
	free(text);
	return wrong;
}
