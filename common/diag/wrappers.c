/* libwrap's files. What would need a name service is not told, so that no rule is accused that does not count. */
#include "diag/wrappers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"

#include "base/poison.h"

#define DAEMON "sshd"

static bool is_word(struct ka_span word, const char *name)
{
	return ka_text_equal_nocase(word, ka_span_of(name));
}

/* blanks, commas and line ends of continued lines stand between words */
static bool next_word(struct ka_span *rest, struct ka_span *word)
{
	size_t i = 0, n;

	while (i < rest->len && memchr(" ,\t\r\n\\", rest->p[i], 6) != NULL)
		i++;
	for (n = i; n < rest->len && memchr(" ,\t\r\n", rest->p[n], 5) == NULL; n++)
		;
	*word = ka_span_sub(*rest, i, n - i);
	*rest = ka_span_sub(*rest, n, rest->len);
	return word->len > 0;
}

/* the part up to the next colon that stands in no brackets */
static bool next_field(struct ka_span *rest, struct ka_span *field)
{
	bool in_brackets = false;
	size_t i;

	if (rest->p == NULL)
		return false;
	for (i = 0; i < rest->len && (in_brackets || rest->p[i] != ':'); i++)
		in_brackets = rest->p[i] == '[' || (in_brackets && rest->p[i] != ']');
	*field = ka_span_sub(*rest, 0, i);
	*rest = i < rest->len ? ka_span_sub(*rest, i + 1, rest->len) : (struct ka_span){ NULL, 0 };
	return true;
}

/* @net/@mask against an address; the mask is a length, or for IPv4 an address */
static bool is_in_net(struct ka_span net, struct ka_span mask, const char *address)
{
	uint8_t a[16], n[16], m[16] = { 0 };
	char text[64];
	uint64_t bits;
	bool is_v4 = inet_pton(AF_INET, address, a) == 1;
	size_t size = is_v4 ? 4 : 16;

	if ((!is_v4 && inet_pton(AF_INET6, address, a) != 1) || !ka_span_copy(net, text, sizeof(text)) ||
	    inet_pton(is_v4 ? AF_INET : AF_INET6, text, n) != 1)
		return false;
	if (ka_text_to_u64(mask, size * 8, &bits)) {
		for (size_t i = 0; i < bits; i++)
			m[i / 8] |= (uint8_t)(0x80 >> i % 8);
	} else if (!is_v4 || !ka_span_copy(mask, text, sizeof(text)) || inet_pton(AF_INET, text, m) != 1) {
		return false;
	}
	for (size_t i = 0; i < size; i++)
		if ((a[i] & m[i]) != (n[i] & m[i]))
			return false;
	return true;
}

static bool is_number(struct ka_span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ka_text_is_digit(word.p[i]) && memchr("./:*?[]", word.p[i], 7) == NULL)
			return false;
	return true;
}

static enum ka_wrappers_answer match_client(struct ka_span word, const char *address)
{
	struct ka_span whole = word, a = ka_span_of(address);
	size_t slash;

	if (is_word(word, "ALL"))
		return KA_WRAPPERS_YES;
	if (word.p[0] == '[' && word.p[word.len - 1] == ']')
		word = ka_span_sub(word, 1, word.len - 2);
	if (word.len == 0 || word.p[0] == '.' || word.p[0] == '@' || word.p[0] == '/' || memchr(word.p, '@', word.len) != NULL)
		return KA_WRAPPERS_UNTOLD;
	slash = ka_span_find(word, '/');
	if (slash < word.len)
		return is_in_net(ka_span_sub(word, 0, slash), ka_span_sub(word, slash + 1, word.len), address) ? KA_WRAPPERS_YES : KA_WRAPPERS_NO;
	if (word.p[word.len - 1] == '.')
		return word.len <= a.len && memcmp(word.p, a.p, word.len) == 0 ? KA_WRAPPERS_YES : KA_WRAPPERS_NO;
	if (ka_text_equal_nocase(word, a) || (is_number(word) && ka_text_glob(word, a)))
		return KA_WRAPPERS_YES;
	return is_number(word) || whole.p[0] == '[' ? KA_WRAPPERS_NO : KA_WRAPPERS_UNTOLD;
}

static enum ka_wrappers_answer match_daemon(struct ka_span word, const char *address)
{
	(void)address;
	if (is_word(word, "ALL") || is_word(word, DAEMON))
		return KA_WRAPPERS_YES;
	return memchr(word.p, '@', word.len) != NULL || memchr(word.p, '*', word.len) != NULL ? KA_WRAPPERS_UNTOLD : KA_WRAPPERS_NO;
}

typedef enum ka_wrappers_answer match_word(struct ka_span word, const char *address);

/* a list of words, with what stands behind EXCEPT taken out of it */
static enum ka_wrappers_answer match_list(struct ka_span list, match_word *match, const char *address)
{
	enum ka_wrappers_answer answer = KA_WRAPPERS_NO, except = KA_WRAPPERS_NO;
	struct ka_span word;
	bool is_behind = false;

	while (next_word(&list, &word)) {
		enum ka_wrappers_answer *to = is_behind ? &except : &answer, one;

		if (is_word(word, "EXCEPT")) {
			if (is_behind)
				return KA_WRAPPERS_UNTOLD; /* EXCEPT in EXCEPT */
			is_behind = true;
			continue;
		}
		one = match(word, address);
		if (one == KA_WRAPPERS_YES || *to == KA_WRAPPERS_NO)
			*to = one;
	}
	if (answer == KA_WRAPPERS_NO || except == KA_WRAPPERS_NO)
		return answer;
	return except == KA_WRAPPERS_YES ? KA_WRAPPERS_NO : KA_WRAPPERS_UNTOLD;
}

/* daemons : clients [: option ...] */
static enum ka_wrappers_answer match_rule(struct ka_span rule, const char *address, const char *opposite)
{
	struct ka_span daemons, clients, option, word;
	enum ka_wrappers_answer answer;

	if (!next_field(&rule, &daemons) || !next_field(&rule, &clients))
		return KA_WRAPPERS_NO;
	answer = match_list(daemons, match_daemon, address);
	if (answer != KA_WRAPPERS_NO) {
		enum ka_wrappers_answer client = match_list(clients, match_client, address);

		answer = client == KA_WRAPPERS_NO || answer == KA_WRAPPERS_YES ? client : answer;
	}
	while (answer == KA_WRAPPERS_YES && next_field(&rule, &option))
		if (next_word(&option, &word) && is_word(word, opposite))
			return KA_WRAPPERS_OTHER;
		else if (is_word(word, "twist") || is_word(word, "aclexec"))
			return KA_WRAPPERS_UNTOLD;
	return answer;
}

/* a line with those that a backslash at its end continues */
static bool next_rule(struct ka_cursor *c, unsigned *line, struct ka_span *rule)
{
	struct ka_span part;

	if (!ka_cursor_line(c, rule, NULL))
		return false;
	(*line)++;
	while (rule->len > 0 && rule->p[rule->len - 1] == '\\' && ka_cursor_line(c, &part, NULL)) {
		(*line)++;
		rule->len = (size_t)(part.p + part.len - rule->p);
	}
	return true;
}

static enum ka_wrappers_answer judge(struct ka_span text, const char *address, const char *opposite, unsigned *line, struct ka_span *rule)
{
	enum ka_wrappers_answer answer = KA_WRAPPERS_NO;
	unsigned end = 0;
	struct ka_cursor c;
	struct ka_span one;

	ka_cursor_init(&c, text.p, text.len);
	for (*line = end + 1; next_rule(&c, &end, &one); *line = end + 1) {
		enum ka_wrappers_answer match;

		if (one.len == 0 || one.p[0] == '#')
			continue;
		match = match_rule(one, address, opposite);
		if (match == KA_WRAPPERS_NO)
			continue;
		if (match == KA_WRAPPERS_UNTOLD || (match == KA_WRAPPERS_OTHER && answer == KA_WRAPPERS_UNTOLD)) {
			answer = KA_WRAPPERS_UNTOLD;
			continue;
		}
		*rule = one;
		return match;
	}
	return answer;
}

enum ka_wrappers_answer ka_wrappers_judge(struct ka_span text, const char *address, unsigned *line, struct ka_span *rule)
{
	return judge(text, address, "allow", line, rule);
}

/* false: there is none, or it cannot be read */
static bool read_file(const char *path, size_t max, char **text, size_t *len)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	return fd >= 0 && ka_fd_slurp(fd, max, text, len) == KA_ERR_OK;
}

static bool links_libwrap(const char *program)
{
	static const char library[] = "libwrap.so";
	KA_AUTOFREE char *bytes = NULL;
	size_t len;

	return read_file(program, KA_WRAPPERS_PROGRAM_MAX, &bytes, &len) && memmem(bytes, len, library, sizeof(library) - 1) != NULL;
}

static void refuse(const char *path, unsigned line, struct ka_span rule, struct ka_wrappers *out)
{
	out->is_refused = true;
	ka_span_copy(ka_span_of(path), out->path, sizeof(out->path));
	out->line = line;
	if (!ka_span_copy(ka_span_sub(rule, 0, sizeof(out->rule) - 1), out->rule, sizeof(out->rule)))
		out->rule[0] = '\0';
}

void ka_wrappers_look(const char *program, const char *address, struct ka_wrappers *out)
{
	static const char allow[] = "/etc/hosts.allow", deny[] = "/etc/hosts.deny";
	KA_AUTOFREE char *allows = NULL;
	KA_AUTOFREE char *denies = NULL;
	enum ka_wrappers_answer answer = KA_WRAPPERS_NO;
	struct ka_span rule = { NULL, 0 };
	unsigned line = 0;
	size_t len;

	memset(out, 0, sizeof(*out));
	if (address[0] == '\0')
		return;
	if (read_file(allow, KA_WRAPPERS_FILE_MAX, &allows, &len))
		answer = judge((struct ka_span){ (const uint8_t *)allows, len }, address, "deny", &line, &rule);
	if (answer == KA_WRAPPERS_OTHER)
		refuse(allow, line, rule, out);
	else if (answer == KA_WRAPPERS_NO && read_file(deny, KA_WRAPPERS_FILE_MAX, &denies, &len) &&
		 judge((struct ka_span){ (const uint8_t *)denies, len }, address, "allow", &line, &rule) == KA_WRAPPERS_YES)
		refuse(deny, line, rule, out);
	if (!out->is_refused)
		return;
	/* since 9.8 it is sshd-session that serves a connection */
	out->is_used = links_libwrap(program) || links_libwrap("/usr/lib/openssh/sshd-session");
	out->is_refused = out->is_used;
}
