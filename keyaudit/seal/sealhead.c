/* Reading the two ends of the trail: the genesis at its beginning and the last intact record. */
#include "keyaudit/seal/sealhead.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/chain.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

static enum ka_err read_at(int fd, char *block, size_t size, int64_t at, struct ka_span *out)
{
	ssize_t got;

	do
		got = pread(fd, block, size, (off_t)at);
	while (got < 0 && errno == EINTR);
	*out = (struct ka_span){ (const uint8_t *)block, got > 0 ? (size_t)got : 0 };
	return got < 0 ? KA_ERR_SYS : KA_ERR_OK;
}

/* The chain's id, from a genesis; docs/json.md gives the order of its members. */
static bool find_chain(struct ka_span line, char out[static KA_SEAL_CHAIN_MAX])
{
	static const char action[] = "\"action\":\"trail-genesis\"", name[] = "\"trail\":{\"chain\":\"";
	struct ka_chain_link link;
	const uint8_t *at;

	if (!ka_chain_parse(line, &link) || memmem(line.p, line.len, action, sizeof(action) - 1) == NULL)
		return false;
	at = memmem(line.p, line.len, name, sizeof(name) - 1);
	if (at == NULL)
		return false;
	line = ka_span_sub(line, (size_t)(at - line.p) + sizeof(name) - 1, line.len);
	for (size_t i = 0; i < KA_SEAL_CHAIN_MAX - 1; i++)
		if (i >= line.len || !(ka_text_is_digit(line.p[i]) || (line.p[i] >= 'a' && line.p[i] <= 'f')))
			return false;
	return ka_span_copy(ka_span_sub(line, 0, KA_SEAL_CHAIN_MAX - 1), out, KA_SEAL_CHAIN_MAX);
}

/* The last line of @tail that is an intact record. */
static bool find_last(struct ka_span tail, struct ka_seal *s)
{
	struct ka_cursor c;
	struct ka_span line;
	bool found = false;

	ka_cursor_init(&c, tail.p, tail.len);
	while (ka_cursor_line(&c, &line, NULL)) {
		struct ka_chain_link link;

		if (!ka_chain_parse(line, &link) || !ka_chain_is_intact(line, &link))
			continue;
		found = true;
		s->seq = link.seq;
		memcpy(s->head, link.hash, sizeof(s->head));
	}
	return found;
}

enum ka_err ka_sealhead_read(int fd, struct ka_seal *s, bool *found)
{
	KA_AUTOFREE char *block = malloc(KA_SEAL_HEAD_MAX);
	struct ka_span text;
	struct stat st;
	enum ka_err err;

	*found = false;
	if (block == NULL)
		return KA_ERR_NOMEM;
	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	err = read_at(fd, block, KA_EVENT_LINE_MAX, 0, &text);
	if (err != KA_ERR_OK || !find_chain(ka_span_sub(text, 0, ka_span_find(text, '\n')), s->chain))
		return err;
	err = read_at(fd, block, KA_SEAL_HEAD_MAX, st.st_size > KA_SEAL_HEAD_MAX ? st.st_size - KA_SEAL_HEAD_MAX : 0, &text);
	if (err == KA_ERR_OK)
		*found = find_last(text, s);
	return err;
}
