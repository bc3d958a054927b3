/* diag/keyscan: which line is meant, what is wrong with it, and above all what is not. */
#include "diag/keyscan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define A64 "AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQu"
#define A64_HEAD "AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsq" /* 44 characters: 33 bytes */
#define A64_TAIL "mLT1EqRGkU7CtG7sA7DzTGQu"
#define A "ssh-ed25519 " A64
#define B64 "AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfyN5SSUQvF/fmlt/TT8UnGLAwK"
#define B "ssh-ed25519 " B64
#define E64 "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBG/CqmcRF8Bk32Vi3KMOrKh1319sg9BVClvsGwjwjWZPLd7GhR+j877M5i26l9jj50rmfugLjFZ5D0Q2b8Zagmg="
#define E "ecdsa-sha2-nistp256 " E64
#define R64_1 "AAAAB3NzaC1yc2EAAAADAQABAAABAQCmvYb8E8+p+zrJOyS48AARSBm/I+Z3"
#define R64_2 "VcpBFkxYA0SBvQZglDupcQV6OvDV+AekJ64Snj/SM4ZLkO9tz66qDR8VW4shjQ3Dij/2KnngbsjFSc7pbz+X+iD2yh45cds2aq7m5kNa2/4D" \
	      "0ypeQ1yvpWslHlVPC36mjQtV25pT2xzbmnmKkCsCMVvkcnTr1tc4hP9ztnV0aWWyNB589t7t8rHyuObEe3er6kkrZJVW2dIS11qXnXXqHlAP" \
	      "XjJlMkSn6UDoWGtsfh/Q0fNs0TlD+GXlNrEb2WrGJRChsy6iOTUglM4xH3PiiiAjTRjA3hqVjN+DDKRyhDBxc8bH+hqrW5Zv"
#define R "ssh-rsa " R64_1 R64_2
#define BOM "\xef\xbb\xbf"
#define NBSP "\xc2\xa0"

static struct ka_keyscan scan;
static struct ka_keyscan_work work;
static struct ka_keyscan_offer offers[4];
static size_t offers_count;
static const char *address = "192.0.2.7";

#define NOW 1792000000 /* 2026-10-14 */

static void offer(const char *type, const char *base64)
{
	struct ka_offer o = { .said = KA_OFFER_NONE };

	assert_true(ka_span_copy(ka_span_of(type), o.type, sizeof(o.type)));
	assert_true(ka_span_copy(ka_span_of(base64), o.key, sizeof(o.key)));
	ka_keyscan_offer(&o, &offers[offers_count++]);
}

static void run(const void *bytes, size_t len)
{
	struct ka_keyscan_query q = { .offers = offers, .offers_count = offers_count, .address = address, .now_sec = NOW };
	uint8_t *copy = malloc(len + 1); /* of its own, so that reading beyond it is seen */

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	ka_keyscan_run(copy, len, &q, &work, &scan);
	free(copy);
	assert_true(ka_keyscan_check(&scan, offers_count));
}

#define A64_SHORT "AAAAC3NzaC1lZDI1NTE5AAAAH35o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQ=" /* one byte less, and its length says so */

static struct ka_span decoded(const uint8_t *bytes, size_t n)
{
	return (struct ka_span){ bytes, n };
}

/* sshd compares keys, not their bytes: what it forgives in spelling is the same key, and nothing else is */
static void is_offer__other_spelling__same_key(void **state)
{
	static const uint8_t e0[] = "\0\0\0\7ssh-rsa\0\0\0\4\0\1\0\1\0\0\0\4\1\2\3\5", n0[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\6\0\0\1\2\3\5",
			     plain[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\4\1\2\3\5", other[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\4\1\2\3\7",
			     more[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\4\1\2\3\5\0\0\0\0",
			     ed[] = "\0\0\0\13ssh-ed25519\0\0\0\4\1\2\3\0", ed1[] = "\0\0\0\13ssh-ed25519\0\0\0\3\1\2\3";
	static struct ka_keyscan_offer o;

	(void)state;
	memcpy(o.blob, plain, o.blob_len = sizeof(plain) - 1);
	assert_true(ka_keyscan_is_offer(&o, decoded(plain, sizeof(plain) - 1)));
	assert_true(ka_keyscan_is_offer(&o, decoded(e0, sizeof(e0) - 1)));
	assert_true(ka_keyscan_is_offer(&o, decoded(n0, sizeof(n0) - 1)));
	assert_false(ka_keyscan_is_offer(&o, decoded(other, sizeof(other) - 1)));
	assert_false(ka_keyscan_is_offer(&o, decoded(more, sizeof(more) - 1)));
	memcpy(o.blob, ed, o.blob_len = sizeof(ed) - 1);
	assert_false(ka_keyscan_is_offer(&o, decoded(ed1, sizeof(ed1) - 1))); /* a point ends in any byte */
}

static void remains__other_length_inside__known_by_the_number(void **state)
{
	(void)state;
	offers_count = 0;
	offer("ssh-ed25519", A64);
	offer("ssh-ed25519", B64);
	run("ssh-ed25519 " A64_SHORT "\n" B "\n", sizeof("ssh-ed25519 " A64_SHORT "\n" B "\n") - 1);
	assert_non_null(ka_keyscan_hit(&scan, 0));
	assert_int_equal(ka_keyscan_hit(&scan, 0)->reason, KA_REASON_KEY_ED25519_LENGTH);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->fit, KA_KEYSCAN_REMAINS);
	assert_int_equal(ka_keyscan_hit(&scan, 1)->fit, KA_KEYSCAN_LISTED);
}

static void no_key_at_all__only_line_of_that_type__possible(void **state)
{
	(void)state;
	offers_count = 0;
	offer("ssh-ed25519", A64);
	run("ssh-ed25519\n", 12);
	assert_non_null(ka_keyscan_hit(&scan, 0));
	assert_int_equal(ka_keyscan_hit(&scan, 0)->reason, KA_REASON_LINE_NO_BLOB);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->fit, KA_KEYSCAN_POSSIBLE);
	run("ssh-rsa\n", 8); /* somebody else's */
	assert_null(ka_keyscan_hit(&scan, 0));
}

static void bits__of_an_offer__zero_when_unknown(void **state)
{
	struct ka_offer o = { .key = R64_1 R64_2 };

	(void)state;
	assert_int_equal(ka_keyscan_bits(&o), 2048);
	o.key[0] = '\0';
	assert_int_equal(ka_keyscan_bits(&o), 0);
}

struct row {
	const char *text;
	size_t len; /* 0: strlen */
	enum ka_reason reason;
	enum ka_keyscan_fit fit;
	unsigned line, column; /* column 0: not looked at */
};

#define NO_HIT ((enum ka_keyscan_fit)99)
#define T(text, reason, fit, line, column) { text, sizeof(text) - 1, KA_REASON_##reason, KA_KEYSCAN_##fit, line, column }
#define NOTHING(text) { text, sizeof(text) - 1, KA_REASON_NONE, NO_HIT, 0, 0 }

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ka_keyscan_hit *hit;

		run(rows[i].text, rows[i].len);
		hit = ka_keyscan_hit(&scan, 0);
		if ((hit == NULL) != (rows[i].fit == NO_HIT) ||
		    (hit != NULL && (hit->reason != (uint32_t)rows[i].reason || hit->fit != rows[i].fit || hit->line != rows[i].line ||
				     (rows[i].column != 0 && hit->column != rows[i].column))))
			fail_msg("row %zu: %.60s...: got %s fit %d at %u:%u", i, rows[i].text,
				 hit != NULL ? ka_reason_id((enum ka_reason)hit->reason) : "nothing", hit != NULL ? (int)hit->fit : -1,
				 hit != NULL ? hit->line : 0, hit != NULL ? hit->column : 0);
	}
}

static int offer_alice(void **state)
{
	(void)state;
	offers_count = 0;
	offer("ssh-ed25519", A64);
	return 0;
}

static int offer_rsa(void **state)
{
	(void)state;
	offers_count = 0;
	offer("ssh-rsa", R64_1 R64_2);
	return 0;
}

/* everything that sshd lets in: none of it may be called damaged */
static void fine__table(void **state)
{
	static const struct row rows[] = {
		T(A "\n", NONE, LISTED, 1, 1),
		T(A, NONE, LISTED, 1, 1),
		T(A " alice@laptop\r\n", NONE, LISTED, 1, 1),
		T(A "\r\n", NONE, LISTED, 1, 1),
		T("  \t" A " x\n", NONE, LISTED, 1, 4),
		T("ssh-ed25519\t \t" A64 "\tx\n", NONE, LISTED, 1, 1),
		T(BOM "# comment\n" A "\n", NONE, LISTED, 2, 1),
		T(A " comment \xff\x01 \xe2\x82\xac\n", NONE, LISTED, 1, 1),
		T(A " x\0 and more\n", NONE, LISTED, 1, 1),
		T("garbage\nno-such-option " B "\ncommand=\"open " B "\nssh-new AAAAB\n" A "\n", NONE, LISTED, 5, 1),
		T("pty, " A "\n", NONE, LISTED, 1, 6),
		T(",pty " A "\n", NONE, LISTED, 1, 6),
		T("pty,,no-pty " A "\n", NONE, LISTED, 1, 13),
		T("restrict,command=\"echo \\\"a b\\\"\" " A "\n", NONE, LISTED, 1, 0),
		T("NO-PTY " A "\n", NONE, LISTED, 1, 8),
		T("from=\"192.0.2.0/24\" " A "\n", NONE, LISTED, 1, 0),
		T("from=\"!192.0.2.9,192.0.2.*\" " A "\n", NONE, LISTED, 1, 0),
		T("expiry-time=\"20990101Z\" " A "\n", NONE, LISTED, 1, 0),
		T("# " A "\n" A "\n", NONE, LISTED, 2, 1),
		T("no-such-option " A "\n" A "\n", NONE, LISTED, 2, 1),
		T(A "\n# " A "\n", NONE, LISTED, 1, 1),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
}

static void not_there__table(void **state)
{
	static const struct row rows[] = {
		NOTHING(""),
		NOTHING("\n\n# comment\n"),
		NOTHING(B "\n"),
		NOTHING(E "\n" R "\n"),
		NOTHING("no-such-option " B "\n"),
		NOTHING("# " B "\n"),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
}

static void hidden__table(void **state)
{
	static const struct row rows[] = {
		T("# " A "\n", LINE_COMMENTED_OUT, COMMENTED, 1, 0),
		T(B "\n  #" A " x\n", LINE_COMMENTED_OUT, COMMENTED, 2, 0),
		T("#restrict " A "\n", LINE_COMMENTED_OUT, COMMENTED, 1, 0),
		T("# c\r" A "\r", LINE_CONTROL, WHOLE, 1, 4),
		T("# c\r" A "\r\n", LINE_CONTROL, WHOLE, 1, 4),
		T("\x01" A "\n", LINE_CONTROL, WHOLE, 1, 1),
		T(BOM A "\n", LINE_NOT_ASCII, WHOLE, 1, 1),
		T(BOM "restrict " A "\n", LINE_NOT_ASCII, WHOLE, 1, 0),
		T("ssh-ed25519" NBSP A64 "\n", LINE_NOT_ASCII, WHOLE, 1, 12),
		T(B "\nssh-ed25519 " NBSP A64 "\n", LINE_NOT_ASCII, WHOLE, 2, 13),
		T("x\0" A "\n", LINE_NUL, WHOLE, 1, 2),
		T(A64 "\n", KEY_TYPE_UNKNOWN, WHOLE, 1, 1),
		T("sh-ed25519 " A64 "\n", KEY_TYPE_UNKNOWN, WHOLE, 1, 1),
		T("SSH-ED25519 " A64 " x\n", KEY_TYPE_UNKNOWN, WHOLE, 1, 1),
		T("ssh-rsa " A64 " x\n", KEY_TYPE_MISMATCH, WHOLE, 1, 1),
		T("restrict ssh-rsa " A64 "\n", KEY_TYPE_MISMATCH, WHOLE, 1, 10),
		T("no-pty, no-X11-forwarding " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 8),
		T("no-pty ,no-X11-forwarding " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 7),
		T("command=\"foo " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 9),
		T("command=\"a\"x " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 0),
		T("no-such-option " A "\n", OPTION_UNKNOWN, WHOLE, 1, 1),
		T("restrict,fromm=\"10.0.0.0/8\" " A "\n", OPTION_UNKNOWN, WHOLE, 1, 10),
		T("command=\"a\",command=\"b\" " A "\n", OPTION_REPEATED, WHOLE, 1, 0),
		T("expiry-time=\"2020-01-01\" " A "\n", OPTION_BAD_VALUE, WHOLE, 1, 0),
		T("from=\"10.0.0.1/8\" " A "\n", OPTION_BAD_VALUE, WHOLE, 1, 0),
		T("expiry-time=\"20200101\" " A "\n", OPTION_EXPIRED, WHOLE, 1, 1),
		T("restrict,expiry-time=\"20200101Z\",from=\"10.0.0.0/8\" " A "\n", OPTION_EXPIRED, WHOLE, 1, 10),
		T("from=\"10.0.0.0/8\" " A "\n", OPTION_FROM_MISMATCH, WHOLE, 1, 1),
		T("principals=\"x\" " A "\n", OPTION_PRINCIPALS_WITHOUT_CA, WHOLE, 1, 1),
		T("cert-authority " A "\n", OPTION_CERT_AUTHORITY, WHOLE, 1, 1),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
}

static void joined__table(void **state)
{
	static const struct row rows[] = {
		T(B A "\n", LINE_JOINED, WHOLE, 1, 81),
		T(B " bob@laptop" A "\n", LINE_JOINED, WHOLE, 1, 92),
		T(B " bob@laptop " A "\n", LINE_JOINED, WHOLE, 1, 93),
		T(A B "\n", LINE_JOINED, WHOLE, 1, 81),
		T(A " alice" B "\n", NONE, LISTED, 1, 1),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
	run(B " bob" A "\n", sizeof(B " bob" A "\n") - 1);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->what, KA_KEYSCAN_GLUED);
	run(B " bobfrom=\"10.0.0.0/8\" " A "\n", sizeof(B " bobfrom=\"10.0.0.0/8\" " A "\n") - 1);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->what, KA_KEYSCAN_GLUED_OPTIONS);
}

static void damaged__table(void **state)
{
	static const struct row rows[] = {
		T("ssh-ed25519 " A64_HEAD "*" A64_TAIL "\n", LINE_BAD_BASE64, REMAINS, 1, 57),
		T(B "\nssh-ed25519 " A64_HEAD "*LT1EqRGkU7CtG7sA7DzTGQu x\n", LINE_BAD_BASE64, REMAINS, 2, 57),
		T("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH*o6oOJv2e/nXMrxcsq" A64_TAIL "\n", LINE_BAD_BASE64, REMAINS, 1, 39),
		T("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1EqRGkU7CtG7sA7DzTGQ\n", LINE_BAD_BASE64, REMAINS, 1, 0),
		T("ssh-ed25519 " A64_HEAD "\n", KEY_BLOB_TRUNCATED, REMAINS, 1, 0),
		T("ssh-ed25519 " A64_HEAD "\n" B "\n", KEY_BLOB_TRUNCATED, REMAINS, 1, 0),
		T("ssh-ed25519 " A64_HEAD " alice\n", KEY_BLOB_TRUNCATED, REMAINS, 1, 0),
		T(A "AAAA\n", KEY_BLOB_TRAILING, WHOLE, 1, 81),
		T("ssh-ed25519 " A64_HEAD "\0" A64_TAIL "\n", LINE_NUL, REMAINS, 1, 0),
		T("ssh-ed25519 " A64_HEAD NBSP A64_TAIL "\n", LINE_NOT_ASCII, REMAINS, 1, 57),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
	assert_int_equal(scan.hits_count, 1); /* said once, for the key it fits */
}

static void wrapped__table(void **state)
{
	static const struct row rows[] = {
		T("ssh-ed25519 " A64_HEAD "\n" A64_TAIL " alice\n", LINE_WRAPPED, WHOLE, 1, 13),
		T("ssh-ed25519 " A64_HEAD "\r\n  " A64_TAIL "\r\n", LINE_WRAPPED, WHOLE, 1, 13),
		T("ssh-ed25519\n" A64 " alice\n", LINE_WRAPPED, WHOLE, 1, 0),
		T(B "\nssh-ed25519 AAAAC3NzaC1lZDI1\nNTE5AAAAIH5o6oOJv2e/nXMrxcsqmLT1\nEqRGkU7CtG7sA7DzTGQu\n" E "\n", LINE_WRAPPED, WHOLE, 2, 0),
		T("ssh-ed25519 " A64_HEAD "\nmLT1EqRGkU7C\n\n", LINE_WRAPPED, REMAINS, 1, 0),
	};
	static const struct row others[] = {
		NOTHING("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfy\nN5SSUQvF/fmlt/TT8UnGLAwK\n"),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
	check(others, KA_ARRAY_LEN(others));
}

static void wrapped__next_line_after_it__is_read(void **state)
{
	static const char text[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfy\nN5SSUQvF/fmlt/TT8UnGLAwK\n" A "\n";

	(void)state;
	run(text, sizeof(text) - 1);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->fit, KA_KEYSCAN_LISTED);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->line, 3);
	assert_int_equal(scan.damaged, 1);
	assert_int_equal(scan.lines, 3);
}

/* a damaged line is the cause only when it fits, or when nothing else can be meant */
static void damaged__of_somebody_else__is_no_cause(void **state)
{
	static const struct row rows[] = {
		NOTHING("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEC+qX3YGwATnN1XyNfy*SSUQvF/fmlt/TT8UnGLAwK\n"), /* bob's, by its start */
		NOTHING("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI*\n" B "\n"),   /* unreadable, but the file holds another key */
		NOTHING("ssh-ed25519 AAAA*\nssh-ed25519 AAAA*\n"),           /* two of them */
		NOTHING("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB*\n"),          /* another type */
		T("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI*\n", LINE_BAD_BASE64, POSSIBLE, 1, 0),
		T("# c\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\n", KEY_BLOB_TRUNCATED, POSSIBLE, 2, 0),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
	run("ssh-ed25519 AAAA*\n" B "\n", sizeof("ssh-ed25519 AAAA*\n" B "\n") - 1);
	assert_int_equal(scan.hits_count, 1);
	assert_int_equal(scan.hits[0].fit, KA_KEYSCAN_OTHER);
	assert_int_equal(scan.hits[0].offer, UINT32_MAX);
}

static void utf16__all_kinds__are_named(void **state)
{
	static const struct { const char *mark; size_t mark_len; bool big; enum ka_keyscan_what what; } kinds[] = {
		{ "\xff\xfe", 2, false, KA_KEYSCAN_UTF16_MARKED }, { "\xfe\xff", 2, true, KA_KEYSCAN_UTF16_MARKED },
		{ "", 0, false, KA_KEYSCAN_UTF16LE }, { "", 0, true, KA_KEYSCAN_UTF16BE },
	};
	static const char text[] = B "\r\n" A " x\r\n";

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++) {
		char wide[2 * sizeof(text) + 2];
		size_t n = kinds[i].mark_len;
		const struct ka_keyscan_hit *hit;

		memcpy(wide, kinds[i].mark, n);
		for (size_t k = 0; k < sizeof(text) - 1; k++) {
			wide[n++] = kinds[i].big ? '\0' : text[k];
			wide[n++] = kinds[i].big ? text[k] : '\0';
		}
		run(wide, n);
		hit = ka_keyscan_hit(&scan, 0);
		assert_non_null(hit);
		assert_int_equal(hit->reason, KA_REASON_LINE_NOT_ASCII);
		assert_int_equal(hit->what, kinds[i].what);
		assert_int_equal(hit->fit, KA_KEYSCAN_WHOLE);
		assert_int_equal(hit->line, 2);
		assert_int_equal(scan.usable, 0);
	}
}

static const char pkcs8[] = "-----BEGIN PUBLIC KEY-----\n"
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApr2G/BPPqfs6yTskuPAA\nEUgZvyPmd1XKQRZMWANEgb0GYJQ7qXEFejrw1fgHpCeuEp4/0jOGS5Dvbc+uqg0f\n"
	"FVuLIY0Nw4o/9ip54G7IxUnO6W8/l/og9soeOXHbNmqu5uZDWtv+A9MqXkNcr6Vr\nJR5VTwt+po0LVduaU9sc25p5ipArAjFb5HJ069bXOIT/c7Z1dGllsjQefPbe7fKx\n"
	"8rjmxHt3q+pJK2SVVtnSEtdal5116h5QD14yZTJEp+lA6FhrbH4f0NHzbNE5Q/hl\n5TaxG9lqxiUQobMuojk1IJTOMR9z4oogI00YwN4alYzfgwykcoQwcXPGx/oaq1uW\n"
	"bwIDAQAB\n-----END PUBLIC KEY-----\n";
static const char rfc4716[] = "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"256-bit ED25519, \\\nconverted\"\n"
	A64_HEAD "\n" A64_TAIL "\n---- END SSH2 PUBLIC KEY ----\n" B "\n";
static const char openssh_private[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
	"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\nQyNTUxOQAAACB+aOqDib9nv51zK8XLKpi09RKkRpFOwrRu7AOw80xkLgAAAJBqvpUtar6V\n"
	"LQAAAAtzc2gtZWQyNTUxOQAAACB+aOqDib9nv51zK8XLKpi09RKkRpFOwrRu7AOw80xkLg\nAAAECP3oxDd/7b1A3bQzwKppY/AHy2xCNEQWZoW+zDRdI2/X5o6oOJv2e/nXMrxcsqmLT1\n"
	"EqRGkU7CtG7sA7DzTGQuAAAAC2FsaWNlQHdvcmxkAQI=\n-----END OPENSSH PRIVATE KEY-----\n";
static const char encrypted[] = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nJPOaV25hogpWnNMxL5qx\n-----END RSA PRIVATE KEY-----\n";
static const char putty[] = "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nComment: alice\r\nPublic-Lines: 2\r\n" A64_HEAD "\r\n"
	A64_TAIL "\r\nPrivate-Lines: 1\r\nAAAAIGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MDEyMzQ1\r\nPrivate-MAC: 00\r\n" B "\n";

static void armour__private_halves__are_named_and_never_copied(void **state)
{
	const struct row rows[] = {
		{ openssh_private, sizeof(openssh_private) - 1, KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_WHOLE, 1, 1 },
		{ putty, sizeof(putty) - 1, KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_WHOLE, 1, 1 },
		{ encrypted, sizeof(encrypted) - 1, KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_POSSIBLE, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		check(&rows[i], 1);
		assert_string_equal(ka_keyscan_hit(&scan, 0)->detail, "");
		for (const uint8_t *p = (const uint8_t *)&work; p < (const uint8_t *)(&work + 1) - 12; p++)
			assert_memory_not_equal(p, "AAAECP3oxDd/", 12);
	}
	run(putty, sizeof(putty) - 1);
	assert_int_equal(scan.usable, 1); /* the line behind the block */
}

static void armour__public_key_of_another_format__is_named(void **state)
{
	const struct row row = { rfc4716, sizeof(rfc4716) - 1, KA_REASON_LINE_FOREIGN_FORMAT, KA_KEYSCAN_WHOLE, 1, 1 };
	const struct row nobody = { pkcs8, sizeof(pkcs8) - 1, KA_REASON_NONE, NO_HIT, 0, 0 };

	(void)state;
	check(&row, 1);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->what, KA_KEYSCAN_RFC4716);
	assert_int_equal(scan.usable, 1);
	check(&nobody, 1);
}

static void rsa__everything_that_differs__is_seen(void **state)
{
	const struct row rows[] = {
		T(R "\n", NONE, LISTED, 1, 1),
		T("rsa-sha2-512 " R64_1 R64_2 "\n", NONE, LISTED, 1, 1),
		T("ssh-rsa " R64_1 "\n" R64_2 "\n", LINE_WRAPPED, WHOLE, 1, 9),
		T("ssh-rsa " R64_1 "\n", KEY_BLOB_TRUNCATED, REMAINS, 1, 0),
		{ pkcs8, sizeof(pkcs8) - 1, KA_REASON_LINE_FOREIGN_FORMAT, KA_KEYSCAN_WHOLE, 1, 1 },
		NOTHING(A "\n"),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
}

/* "redundant leading zeros in an RSA number: normalised, same fingerprint" */
static void rsa__leading_zero_in_a_number__is_the_same_key(void **state)
{
	struct ka_span own = { offers[0].blob, offers[0].blob_len };
	uint8_t blob[600];

	(void)state;
	memcpy(blob, own.p, 11);                            /* "ssh-rsa" */
	memcpy(blob + 11, "\0\0\0\4\0\1\0\1", 8);           /* e = 65537 with a zero too many */
	memcpy(blob + 19, own.p + 18, own.len - 18);
	assert_true(ka_keyscan_is_offer(&offers[0], (struct ka_span){ blob, own.len + 1 }));
	blob[18] = 3;
	assert_false(ka_keyscan_is_offer(&offers[0], (struct ka_span){ blob, own.len + 1 }));
}

static void offers__several__each_has_its_own_hit(void **state)
{
	static const char text[] = "# " A "\nfrom=\"10.0.0.0/8\" " B "\n" E "\n";

	(void)state;
	offers_count = 0;
	offer("ssh-ed25519", A64);
	offer("ssh-ed25519", B64);
	offer("ecdsa-sha2-nistp256", E64);
	offer("ssh-rsa", R64_1 R64_2);
	run(text, sizeof(text) - 1);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->reason, KA_REASON_LINE_COMMENTED_OUT);
	assert_int_equal(ka_keyscan_hit(&scan, 1)->reason, KA_REASON_OPTION_FROM_MISMATCH);
	assert_string_equal(ka_keyscan_hit(&scan, 1)->detail, "10.0.0.0/8");
	assert_int_equal(ka_keyscan_hit(&scan, 2)->fit, KA_KEYSCAN_LISTED);
	assert_null(ka_keyscan_hit(&scan, 3));
	assert_int_equal(scan.usable, 2);
}

static void offers__only_a_fingerprint__is_enough(void **state)
{
	struct ka_offer o = { .type = "ssh-ed25519" };
	static const char text[] = B "\n" A "\n";

	(void)state;
	memcpy(o.fp, offers[0].fp, sizeof(o.fp));
	offers_count = 0;
	ka_keyscan_offer(&o, &offers[offers_count++]);
	run(text, sizeof(text) - 1);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->fit, KA_KEYSCAN_LISTED);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->line, 2);
}

static void offers__only_a_fingerprint__finds_hidden_keys_too(void **state)
{
	static const struct row rows[] = {
		T("# " A "\n", LINE_COMMENTED_OUT, COMMENTED, 1, 0),
		T("ssh-ed25519 " A64_HEAD "\n" A64_TAIL "\n", LINE_WRAPPED, WHOLE, 1, 13),
		T("ssh-rsa " A64 " x\n", KEY_TYPE_MISMATCH, WHOLE, 1, 1),
		T(B " bob" A "\n", LINE_JOINED, WHOLE, 1, 0),
		T("no-pty, no-X11-forwarding " A "\n", OPTION_BAD_QUOTING, WHOLE, 1, 8),
		NOTHING("# " B "\nssh-ed25519 " A64_HEAD "\n"),
	};
	struct ka_offer o = { .type = "" };

	(void)state;
	memcpy(o.fp, offers[0].fp, sizeof(o.fp));
	offers_count = 0;
	ka_keyscan_offer(&o, &offers[offers_count++]);
	check(rows, KA_ARRAY_LEN(rows));
}

static void address__unknown__from_is_not_judged(void **state)
{
	static const char text[] = "from=\"10.0.0.0/8\" " A "\n";

	(void)state;
	address = "";
	run(text, sizeof(text) - 1);
	address = "192.0.2.7";
	assert_int_equal(ka_keyscan_hit(&scan, 0)->fit, KA_KEYSCAN_LISTED);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->what, KA_KEYSCAN_FROM_UNJUDGED);
	assert_string_equal(ka_keyscan_hit(&scan, 0)->detail, "10.0.0.0/8");
}

static void long_lines__are_no_cause(void **state)
{
	size_t n = 5 * 1024 * 1024, len;
	char *text = malloc(n + 1024);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', n);
	text[0] = '#';
	len = n + (size_t)snprintf(text + n, 1024, "\ncommand=\"%0500d\" " A "\n", 1);
	run(text, len);
	free(text);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->fit, KA_KEYSCAN_LISTED);
	assert_int_equal(ka_keyscan_hit(&scan, 0)->line, 2);
}

/* every flipped byte and every cut of a file: no crash, in bounds, and never a claim that a damaged key is listed */
static void mutations__of_a_file__never_list_a_damaged_key(void **state)
{
	static const char text[] = "# c\nrestrict,from=\"192.0.2.0/24\" " A " x\nssh-ed25519 AAAAC3NzaC1lZDI1\nNTE5AAAAIH5o6oOJ\n" B "\n";
	char copy[sizeof(text)];

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		for (int bit = 0; bit < 9; bit++) {
			memcpy(copy, text, sizeof(text));
			copy[i] = (char)(bit < 8 ? (unsigned char)copy[i] ^ (1u << bit) : 0u);
			run(copy, sizeof(text) - 1);
			if (ka_keyscan_hit(&scan, 0) != NULL && ka_keyscan_hit(&scan, 0)->fit == KA_KEYSCAN_LISTED)
				if (memmem(copy, sizeof(text) - 1, A64, sizeof(A64) - 1) == NULL)
					fail_msg("byte %zu bit %d", i, bit);
		}
	for (size_t n = 0; n < sizeof(text); n++)
		run(text, n);
}

static void check__foreign_struct__is_refused(void **state)
{
	(void)state;
	run(A "\n", sizeof(A "\n") - 1);
	scan.hits[0].reason = KA_REASON_COUNT;
	assert_false(ka_keyscan_check(&scan, 1));
	scan.hits[0].reason = 1;
	assert_true(ka_keyscan_check(&scan, 1));
	scan.hits[0].offer = 1;
	assert_false(ka_keyscan_check(&scan, 1));
	scan.hits[0].offer = 0;
	memset(scan.hits[0].detail, 'x', sizeof(scan.hits[0].detail));
	assert_false(ka_keyscan_check(&scan, 1));
	scan.hits[0].detail[0] = '\0';
	scan.hits[0].fit = 6;
	assert_false(ka_keyscan_check(&scan, 1));
	scan.hits[0].fit = 0;
	scan.hits[0].what = KA_KEYSCAN_WHAT_COUNT;
	assert_false(ka_keyscan_check(&scan, 1));
	scan.hits_count = KA_DIAG_HITS_MAX + 1;
	assert_false(ka_keyscan_check(&scan, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_offer__other_spelling__same_key),
		cmocka_unit_test(remains__other_length_inside__known_by_the_number),
		cmocka_unit_test(no_key_at_all__only_line_of_that_type__possible),
		cmocka_unit_test(bits__of_an_offer__zero_when_unknown),
		cmocka_unit_test_setup(fine__table, offer_alice),
		cmocka_unit_test_setup(not_there__table, offer_alice),
		cmocka_unit_test_setup(hidden__table, offer_alice),
		cmocka_unit_test_setup(joined__table, offer_alice),
		cmocka_unit_test_setup(damaged__table, offer_alice),
		cmocka_unit_test_setup(wrapped__table, offer_alice),
		cmocka_unit_test_setup(wrapped__next_line_after_it__is_read, offer_alice),
		cmocka_unit_test_setup(damaged__of_somebody_else__is_no_cause, offer_alice),
		cmocka_unit_test_setup(utf16__all_kinds__are_named, offer_alice),
		cmocka_unit_test_setup(armour__private_halves__are_named_and_never_copied, offer_alice),
		cmocka_unit_test_setup(armour__public_key_of_another_format__is_named, offer_alice),
		cmocka_unit_test_setup(rsa__everything_that_differs__is_seen, offer_rsa),
		cmocka_unit_test_setup(rsa__leading_zero_in_a_number__is_the_same_key, offer_rsa),
		cmocka_unit_test_setup(offers__several__each_has_its_own_hit, offer_alice),
		cmocka_unit_test_setup(offers__only_a_fingerprint__is_enough, offer_alice),
		cmocka_unit_test_setup(offers__only_a_fingerprint__finds_hidden_keys_too, offer_alice),
		cmocka_unit_test_setup(address__unknown__from_is_not_judged, offer_alice),
		cmocka_unit_test_setup(long_lines__are_no_cause, offer_alice),
		cmocka_unit_test_setup(mutations__of_a_file__never_list_a_damaged_key, offer_alice),
		cmocka_unit_test_setup(check__foreign_struct__is_refused, offer_alice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
