/*
 * The list of identities of an agent; nothing else is asked of it here.
 *
 *   u32(1) 11    ->    u32(length) 12 u32(keys) { string(public key) string(comment) }*
 *
 * Source: OpenSSH PROTOCOL.agent, draft-miller-ssh-agent.
 */
#include "keyaudit/sign/signeragent.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "key/keyb64.h"
#include "key/keyblob.h"

#include "base/poison.h"

#define REQUEST_IDENTITIES 11
#define IDENTITIES_ANSWER 12

void ka_signeragent_line(const struct ka_signerkey *key, struct ka_buf *out)
{
	struct ka_keyblob blob;
	struct ka_span bytes = { key->blob, key->len };

	if (ka_keyblob_parse(bytes, (struct ka_span){ NULL, 0 }, &blob) != KA_REASON_NONE)
		return;
	ka_buf_text(out, ka_keyblob_name(&blob));
	ka_buf_char(out, ' ');
	ka_keyb64_encode(out, bytes);
	ka_buf_char(out, '\n');
}

static bool may_sign(struct ka_span blob)
{
	struct ka_cursor c;
	struct ka_span type;

	ka_cursor_init(&c, blob.p, blob.len);
	return ka_cursor_string(&c, &type) && (ka_span_is(type, "ssh-ed25519") || ka_span_is(type, "sk-ssh-ed25519@openssh.com")) &&
	       blob.len <= KA_SIGNERS_BLOB_MAX;
}

/* read like a file that holds the key, so that it is judged the same way */
static void take(struct ka_span blob, struct ka_signerkey *out)
{
	char line[2 * KA_SIGNERS_BLOB_MAX];
	struct ka_buf b;

	memcpy(out->blob, blob.p, blob.len);
	out->len = blob.len;
	ka_buf_init_array(&b, line);
	ka_signeragent_line(out, &b);
	ka_signerkey_parse(ka_buf_as_span(&b), out);
}

void ka_signeragent_pick(struct ka_span answer, struct ka_signerkey *out)
{
	struct ka_span blob, comment, found = { NULL, 0 };
	struct ka_cursor c;
	uint32_t keys;
	uint8_t type;

	out->wrong = "the agent's answer is none";
	ka_cursor_init(&c, answer.p, answer.len);
	if (!ka_cursor_u8(&c, &type) || type != IDENTITIES_ANSWER || !ka_cursor_u32(&c, &keys))
		return;
	while (keys-- > 0) {
		if (!ka_cursor_string(&c, &blob) || !ka_cursor_string(&c, &comment))
			return;
		if (!may_sign(blob))
			continue;
		if (found.p != NULL) {
			out->wrong = "the agent holds more than one Ed25519 key: which one? --key with its public key";
			return;
		}
		found = blob;
	}
	out->wrong = "the agent holds no Ed25519 key; --key KEY names a file";
	if (found.p != NULL)
		take(found, out);
}

static int dial(const char *path)
{
	KA_AUTOCLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const struct timeval limit = { .tv_sec = KA_SIGNERAGENT_SEC };

	if (fd < 0 || !ka_span_copy(ka_span_of(path), to.sun_path, sizeof(to.sun_path)))
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return -1;
	return ka_steal_fd(&fd);
}

static bool read_exactly(int fd, uint8_t *out, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, out, n);

		if (got <= 0)
			return false;
		out += got;
		n -= (size_t)got;
	}
	return true;
}

void ka_signeragent_only(const char *socket, struct ka_signerkey *out)
{
	static const uint8_t request[] = { 0, 0, 0, 1, REQUEST_IDENTITIES };
	KA_AUTOFREE uint8_t *answer = malloc(KA_SIGNERAGENT_MAX);
	KA_AUTOCLOSE int fd = -1;
	struct ka_cursor c;
	uint8_t head[4];
	uint32_t len;

	*out = (struct ka_signerkey){ .wrong = "which key? --key KEY, or an agent (ssh-add) that holds one" };
	if (socket == NULL)
		socket = getenv("SSH_AUTH_SOCK");
	if (socket == NULL || answer == NULL)
		return;
	fd = dial(socket);
	out->wrong = "the agent does not answer";
	if (fd < 0 || ka_fd_write_all(fd, request, sizeof(request)) != KA_ERR_OK || !read_exactly(fd, head, sizeof(head)))
		return;
	ka_cursor_init(&c, head, sizeof(head));
	if (!ka_cursor_u32(&c, &len) || len > KA_SIGNERAGENT_MAX || !read_exactly(fd, answer, len))
		return;
	ka_signeragent_pick((struct ka_span){ answer, len }, out);
}
