/* Reading the output of `sshd -T`: one keyword and its value per line. Pure. */
#include "diag/sshdconf.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#include "base/poison.h"

void ka_sshdconf_default(struct ka_sshdconf *c)
{
	static const char *const files[] = { ".ssh/authorized_keys", ".ssh/authorized_keys2" };

	memset(c, 0, sizeof(*c));
	c->pubkey = true;
	c->strict_modes = true;
	ka_span_copy(ka_span_of("sshd"), c->pam_service, sizeof(c->pam_service));
	for (size_t i = 0; i < KA_ARRAY_LEN(files); i++)
		ka_span_copy(ka_span_of(files[i]), c->files[c->files_count++], KA_TEXT_PATH_MAX);
}

static bool is_word(struct ka_span word, const char *name)
{
	return ka_text_equal_nocase(word, ka_span_of(name));
}

static void take_files(struct ka_sshdconf *c, struct ka_span value)
{
	struct ka_span word;

	c->files_count = 0;
	while (ka_text_word(&value, &word)) {
		if (is_word(word, "none"))
			continue;
		if (c->files_count == KA_DIAG_FILES_MAX || !ka_span_copy(word, c->files[c->files_count], KA_TEXT_PATH_MAX))
			c->files_cut = true;
		else
			c->files_count++;
	}
}

static void take_text(struct ka_span value, char *out, size_t size)
{
	out[0] = '\0';
	if (!is_word(value, "none") && !ka_span_copy(value, out, size))
		out[0] = '\0';
}

static bool take_line(struct ka_sshdconf *c, struct ka_span word, struct ka_span value)
{
	const struct { const char *name; bool *flag; } flags[] = {
		{ "pubkeyauthentication", &c->pubkey }, { "strictmodes", &c->strict_modes },
		{ "usepam", &c->use_pam }, { "usedns", &c->use_dns },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(flags); i++)
		if (is_word(word, flags[i].name)) {
			*flags[i].flag = is_word(value, "yes");
			return true;
		}
	if (is_word(word, "authorizedkeysfile"))
		take_files(c, value);
	else if (is_word(word, "authorizedkeyscommand"))
		take_text(value, c->command, sizeof(c->command));
	else if (is_word(word, "authorizedkeyscommanduser"))
		take_text(value, c->command_user, sizeof(c->command_user));
	else if (is_word(word, "pamservicename"))
		take_text(value, c->pam_service, sizeof(c->pam_service));
	else
		return false;
	return true;
}

bool ka_sshdconf_parse(struct ka_span text, struct ka_sshdconf *out)
{
	struct ka_cursor c;
	struct ka_span line, word;

	ka_sshdconf_default(out);
	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL))
		if (ka_text_word(&line, &word) && take_line(out, word, ka_text_trim(line)))
			out->is_known = true;
	if (!out->is_known)
		return false;
	out->is_text_cut = text.len > sizeof(out->text);
	out->text_len = out->is_text_cut ? sizeof(out->text) : text.len;
	memcpy(out->text, text.p, out->text_len);
	return true;
}

bool ka_sshdconf_next(const struct ka_sshdconf *c, const char *keyword, size_t *at, struct ka_span *value)
{
	struct ka_span line, word;

	*value = (struct ka_span){ NULL, 0 };
	while (*at < c->text_len) {
		struct ka_span rest = { (const uint8_t *)c->text + *at, c->text_len - *at };

		line = ka_span_sub(rest, 0, ka_span_find(rest, '\n'));
		*at += line.len + 1;
		if (ka_text_word(&line, &word) && is_word(word, keyword)) {
			*value = ka_text_trim(line);
			return true;
		}
	}
	return false;
}

struct ka_span ka_sshdconf_value(const struct ka_sshdconf *c, const char *keyword)
{
	struct ka_span value;
	size_t at = 0;

	(void)ka_sshdconf_next(c, keyword, &at, &value);
	return value;
}

bool ka_sshdconf_is(const struct ka_sshdconf *c, const char *keyword, const char *word)
{
	struct ka_span value = ka_sshdconf_value(c, keyword);

	return value.len > 0 && is_word(value, word);
}

bool ka_sshdconf_is_set(const struct ka_sshdconf *c, const char *keyword)
{
	return ka_sshdconf_value(c, keyword).len > 0 && !ka_sshdconf_is(c, keyword, "none");
}

bool ka_sshdconf_version(struct ka_span text, char *out, size_t size)
{
	struct ka_cursor c;
	struct ka_span line;

	out[0] = '\0';
	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL)) {
		struct ka_span release = ka_span_sub(line, 0, ka_span_find(line, ','));

		if (ka_span_starts(line, "OpenSSH_") && ka_text_is_plain(release))
			return ka_span_copy(release, out, size);
	}
	return false;
}

bool ka_sshdconf_is_debian(const char *version)
{
	return strstr(version, " Debian-") != NULL || strstr(version, " Ubuntu-") != NULL;
}

unsigned ka_sshdconf_release(const char *version)
{
	struct ka_span s = ka_span_of(version);
	unsigned part[2] = { 0, 0 };
	size_t i = 8;

	if (!ka_span_starts(s, "OpenSSH_"))
		return 0;
	for (size_t n = 0; n < 2; n++) {
		while (i < s.len && ka_text_is_digit(s.p[i]) && part[n] < 100)
			part[n] = part[n] * 10 + (unsigned)(s.p[i++] - '0');
		if (n == 0 && (i >= s.len || s.p[i++] != '.'))
			return 0;
	}
	return part[0] * 100 + part[1];
}

bool ka_sshdconf_expand(const char *entry, const char *user, const char *uid, const char *home, char *out, size_t size)
{
	struct ka_buf b, *put = &b;

	ka_buf_init(put, out, size);
	if (entry[0] != '/' && strncmp(entry, "%h", 2) != 0) {
		ka_buf_text(put, home);
		ka_buf_char(put, '/');
	}
	for (const char *p = entry; *p != '\0'; p++) {
		if (*p != '%') {
			ka_buf_char(put, *p);
			continue;
		}
		switch (*++p) {
		case '%':
			ka_buf_char(put, '%');
			break;
		case 'h':
			ka_buf_text(put, home);
			break;
		case 'u':
			ka_buf_text(put, user);
			break;
		case 'U':
			ka_buf_text(put, uid);
			break;
		default:
			return false;
		}
	}
	return !put->overflow && out[0] == '/';
}
