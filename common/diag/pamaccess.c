/* access.conf as pam_access reads it. It must say "not known" rather than guess what a name server would answer. */
#include "diag/pamaccess.h"

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "diag/pamconf.h"
#include "key/keyfrom.h"

#include "base/poison.h"

#define DEFAULT_FILE "/etc/security/access.conf"
#define MORE_FILES "/etc/security/access.d/*.conf"

enum match { NO, YES, UNKNOWN };

typedef enum match match_one(const struct ka_pamaccess_query *q, struct ka_span token);

static bool is_word(struct ka_span token, const char *word)
{
	return ka_text_equal_nocase(token, ka_span_of(word));
}

static enum match match_user(const struct ka_pamaccess_query *q, struct ka_span token)
{
	if (token.p[0] == '@' || ka_span_find(token, '@') < token.len)
		return UNKNOWN; /* a netgroup, or user@host */
	if (token.len > 2 && token.p[0] == '(' && token.p[token.len - 1] == ')')
		return q->is_member(q->ctx, ka_span_sub(token, 1, token.len - 2)) ? YES : NO;
	if (is_word(token, "ALL") || is_word(token, q->user)) /* "Alice" is alice here */
		return YES;
	return !q->new_groups_only && q->is_member(q->ctx, token) ? YES : NO;
}

/* only the bytes of an address or a network, and at least one digit */
static bool is_numeric(struct ka_span token)
{
	bool has_digit = false;

	for (size_t i = 0; i < token.len; i++) {
		uint8_t c = ka_text_lower(token.p[i]);

		has_digit = has_digit || ka_text_is_digit(c);
		if (!ka_text_is_digit(c) && (c < 'a' || c > 'f') && c != '.' && c != ':' && c != '/')
			return false;
	}
	return has_digit && (ka_span_find(token, '.') < token.len || ka_span_find(token, ':') < token.len);
}

static enum match match_origin(const struct ka_pamaccess_query *q, struct ka_span token)
{
	int admits;

	if (is_word(token, "ALL"))
		return YES;
	if (is_word(token, "LOCAL") || is_word(token, "NONE") || ka_span_starts(token, "tty") || is_word(token, "cron") ||
	    is_word(token, "crond") || token.p[0] == ':')
		return NO; /* for who comes over the network */
	if (q->address[0] == '\0' || !is_numeric(token))
		return UNKNOWN; /* a host, a domain, a netgroup */
	if (token.p[token.len - 1] == '.') /* "192.168." */
		return strncmp(q->address, (const char *)token.p, token.len) == 0 ? YES : NO;
	admits = ka_keyfrom_matches(token, NULL, q->address);
	return admits < 0 ? UNKNOWN : admits > 0 ? YES : NO;
}

/* a list of tokens at commas and blanks; false at its end */
static bool next_token(struct ka_span *rest, struct ka_span *token)
{
	size_t from = 0, to;

	while (from < rest->len && memchr(", \t", rest->p[from], 3) != NULL)
		from++;
	for (to = from; to < rest->len && memchr(", \t", rest->p[to], 3) == NULL;)
		to++;
	*token = ka_span_sub(*rest, from, to - from);
	*rest = ka_span_sub(*rest, to, rest->len);
	return token->len > 0;
}

/* "A B EXCEPT C EXCEPT D": each part takes away from what stands before it */
static enum match match_list(const struct ka_pamaccess_query *q, struct ka_span list, match_one *one)
{
	enum match part[KA_PAMACCESS_PARTS_MAX] = { NO }, all;
	struct ka_span token;
	size_t n = 0;

	while (next_token(&list, &token)) {
		if (is_word(token, "EXCEPT")) {
			if (++n == KA_PAMACCESS_PARTS_MAX)
				return UNKNOWN;
		} else if (part[n] != YES) {
			enum match m = one(q, token);

			part[n] = m == NO ? part[n] : m;
		}
	}
	for (all = part[n]; n > 0; n--)
		all = part[n - 1] == NO || all == YES ? NO : all == NO ? part[n - 1] : UNKNOWN;
	return all;
}

/* "+ : users : origins"; what is no rule is passed over */
static enum match match_rule(const struct ka_pamaccess_query *q, struct ka_span rule, bool *allows)
{
	struct ka_span part[2];
	enum match users, origins;

	for (size_t i = 0; i < KA_ARRAY_LEN(part); i++) {
		size_t colon;

		while (rule.len > 0 && rule.p[0] == ':')
			rule = ka_span_sub(rule, 1, rule.len);
		colon = ka_span_find(rule, ':');
		if (colon == rule.len)
			return NO;
		part[i] = ka_span_sub(rule, 0, colon);
		rule = ka_span_sub(rule, colon + 1, rule.len);
	}
	if (part[0].len == 0 || (part[0].p[0] != '+' && part[0].p[0] != '-') || ka_text_trim(rule).len == 0)
		return NO;
	*allows = part[0].p[0] == '+';
	users = match_list(q, part[1], match_user);
	if (users == NO)
		return NO;
	origins = match_list(q, rule, match_origin);
	return origins == NO ? NO : users == YES && origins == YES ? YES : UNKNOWN;
}

/* pam_access strips what isspace(3) names, at the end only: a blank before the sign makes the line none */
static struct ka_span without_end(struct ka_span line)
{
	while (line.len > 0 && memchr(" \t\r\v\f", line.p[line.len - 1], 5) != NULL)
		line.len--;
	return line;
}

/* a line that matches, and that it may pass over (no newline, a NUL) or read the other way (the sign is not its first byte) */
static bool is_odd(struct ka_span line, bool has_newline)
{
	return !has_newline || line.p[0] == ':' || ka_span_find(line, '\0') < line.len;
}

void ka_pamaccess_judge(struct ka_span text, const struct ka_pamaccess_query *q, struct ka_pamaccess *out)
{
	struct ka_cursor c;
	struct ka_span line;
	bool allows = false, has_newline;

	out->answer = KA_PAMACCESS_ALLOWED;
	ka_cursor_init(&c, text.p, text.len);
	for (unsigned n = 1; ka_cursor_line(&c, &line, &has_newline); n++) {
		bool is_long = line.len >= KA_PAMACCESS_LINE_MAX; /* its end is a line of its own then, even a comment's */
		enum match m;

		if (!is_long && line.len > 0 && line.p[0] == '#')
			continue;
		m = is_long ? UNKNOWN : match_rule(q, without_end(line), &allows);
		if (m == NO)
			continue;
		out->line = n;
		ka_span_copy(ka_span_sub(line, 0, sizeof(out->rule) - 1), out->rule, sizeof(out->rule));
		out->answer = m == UNKNOWN || is_odd(line, has_newline) ? KA_PAMACCESS_UNKNOWN :
			      allows ? KA_PAMACCESS_ALLOWED : KA_PAMACCESS_DENIED;
		return;
	}
}

/* ---- what follows asks the system ---- */

struct member {
	size_t count;
	gid_t groups[KA_USERFILES_GROUPS_MAX];
};

static bool is_member(const void *ctx, struct ka_span name)
{
	KA_AUTOFREE char *buffer = malloc(KA_ACCOUNT_ENTRY_MAX);
	const struct member *m = ctx;
	struct group gr, *found = NULL;
	char text[KA_USER_NAME_MAX];

	if (buffer == NULL || !ka_span_copy(name, text, sizeof(text)) || getgrnam_r(text, &gr, buffer, KA_ACCOUNT_ENTRY_MAX, &found) != 0 ||
	    found == NULL)
		return false;
	for (size_t i = 0; i < m->count; i++)
		if (m->groups[i] == gr.gr_gid)
			return true;
	return false;
}

static void judge_file(const struct ka_pamaccess_query *q, struct ka_pamaccess *out)
{
	KA_AUTOCLOSE int fd = open(out->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	KA_AUTOFREE char *text = NULL;
	size_t len;

	if (fd >= 0 && ka_fd_slurp(fd, KA_PAM_SERVICE_MAX, &text, &len) == KA_ERR_OK)
		ka_pamaccess_judge((struct ka_span){ (const uint8_t *)text, len }, q, out);
}

/* false: with such an argument a rule is read in another way */
static bool take_arguments(const struct ka_pamline *line, struct ka_pamaccess_query *q, struct ka_pamaccess *out)
{
	static const char file[] = "accessfile=";
	struct ka_span rest = ka_span_of(line->arguments), word;

	while (ka_text_word(&rest, &word)) {
		if (ka_span_starts(word, file) && !ka_span_copy(ka_span_sub(word, sizeof(file) - 1, word.len), out->path, sizeof(out->path)))
			return false;
		if (ka_span_starts(word, "fieldsep=") || ka_span_starts(word, "listsep="))
			return false;
		q->new_groups_only = q->new_groups_only || ka_span_is(word, "nodefgroup");
	}
	return true;
}

/* more rules in files of their own, which are asked when the first file has none that matches */
static bool has_more_files(void)
{
	glob_t found;
	bool has = glob(MORE_FILES, GLOB_NOSORT, NULL, &found) == 0;

	if (has)
		globfree(&found);
	return has;
}

static const struct ka_pamline *find_line(const struct ka_pamlines *l)
{
	const struct ka_pamline *found = NULL;

	for (size_t i = 0; i < l->count; i++) {
		if (l->lines[i].phase != KA_PAMCONF_ACCOUNT || !ka_pamline_is(&l->lines[i], "pam_access.so"))
			continue;
		if (found != NULL)
			return NULL; /* two, each with rules of its own perhaps */
		found = &l->lines[i];
	}
	return found;
}

void ka_pamaccess_ask(const struct ka_pamlines *l, const char *user, unsigned gid, const char *address, struct ka_pamaccess *out)
{
	KA_AUTOFREE struct member *member = calloc(1, sizeof(*member));
	struct ka_pamaccess_query q = { .user = user, .address = address, .is_member = is_member, .ctx = member };
	const struct ka_pamline *line = find_line(l);
	int n = KA_USERFILES_GROUPS_MAX;

	memset(out, 0, sizeof(*out));
	if (line == NULL || member == NULL)
		return;
	ka_span_copy(ka_span_of(DEFAULT_FILE), out->path, sizeof(out->path));
	if (!take_arguments(line, &q, out))
		return;
	if (getgrouplist(user, gid, member->groups, &n) < 0)
		return;
	member->count = n > 0 ? (size_t)n : 0;
	judge_file(&q, out);
	if (out->line == 0 && strcmp(out->path, DEFAULT_FILE) == 0 && has_more_files())
		out->answer = KA_PAMACCESS_UNKNOWN;
}
