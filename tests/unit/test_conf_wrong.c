/* conf: every error with its exact message, limits, and hostile bytes. */
#include "conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/paths.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static const struct {
	const char *text, *error;
} wrong[] = {
	/* lines */
	{ "rubbish\n", "f:1: is neither \"[section]\" nor \"key = value\" nor a comment: \"rubbish\"" },
	{ "\n\n[policy\n", "f:3: has no ] at the end of the section: \"[policy\"" },
	{ "[policy] x\n", "f:1: has text behind the section: \" x\"" },
	{ "[]\n", "f:1: names no section: \"[]\"" },
	{ "[source a b]\n", "f:1: has too many words in the section: \"[source a b]\"" },
	{ "[policy]\n  types = x\n", "f:2: begins with a blank; lines are not indented and not continued: \"types = x\"" },
	{ "[policy]\n = x\n", "f:2: begins with a blank; lines are not indented and not continued: \"= x\"" },
	{ "[policy]\n= x\n", "f:2: has no key before \"=\": \"= x\"" },
	{ "[policy]\r\n", "f:1: ends in CR LF; save the file with Unix line ends" },
	{ "# \x1b[2J\n", "f:1: holds a control or invisible character: \"\\x1b\"" },
	{ "# \xe2\x80\xae\n", "f:1: holds a control or invisible character: \"\\xe2\\x80\\xae\"" },
	{ "# \xff\n", "f:1: is not UTF-8: \"\\xff\"" },
	{ "# caf\xe9 x\n", "f:1: is not UTF-8: \"\\xe9 x\"" },
	{ "\xef\xbb\xbf[policy]\n", "f:1: begins with a byte order mark; save the file as UTF-8 without BOM" },
	/* sections */
	{ "[polcy]\n", "f:1: unknown section \"polcy\"; did you mean \"policy\"?" },
	{ "[Policy]\n", "f:1: unknown section \"Policy\"; did you mean \"policy\"?" },
	{ "[metrics]\n", "f:1: unknown section \"metrics\"" },
	{ "[policy x]\n", "f:1: [policy] takes no name: \"x\"" },
	{ "[source]\n", "f:1: [source] needs a name: [source NAME]" },
	{ "[source a:b]\n", "f:1: \"a:b\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	{ "[source -a]\n", "f:1: \"-a\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	{ "[source a\x22;]\n", "f:1: \"a\\x22;\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	/* keys */
	{ "types = x\n", "f:1: key \"types\" stands before the first [section]" },
	{ "[policy]\nrsa_min_bit = 1\n", "f:2: unknown key \"rsa_min_bit\" in [policy]; did you mean \"rsa_min_bits\"?" },
	{ "[policy]\nsources = x\n", "f:2: unknown key \"sources\" in [policy]; it belongs into [lookup]" },
	{ "[source a]\npaht = x\n", "f:2: unknown key \"paht\" in [source a]; did you mean \"path\"?" },
	{ "[sshd]\nrsa_min_bit = 1\n",
	  "f:2: unknown key \"rsa_min_bit\" in [sshd]; did you mean \"rsa_min_bits\"? (that is in [policy])" },
	{ "[audit]\ncolour = x\n", "f:2: unknown key \"colour\" in [audit]" },
	{ "[audit]\n\\x = x\n", "f:2: unknown key \"\\x5cx\" in [audit]" },
	{ "[policy]\nrevoked = /x\n", "f:2: key \"revoked\" in [policy] is not supported by this release" },
	{ "[policy]\nblocklist = /x\n", "f:2: key \"blocklist\" in [policy] is not supported by this release" },
	{ "[policy]\nprofile = x\n", "f:2: key \"profile\" in [policy] is not supported by this release" },
	{ "[source a]\nprofile = x\n", "f:2: key \"profile\" in [source a] is not supported by this release" },
	{ "[policy]\nurl = x\n", "f:2: unknown key \"url\" in [policy]; it belongs into [source]" },
	{ "[source a]\nclient_crt = x\n", "f:2: unknown key \"client_crt\" in [source a]; did you mean \"client_cert\"?" },
	{ "[audit]\nflood_limit = 1\nflood_limit = 1\n",
	  "f:3: key \"flood_limit\" in [audit] stands in this file twice; first in line 2" },
	{ "[audit]\nflood_limit = 1\n[policy]\n[audit]\nflood_limit = 1\n",
	  "f:5: key \"flood_limit\" in [audit] stands in this file twice; first in line 2" },
	{ "[source a]\npath = /a\n[source b]\npath = /b\n[source a]\npath = /c\n",
	  "f:6: key \"path\" in [source a] stands in this file twice; first in line 2" },
	/* values */
	{ "[audit]\nflood_limit =\n", "f:2: flood_limit: has no value" },
	{ "[audit]\ntrail =\n", "f:2: trail: has no value" },
	{ "[policy]\ntypes =\n", "f:2: types: has no value" },
	{ "[lookup]\nsources =\n", "f:2: sources: has no value" },
	{ "[audit]\nflood_limit = 1 # x\n", "f:2: flood_limit: no comment may stand behind a value: \"# x\"" },
	{ "[policy]\nsk_application = ssh:* ; x\n", "f:2: sk_application: no comment may stand behind a value: \"; x\"" },
	{ "[audit]\ntrail = \"/x\"\n", "f:2: trail: \"\\x22/x\\x22\" begins with a quote; values stand without quotes" },
	{ "[audit]\nflood_limit = -1\n", "f:2: flood_limit: \"-1\" is not a number from 0 to 1000000" },
	{ "[policy]\nrsa_min_bits = 1023\n", "f:2: rsa_min_bits: \"1023\" is not a number from 1024 to 16384" },
	{ "[policy]\nrsa_max_bits = 16385\n", "f:2: rsa_max_bits: \"16385\" is not a number from 1024 to 16384" },
	{ "[policy]\nrsa_max_bits = 99999999999999999999999\n",
	  "f:2: rsa_max_bits: \"99999999999999999999999\" is not a number from 1024 to 16384" },
	{ "[policy]\nrsa_max_bits = 0x1000\n", "f:2: rsa_max_bits: \"0x1000\" is not a number from 1024 to 16384" },
	{ "[audit]\nmin_free = 64\n", "f:2: min_free: \"64\" is not a size such as 64MiB or 1GiB" },
	{ "[audit]\nmin_free = 64MB\n", "f:2: min_free: \"64MB\" is not a size such as 64MiB or 1GiB" },
	{ "[audit]\nmin_free = MiB\n", "f:2: min_free: \"MiB\" is not a size from 0MiB to 1048576MiB" },
	{ "[audit]\nmin_free = 1025GiB\n", "f:2: min_free: \"1025GiB\" is not a size from 0MiB to 1048576MiB" },
	{ "[source a]\ntype = fiel\n", "f:2: type: \"fiel\" is not one of file, command, http; did you mean \"file\"?" },
	/* times */
	{ "[lookup]\ndeadline = 5\n", "f:2: deadline: \"5\" is not a time such as 2500ms or 20s" },
	{ "[lookup]\ndeadline = 5 s\n", "f:2: deadline: \"5 s\" is not a time such as 2500ms or 20s" },
	{ "[lookup]\ndeadline = -5s\n", "f:2: deadline: \"-5s\" is not a time such as 2500ms or 20s" },
	{ "[lookup]\ndeadline = 1.5s\n", "f:2: deadline: \"1.5s\" is not a time such as 2500ms or 20s" },
	{ "[lookup]\ndeadline = s\n", "f:2: deadline: \"s\" is not a time from 100ms to 30s" },
	{ "[lookup]\ndeadline = 0\n", "f:2: deadline: \"0\" is not a time from 100ms to 30s" },
	{ "[lookup]\ndeadline = 31s\n", "f:2: deadline: \"31s\" is not a time from 100ms to 30s" },
	{ "[lookup]\ndeadline = 2h\n", "f:2: deadline: \"2h\" is not a time from 100ms to 30s" },
	{ "[source a]\nmax_age = 2500ms\n", "f:2: max_age: \"2500ms\" is not a time such as 5m or 24h" },
	{ "[source a]\nmax_age = 25h\n", "f:2: max_age: \"25h\" is not a time from 1s to 24h" },
	{ "[source a]\nmax_stale = 31d\n", "f:2: max_stale: \"31d\" is not a time from 0s to 720h" },
	/* sources over HTTP: words */
	{ "[source a]\nformat = xml\n", "f:2: format: \"xml\" is not one of signed, lines, json" },
	{ "[source a]\ntls_min = 1.1\n", "f:2: tls_min: \"1.1\" is not one of 1.2, 1.3; did you mean \"1.2\"?" },
	{ "[source a]\nfetch = on_miss\n", "f:2: fetch: \"on_miss\" is not one of on-miss, timer; did you mean \"on-miss\"?" },
	{ "[source a]\nmethod = get\n", "f:2: method: \"get\" is not one of GET, POST; did you mean \"GET\"?" },
	{ "[source a]\nmirrors = any\n", "f:2: mirrors: \"any\" is not one of order, random" },
	{ "[source a]\nstale_on = refused\n", "f:2: stale_on: \"refused\" is not one of unavailable, unavailable refused" },
	{ "[source a]\nsk_verify_required = true\n", "f:2: sk_verify_required: \"true\" is not one of no, yes" },
	{ "[source a]\nexpires_unit = ms\n", "f:2: expires_unit: \"ms\" is not one of rfc3339, date, unix, unix_us" },
	{ "[source a]\nthreshold = 17\n", "f:2: threshold: \"17\" is not a number from 1 to 16" },
	{ "[source a]\nthreshold = 0\n", "f:2: threshold: \"0\" is not a number from 1 to 16" },
	{ "[source a]\nmax_pages = 101\n", "f:2: max_pages: \"101\" is not a number from 1 to 100" },
	/* commands */
	{ "[source a]\ncommand =\n", "f:2: command: has no value" },
	{ "[source a]\ncommand = cmd %u\n", "f:2: command: \"cmd\" is not an absolute path" },
	{ "[source a]\ncommand = /usr/bin/%u\n", "f:2: command: \"/usr/bin/%u\" has a % in it; nothing is expanded here" },
	{ "[source a]\ncommand = /usr/../bin/x\n", "f:2: command: \"/usr/../bin/x\" has a \".\" or \"..\" in it" },
	{ "[source a]\ncommand = /usr/bin/x %n\n", "f:2: command: \"%n\" has a % that is not %u, %U, %h, %t, %k, %f or %%" },
	{ "[source a]\ncommand = /usr/bin/x a%\n", "f:2: command: \"a%\" has a % that is not %u, %U, %h, %t, %k, %f or %%" },
	{ "[source a]\ncommand = /usr/bin/x 'a b'\n",
	  "f:2: command: \"'a\" has a quote in it; there is no shell, words are divided by blanks and nothing else" },
	{ "[source a]\ncommand = /usr/bin/x -m \"a\"\n",
	  "f:2: command: \"\\x22a\\x22\" has a quote in it; there is no shell, words are divided by blanks and nothing else" },
	{ "[source a]\ncommand = /usr/bin/x # y\n", "f:2: command: no comment may stand behind a value: \"# y\"" },
	{ "[source a]\ndeadline = 61s\n", "f:2: deadline: \"61s\" is not a time from 100ms to 1m" },
	/* URLs; the rest is in test_confurl.c */
	{ "[source a]\nurl =\n", "f:2: url: has no value" },
	{ "[source a]\nurl = https://u:p@h/%u\n",
	  "f:2: url: \"https://u:p@h/%u\" has a user or password in it; URLs end up in logs, secrets belong into token_file" },
	{ "[source a]\nurl = https://h/%u ftp://h/%u\n", "f:2: url: \"ftp://h/%u\" begins neither with https:// nor with unix:/" },
	{ "[source a]\nurl = https://h/%h\n", "f:2: url: \"https://h/%h\" has a % that is not %u, %n, %f, %k or %% (%2F is written %%2F)" },
	{ "[source a]\nurl = https://h/%u%\n", "f:2: url: \"https://h/%u%\" has a % that is not %u, %n, %f, %k or %% (%2F is written %%2F)" },
	{ "[source a]\nurl = https://h/%b(%u)\n", "f:2: url: \"https://h/%b(%u)\" has a % that is not %u, %n, %f, %k or %% (%2F is written %%2F)" },
	{ "[source a]\nurl = https://h/%u https://h/%u\n", "f:2: url: \"https://h/%u\" stands there twice" },
	{ "[source a]\nurl = https://a/%u https://b/%u https://c/%u https://d/%u https://e/%u https://f/%u https://g/%u https://h/%u https://i/%u\n",
	  "f:2: url: more than 8 words" },
	{ "[source a]\nrevoked_url = https://h/%u\n",
	  "f:2: revoked_url: \"https://h/%u\" has a % that is not %n or %%; it is one for all users (%2F is written %%2F)" },
	{ "[source a]\nindex_url = https://h/%f\n",
	  "f:2: index_url: \"https://h/%f\" has a % that is not %n or %%; it is one for all users (%2F is written %%2F)" },
	/* the request */
	{ "[source a]\nheaders = X-A\n", "f:2: headers: \"X-A\" is not of the form \"Name: value\", or several of them with | between" },
	{ "[source a]\nheaders = X-A:\n", "f:2: headers: \"X-A:\" is not of the form \"Name: value\", or several of them with | between" },
	{ "[source a]\nheaders = X A: b\n", "f:2: headers: \"X A: b\" is not of the form \"Name: value\", or several of them with | between" },
	{ "[source a]\nheaders = X-A: b |\n", "f:2: headers: \"\" is not of the form \"Name: value\", or several of them with | between" },
	{ "[source a]\nheaders = X-A: b | Host: evil\n", "f:2: headers: \"Host: evil\" is a header that keyaudit sets itself" },
	{ "[source a]\nheaders = IF-NONE-MATCH: *\n", "f:2: headers: \"IF-NONE-MATCH: *\" is a header that keyaudit sets itself" },
	{ "[source a]\nheaders = X-Vault-Token: s.1\n",
	  "f:2: headers: \"X-Vault-Token: s.1\" would show a secret to everybody; put the value into token_file and the name into token_header" },
	{ "[source a]\nheaders = authorization: Basic x\n",
	  "f:2: headers: \"authorization: Basic x\" would show a secret to everybody; put the value into token_file and the name into token_header" },
	{ "[source a]\nheaders = X-A: %b(x)\n", "f:2: headers: \"X-A: %b(x)\" has a % that is not %u, %n, %f, %k or %%" },
	{ "[source a]\nheaders = X-A: \xc3\xa4\n", "f:2: headers: \"X-A: \xc3\xa4\" holds something else than ASCII characters" },
	{ "[source a]\ntoken_header = X-Vault-Token:\n", "f:2: token_header: \"X-Vault-Token:\" is neither NAME nor NAME: WORD" },
	{ "[source a]\ntoken_header = X A\n", "f:2: token_header: \"X A\" is neither NAME nor NAME: WORD" },
	{ "[source a]\ntoken_header = Authorization: a b\n", "f:2: token_header: \"Authorization: a b\" is neither NAME nor NAME: WORD" },
	{ "[source a]\ntoken_header = Host\n", "f:2: token_header: \"Host\" is a header that keyaudit sets itself" },
	{ "[source a]\nbody = %b\n", "f:2: body: \"%b\" has a % that is not %u, %n, %f, %k, %b(TEXT) or %%" },
	{ "[source a]\nbody = %b(%u\n", "f:2: body: \"%b(%u\" has a % that is not %u, %n, %f, %k, %b(TEXT) or %%" },
	{ "[source a]\nbody = %b(%b(x))\n", "f:2: body: \"%b(%b(x))\" has a % that is not %u, %n, %f, %k, %b(TEXT) or %%" },
	{ "[source a]\nbody = %x\n", "f:2: body: \"%x\" has a % that is not %u, %n, %f, %k, %b(TEXT) or %%" },
	{ "[source a]\naccept = %u\n", "f:2: accept: \"%u\" has a % in it; nothing is expanded here" },
	{ "[source a]\nline_prefix = %n:\n", "f:2: line_prefix: \"%n:\" has a % that is not %u or %%" },
	{ "[source a]\nhost_id = a/b\n", "f:2: host_id: \"a/b\" is not the name of one host (letters, digits, . _ -)" },
	{ "[source a]\nhost_id = a b\n", "f:2: host_id: \"a b\" is not the name of one host (letters, digits, . _ -)" },
	{ "[source a]\nproxy = proxy:3128\n",
	  "f:2: proxy: \"proxy:3128\" is not http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT" },
	{ "[source a]\nproxy = http://u:p@h:1\n",
	  "f:2: proxy: \"http://u:p@h:1\" has a user or password in it; URLs end up in logs, secrets belong into token_file" },
	{ "[source a]\nproxy = http://h:1/x\n", "f:2: proxy: \"http://h:1/x\" has a port that is not a number from 1 to 65535" },
	{ "[source a]\nunix_socket = run/x\n", "f:2: unix_socket: \"run/x\" is not an absolute path" },
	{ "[source a]\nsigners = /etc/%u\n", "f:2: signers: \"/etc/%u\" has a % in it; nothing is expanded here" },
	{ "[source a]\nca_file = ca.pem\n", "f:2: ca_file: \"ca.pem\" is not an absolute path" },
	{ "[source a]\npins = sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	  "f:2: pins: needs at least 2, one of them for the key that comes next" },
	{ "[source a]\npins = sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= x\n",
	  "f:2: pins: \"x\" is not sha256// and 44 characters of base64" },
	{ "[source a]\npins = sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	  "f:2: pins: \"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\" is not sha256// and 44 characters of base64" },
	/* the answer */
	{ "[source a]\nnot_found = 200\n", "f:2: not_found: \"200\" is not a status from 400 to 499" },
	{ "[source a]\nnot_found = 404 4x4\n", "f:2: not_found: \"4x4\" is not a status from 400 to 499" },
	{ "[source a]\nnot_found = 0404\n", "f:2: not_found: \"0404\" is not a status from 400 to 499" },
	{ "[source a]\nnot_found = 404 401\n", "f:2: not_found: \"401\" never means that there is no such user" },
	{ "[source a]\nusers = ldap\n", "f:2: users: \"ldap\" is neither passwd nor index nor an absolute path" },
	{ "[source a]\nitems = .a b\n", "f:2: items: \".a b\" is no path; one looks like .data.keys[*] or $.meta.version" },
	{ "[source a]\nkey = [\n", "f:2: key: \"[\" has a [ that is not closed" },
	{ "[source a]\nwhere = a = 1\n", "f:2: where: \"a = 1\" has a condition without == or !=" },
	{ "[source a]\nowner = rot\n", "f:2: owner: \"rot\" is not one of root, user; did you mean \"root\"?" },
	{ "[sshd]\nstrict_modes = no\n", "f:2: strict_modes: \"no\" is not one of auto, upstream, debian" },
	{ "[audit]\nsshd_log = log\n", "f:2: sshd_log: \"log\" is neither journal nor none nor an absolute path" },
	{ "[audit]\nsinks = trial\n", "f:2: sinks: \"trial\" is not one of trail, syslog; did you mean \"trail\"?" },
	{ "[audit]\nsinks = journal\n", "f:2: sinks: \"journal\" is not supported by this release; trail and syslog are" },
	{ "[audit]\nsinks = trail trail\n", "f:2: sinks: \"trail\" stands there twice" },
	{ "[audit]\nsinks = a b c\n", "f:2: sinks: more than 2 words" },
	{ "[policy]\ntypes = a b a\n", "f:2: types: \"a\" stands there twice" },
	{ "[policy]\nenforce_exempt = ../x\n", "f:2: enforce_exempt: \"../x\" is not a user name" },
	{ "[lookup]\nsources = a,b\n",
	  "f:2: sources: \"a,b\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	/* paths */
	{ "[audit]\ntrail = x\n", "f:2: trail: \"x\" is not an absolute path" },
	{ "[audit]\ntrail = /a/../b\n", "f:2: trail: \"/a/../b\" has a \".\" or \"..\" in it" },
	{ "[audit]\ntrail = /a//b\n", "f:2: trail: \"/a//b\" has \"//\" in it" },
	{ "[audit]\ntrail = /a/\n", "f:2: trail: \"/a/\" is not the path of one file" },
	{ "[audit]\ntrail = /a /b\n", "f:2: trail: \"/a /b\" is not the path of one file" },
	{ "[audit]\ntrail = /a/%u\n", "f:2: trail: \"/a/%u\" has a % in it; nothing is expanded here" },
	{ "[source a]\npath = keys\n", "f:2: path: \"keys\" is not an absolute path" },
	{ "[source a]\npath = ~/x\n", "f:2: path: \"~/x\" begins with ~; write %h for the user's home" },
	{ "[source a]\npath = /a/%x\n", "f:2: path: \"/a/%x\" has a % that is not %u, %U or %h" },
	{ "[source a]\npath = /a/%\n", "f:2: path: \"/a/%\" has a % that is not %u, %U or %h" },
	{ "[source a]\npath = /a/%h\n", "f:2: path: \"/a/%h\" has %h behind its beginning; a home is an absolute path" },
	{ "[source a]\npath = /a/../%u\n", "f:2: path: \"/a/../%u\" has a \".\" or \"..\" in it" },
	/* reasons */
	{ "[policy]\nseverity.key.rsa-e-smal = warn\n",
	  "f:2: \"severity.key.rsa-e-smal\": unknown reason \"key.rsa-e-smal\"; did you mean \"key.rsa-e-small\"?" },
	{ "[policy]\nseverity. = warn\n", "f:2: \"severity.\": unknown reason \"\"" },
	{ "[policy]\nseverity.key.mpint-zero = warn\n",
	  "f:2: \"severity.key.mpint-zero\": is locked: such a key is always refused" },
	{ "[policy]\nseverity.key.rsa-roca = reject\n",
	  "f:2: \"severity.key.rsa-roca\": is locked: such a key is always refused" },
	{ "[policy]\nseverity.perm.group-writable = warn\n",
	  "f:2: \"severity.perm.group-writable\": is no vetting reason, so it has no severity" },
	{ "[policy]\nseverity.key.rsa-small-d = warn\n", "f:2: \"severity.key.rsa-small-d\": is not supported by this release" },
	{ "[policy]\nseverity.key.rsa-e-small = wran\n",
	  "f:2: \"severity.key.rsa-e-small\": \"wran\" is not one of off, warn, reject; did you mean \"warn\"?" },
	{ "[audit]\nlevel.key.not-listed = loud\n",
	  "f:2: \"level.key.not-listed\": \"loud\" is not one of info, notice, warning, alert" },
	{ "[policy]\nseverity.key.rsa-e-small = off\nseverity.key.rsa-e-small = off\n",
	  "f:3: key \"severity.key.rsa-e-small\" in [policy] stands in this file twice; first in line 2" },
};

static void read__wrong__says_exactly_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++) {
		assert_string_equal(confsample_first_error(wrong[i].text), wrong[i].error);
		assert_int_equal(confsample_errors.count, 1);
	}
}

static void read__wrong_value__changes_nothing(void **state)
{
	(void)state;
	assert_string_not_equal(confsample_first_error("[audit]\nflood_limit = x\nmin_free = 7\ntrail = x\nsinks = x\n"
						       "sshd_log = x\n[sshd]\nstrict_modes = x\n[policy]\ntypes = a a\nrsa_min_bits = 7\n"),
				"");
	assert_int_equal(confsample_errors.count, 8);
	assert_int_equal(confsample.flood_limit, 10);
	assert_int_equal(confsample.min_free_mib, 64);
	assert_string_equal(confsample.trail, KA_PATH_TRAIL);
	assert_true(confsample.sink_trail && confsample.sink_syslog);
	assert_int_equal(confsample.sshd_log, KA_CONF_LOG_JOURNAL);
	assert_int_equal(confsample.rsa_min_bits, 2048);
	assert_int_equal(confsample.at[KA_CONF_KEY_FLOOD_LIMIT].line, 0);
}

static void read__unknown_section__names_it_once_and_skips_its_keys(void **state)
{
	(void)state;
	assert_string_equal(confsample_first_error("[nope]\na = b\nc = d\n[audit]\nflood_limit = 3\n"),
			    "f:1: unknown section \"nope\"");
	assert_int_equal(confsample_errors.count, 1);
	assert_int_equal(confsample.flood_limit, 3);
}

static void read__nul_byte__is_an_error_wherever_it_is(void **state)
{
	(void)state;
	confsample_begin();
	confsample_bytes("f", "[audit]\nflood_limit = 1\0\n# a\0b\n", 31);
	assert_int_equal(confsample_errors.count, 2);
	assert_string_equal(confsample_errors.first, "f:2: holds a NUL byte");
	assert_int_equal(confsample.flood_limit, 10);
}

static void read__limits__hold_to_the_byte(void **state)
{
	size_t size = KA_CONF_FILE_MAX + 1;
	char *text = test_malloc(size + 1);

	(void)state;
	memset(text, '#', size);
	for (size_t i = 1000; i < size; i += 1000)
		text[i] = '\n';
	confsample_begin();
	confsample_bytes("f", text, KA_CONF_FILE_MAX);
	assert_int_equal(confsample_errors.count, 0);
	confsample_bytes("f", text, size);
	assert_string_equal(confsample_errors.first, "f:1: the file is larger than 64 KiB");
	memset(text, '#', size);
	confsample_begin();
	text[KA_CONF_LINE_MAX] = '\n';
	confsample_bytes("f", text, KA_CONF_LINE_MAX + 1);
	assert_int_equal(confsample_errors.count, 0);
	confsample_bytes("f", text, KA_CONF_LINE_MAX);
	assert_int_equal(confsample_errors.count, 0);
	text[KA_CONF_LINE_MAX] = '#';
	confsample_bytes("f", text, KA_CONF_LINE_MAX + 1);
	assert_string_equal(confsample_errors.first, "f:1: is longer than 8192 bytes");
	test_free(text);
}

static void read__long_value__fits_or_is_refused(void **state)
{
	char text[2048] = "[audit]\ntrail = /";
	size_t n = strlen(text);

	(void)state;
	memset(text + n, 'a', KA_CONF_TEXT_MAX - 2);
	memcpy(text + n + KA_CONF_TEXT_MAX - 2, "\n", 2);
	assert_string_equal(confsample_first_error(text), "");
	assert_int_equal(strlen(confsample.trail), KA_CONF_TEXT_MAX - 1);
	memcpy(text + n + KA_CONF_TEXT_MAX - 2, "a\n", 3);
	assert_string_equal(confsample_first_error(text), "f:2: trail: the value is longer than 1023 bytes");
	memset(text + n, 'a', KA_CONF_TEXT_MAX + 20);
	memcpy(text + n + KA_CONF_TEXT_MAX + 20, "\n", 2);
	memcpy(text, "[source a]\npath= /", 18);
	assert_string_equal(confsample_first_error(text), "f:2: path: the value is longer than 1023 bytes");
	memcpy(text, "[policy]\ntypes = a", 18);
	assert_string_equal(confsample_first_error(text), "f:2: types: the value is longer than 1023 bytes");
	memcpy(text, "[policy]\nforce_options=a", 24);
	assert_string_equal(confsample_first_error(text), "f:2: force_options: the value is longer than 1023 bytes");
}

static void read__too_many__is_an_error_by_name(void **state)
{
	static char text[8192];
	char *end;

	(void)state;
	confsample_begin();
	for (unsigned i = 0; i < KA_SOURCES_MAX + 1u; i++) {
		(void)snprintf(text, sizeof(text), "[source s%u]\ntype = file\npath = /x\n", i);
		confsample_file("f", text);
	}
	assert_int_equal(confsample_errors.count, 1);
	assert_string_equal(confsample_errors.first, "f:1: more than 16 sources");
	confsample_begin();
	for (unsigned i = 0; i < KA_CONF_FILES_MAX + 1u; i++)
		confsample_file("name", "");
	assert_string_equal(confsample_errors.first, "name:1: more than 64 configuration files");
	end = text + snprintf(text, sizeof(text), "[policy]\ntypes =");
	for (unsigned i = 0; i < KA_CONF_LIST_MAX + 1u; i++)
		end += snprintf(end, 16, " t%u", i);
	assert_string_equal(confsample_first_error(text), "f:2: types: more than 64 words");
}

static void read__very_many_errors__stops(void **state)
{
	static char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 1; i < sizeof(text); i += 2)
		text[i] = '\n';
	confsample_begin();
	confsample_bytes("f", text, sizeof(text));
	assert_int_equal(confsample_errors.count, KA_CONF_ERRORS_MAX + 1);
	confsample_bytes("g", text, sizeof(text));
	assert_int_equal(confsample_errors.count, KA_CONF_ERRORS_MAX + 1);
}

static void remember(void *ctx, const char *text)
{
	size_t *n = ctx;

	*n += strlen(text);
	for (const char *p = text; *p != '\0'; p++)
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static void read__hostile_names_and_values__are_escaped(void **state)
{
	char name[600];
	size_t n = 0;

	(void)state;
	confsample_begin();
	confsample_errors.each = remember;
	confsample_errors.ctx = &n;
	confsample_file("/etc/\x1b]0;x\x07.conf", "[a\x1b]\n[policy]\ntypes\n\x9b = 1\n");
	assert_string_equal(confsample_errors.first,
			    "/etc/\\x1b]0;x\\x07.conf:1: holds a control or invisible character: \"\\x1b\"");
	assert_true(n > 0);
	memset(name, '\x1b', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	confsample_file(name, "x\n");
	assert_int_equal(confsample_errors.count, 4);
}

static void read__long_file_name__keeps_its_end(void **state)
{
	char name[600];

	(void)state;
	memset(name, 'd', sizeof(name));
	memcpy(name + 590, "/end.conf", 10);
	confsample_begin();
	confsample_file(name, "x\n");
	assert_non_null(strstr(confsample_errors.first, "/end.conf:1: "));
	assert_int_equal(strncmp(confsample_errors.first, "...ddd", 6), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__wrong__says_exactly_what),
		cmocka_unit_test(read__wrong_value__changes_nothing),
		cmocka_unit_test(read__unknown_section__names_it_once_and_skips_its_keys),
		cmocka_unit_test(read__nul_byte__is_an_error_wherever_it_is),
		cmocka_unit_test(read__limits__hold_to_the_byte),
		cmocka_unit_test(read__long_value__fits_or_is_refused),
		cmocka_unit_test(read__too_many__is_an_error_by_name),
		cmocka_unit_test(read__very_many_errors__stops),
		cmocka_unit_test(read__hostile_names_and_values__are_escaped),
		cmocka_unit_test(read__long_file_name__keeps_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
