/* conf: the default, last file wins, every field moved once, and what a whole configuration needs. */
#include "conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/paths.h"
#include "conf/conferr.h"
#include "conf/confrow.h"
#include "conf/confvalue.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static void default__alone__is_the_documented_one(void **state)
{
	(void)state;
	confsample_begin();
	assert_int_equal(confsample_errors.count, 0);
	assert_string_equal(confsample.types, "ssh-ed25519 sk-ssh-ed25519@openssh.com ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 "
					"ecdsa-sha2-nistp521 sk-ecdsa-sha2-nistp256@openssh.com ssh-rsa");
	assert_string_equal(confsample.options, "restrict from expiry-time no-*");
	assert_string_equal(confsample.force_options, "");
	assert_string_equal(confsample.require_options, "");
	assert_string_equal(confsample.sk_application, "ssh:*");
	assert_string_equal(confsample.blocklist, "");
	assert_string_equal(confsample.trusted_ca, "");
	assert_false(confsample.certificates);
	assert_false(confsample.blocklist_required);
	assert_string_equal(confsample.enforce_exempt, "");
	assert_string_equal(confsample.revoked, "");
	assert_int_equal(confsample.rsa_min_bits, 2048);
	assert_int_equal(confsample.rsa_max_bits, 8192);
	assert_int_equal(confsample.fermat_rounds, KA_VET_FERMAT_ROUNDS);
	assert_string_equal(confsample.shared_primes, "");
	assert_string_equal(confsample.trail, KA_PATH_TRAIL);
	assert_true(confsample.sink_trail && confsample.sink_syslog);
	assert_false(confsample.sink_journal || confsample.sink_audit || confsample.sink_exec);
	assert_int_equal(confsample.format, KA_CONF_FORM_ECS);
	assert_string_equal(confsample.exec, "");
	assert_int_equal(confsample.exec_deadline_ms, 2000);
	assert_int_equal(confsample.sshd_log, KA_CONF_LOG_JOURNAL);
	assert_string_equal(confsample.sshd_log_file, "");
	assert_int_equal(confsample.flood_limit, 10);
	assert_false(confsample.sync_always);
	assert_int_equal(confsample.min_free_mib, 64);
	assert_string_equal(confsample.sshd_config, "/etc/ssh/sshd_config");
	assert_string_equal(confsample.sshd_program, "/usr/sbin/sshd");
	assert_int_equal(confsample.strict_modes, KA_CONF_STRICT_AUTO);
	assert_int_equal(confsample.severities_count + confsample.levels_count, 0);
	assert_int_equal(confsample.sources_known + confsample.sources_count, 0);
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++)
		assert_int_equal(confsample.at[k].line, 0);
}

static void default__every_row__shows_as_its_own_text(void **state)
{
	char text[KA_CONF_TEXT_MAX];
	struct ka_conferr e;
	struct ka_buf b;

	(void)state;
	confsample_begin();
	ka_conferr_begin(&e, "f", 1);
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		if (row->section == KA_CONF_SECTION_SOURCE || ka_confrow_default(row) == NULL || ka_confrow_is_prefix(row))
			continue;
		assert_ptr_equal(ka_confrow_at(ka_confrow_key(row)), row);
		for (int by_hand = 0; by_hand < 2; by_hand++) { /* a default is what setting it would make of it */
			ka_buf_init_array(&b, text);
			ka_confvalue_show(&confsample, row, &b);
			assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
			assert_string_equal(text, ka_confrow_default(row));
			assert_true(ka_confvalue_set(&confsample, &confsample, row, ka_span_of(ka_confrow_default(row)), &e));
		}
	}
}

/* a configuration that differs from the default in every field; each line is one key of conf.def */
static const char flipped[] = "# every key\n"
			      "[lookup]\n"
			      "sources = zwei eins drei vier sechs\n"
			      "deadline = 5s\n"
			      "[source eins]\n"
			      "type = file\n"
			      "path = /srv/keys/%u\t/srv/more/%U/\n"
			      "owner = user\n"
			      "profile = strict\n"
			      "options = command\n"
			      "force_options = no-pty\n"
			      "require_options = command\n"
			      "[source zwei]\n"
			      "type=file\n"
			      "path = %h/.ssh/vetted\n"
			      "[source drei]\n"
			      "type = http\n"
			      "url = https://a/%u?h=%n https://b/%u\n"
			      "format = signed\n"
			      "mirrors = random\n"
			      "host_id = web01.example.com\n"
			      "token_file = /etc/keyaudit/token\n"
			      "token_header = Authorization: Basic\n"
			      "ca_file = /etc/keyaudit/ca.pem\n"
			      "client_cert = /etc/keyaudit/c.pem\n"
			      "client_key = /etc/keyaudit/k.pem\n"
			      "tls_min = 1.3\n"
			      "pins = sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= sha256//BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
			      "proxy = http://proxy:3128\n"
			      "timeout = 1500ms\n"
			      "fetch = timer\n"
			      "max_age = 10m\n"
			      "max_stale = 7d\n"
			      "stale_on = unavailable\n"
			      "not_found = 404\n"
			      "users = index\n"
			      "signers = /etc/keyaudit/signers\n"
			      "threshold = 2\n"
			      "sk_verify_required = yes\n"
			      "index_url = https://a/index\n"
			      "revoked_url = https://a/revoked?h=%n\n"
			      "require_revoked_list = yes\n"
			      "[source vier]\n"
			      "type = http\n"
			      "url = http://localhost/v3/kv/range\n"
			      "format = json\n"
			      "unix_socket = /run/keys.sock\n"
			      "method = POST\n"
			      "headers = X-Vault-Namespace: ops | X-For: %u\n"
			      "body = {\"key\":\"%b(/ssh/%u)\"}\n"
			      "accept = text/json\n"
			      "items = .kvs[*]\n"
			      "items_absent = no-keys\n"
			      "key = value\n"
			      "decode = base64\n"
			      "split = lines\n"
			      "key_options = opts\n"
			      "expires = until\n"
			      "expires_unit = unix\n"
			      "where = use != \"sign\"\n"
			      "label = title\n"
			      "serial = $.header.revision\n"
			      "next = link\n"
			      "max_pages = 3\n"
			      "[source sechs]\n"
			      "type = command\n"
			      "command = /usr/bin/old-command  -u %u  --key %k --%%\n"
			      "deadline = 10s\n"
			      "[source fuenf]\n"
			      "type = http\n"
			      "format = lines\n"
			      "url = https://a/all\n"
			      "line_prefix = %u:\n"
			      "[policy]\n"
			      "types = ssh-ed25519  ssh-rsa\n"
			      "profile = bsi\n"
			      "user_profiles = root:sk-only *:fips\n"
			      "rsa_min_bits = 3072\n"
			      "rsa_max_bits = 16384\n"
			      "fermat_rounds = 2000\n"
			      "shared_primes = /srv/primes\n"
			      "options = from\n"
			      "force_options = restrict,from=\"10.0.0.0/8\"\n"
			      "require_options = from\n"
			      "sk_application = ssh:work* ssh:x\n"
			      "blocklist = /srv/known.dat /srv/own.dat\n"
			      "certificates = yes\n"
			      "trusted_ca = /srv/ca.pub /srv/old.pub\n"
			      "blocklist_required = yes\n"
			      "blocklist_max_age = 30d\n"
			      "enforce_exempt = root breakglass\n"
			      "revoked = /srv/revoked.krl /srv/revoked\n"
			      "severity.key.rsa-e-small = reject\n"
			      "severity.key.rsa-odd-size = off\n"
			      "[audit]\n"
			      "trail = /srv/trail.jsonl\n"
			      "sinks = syslog exec\n"
			      "format = kv\n"
			      "exec = /opt/ship\n"
			      "exec_deadline = 500ms\n"
			      "anchor = exec /usr/bin/logger -t anchor\n"
			      "sshd_log = /var/log/auth.log\n"
			      "flood_limit = 0\n"
			      "sync = always\n"
			      "min_free = 2GiB\n"
			      "level.key.not-listed = alert\n"
			      "[sshd]\n"
			      "config = /srv/sshd_config\n"
			      "program = /opt/sbin/sshd\n"
			      "strict_modes = upstream\n";

static void read__every_field_flipped__every_field_moves(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error(flipped), "");
	assert_int_equal(confsample.sources_count, 5);
	assert_string_equal(confsample.lookup, "zwei eins drei vier sechs");
	assert_int_equal(confsample.sources[4].kind, KA_CONF_KIND_COMMAND);
	assert_string_equal(confsample.sources[4].command, "/usr/bin/old-command -u %u --key %k --%%");
	assert_int_equal(confsample.sources[4].deadline_ms, 10000);
	assert_string_equal(confsample.sources[4].path, "");
	assert_int_equal(confsample.deadline_ms, 5000);
	assert_string_equal(confsample.sources[0].name, "zwei");
	assert_string_equal(confsample.sources[0].path, "%h/.ssh/vetted");
	assert_int_equal(confsample.sources[0].owner, KA_CONF_OWNER_ROOT);
	assert_string_equal(confsample.sources[1].name, "eins");
	assert_string_equal(confsample.sources[1].path, "/srv/keys/%u /srv/more/%U/");
	assert_int_equal(confsample.sources[1].owner, KA_CONF_OWNER_USER);
	assert_int_equal(confsample.sources[0].kind, KA_CONF_KIND_FILE);
	assert_string_equal(confsample.types, "ssh-ed25519 ssh-rsa");
	assert_int_equal(confsample.profile, KA_CONF_PROFILE_BSI);
	assert_string_equal(confsample.user_profiles, "root:sk-only *:fips");
	assert_int_equal(confsample.sources[1].profile, KA_CONF_PROFILE_STRICT);
	assert_string_equal(confsample.sources[1].options, "command");
	assert_string_equal(confsample.sources[1].force_options, "no-pty");
	assert_string_equal(confsample.sources[1].require_options, "command");
	assert_int_equal(confsample.sources[0].profile, KA_CONF_PROFILE_NONE);
	assert_ptr_equal(confsample.sources[0].options, confsample.options); /* what a source does not say is [policy]'s, and where */
	assert_int_equal(confsample.sources[0].key_at[KA_CONF_KEY_SOURCE_OPTIONS - KA_CONF_KEY_SOURCE_TYPE].line,
			 confsample.at[KA_CONF_KEY_OPTIONS].line);
	assert_int_equal(confsample.rsa_min_bits, 3072);
	assert_int_equal(confsample.rsa_max_bits, 16384);
	assert_int_equal(confsample.fermat_rounds, 2000);
	assert_string_equal(confsample.shared_primes, "/srv/primes");
	assert_string_equal(confsample.options, "from");
	assert_string_equal(confsample.force_options, "restrict,from=\"10.0.0.0/8\"");
	assert_string_equal(confsample.require_options, "from");
	assert_string_equal(confsample.sk_application, "ssh:work* ssh:x");
	assert_string_equal(confsample.blocklist, "/srv/known.dat /srv/own.dat");
	assert_true(confsample.certificates);
	assert_string_equal(confsample.trusted_ca, "/srv/ca.pub /srv/old.pub");
	assert_true(confsample.blocklist_required);
	assert_int_equal(confsample.blocklist_max_age_sec, 30 * 86400);
	assert_string_equal(confsample.enforce_exempt, "root breakglass");
	assert_string_equal(confsample.revoked, "/srv/revoked.krl /srv/revoked");
	assert_int_equal(confsample.severities_count, 2);
	assert_int_equal(confsample.severities[0].reason, KA_REASON_KEY_RSA_E_SMALL);
	assert_int_equal(confsample.severities[0].value, KA_ACTION_REJECT);
	assert_int_equal(confsample.severities[1].reason, KA_REASON_KEY_RSA_ODD_SIZE);
	assert_int_equal(confsample.severities[1].value, KA_ACTION_OFF);
	assert_string_equal(confsample.trail, "/srv/trail.jsonl");
	assert_true(!confsample.sink_trail && confsample.sink_syslog && confsample.sink_exec);
	assert_int_equal(confsample.format, KA_CONF_FORM_KV);
	assert_string_equal(confsample.exec, "/opt/ship");
	assert_int_equal(confsample.exec_deadline_ms, 500);
	assert_string_equal(confsample.anchor, "exec /usr/bin/logger -t anchor");
	assert_int_equal(confsample.sshd_log, KA_CONF_LOG_FILE);
	assert_string_equal(confsample.sshd_log_file, "/var/log/auth.log");
	assert_int_equal(confsample.flood_limit, 0);
	assert_true(confsample.sync_always);
	assert_int_equal(confsample.min_free_mib, 2048);
	assert_int_equal(confsample.levels_count, 1);
	assert_int_equal(confsample.levels[0].reason, KA_REASON_KEY_NOT_LISTED);
	assert_int_equal(confsample.levels[0].value, KA_LEVEL_ALERT);
	assert_string_equal(confsample.sshd_config, "/srv/sshd_config");
	assert_string_equal(confsample.sshd_program, "/opt/sbin/sshd");
	assert_int_equal(confsample.strict_modes, KA_CONF_STRICT_UPSTREAM);
}

static void read__every_field_flipped__every_field_of_http_moves(void **state)
{
	const struct ka_conf_source *s = &confsample.sources[2], *j = &confsample.sources[3], *l = &confsample.sources[5];

	(void)state;
	assert_string_equal(confsample_whole_error(flipped), "");
	assert_string_equal(s->name, "drei");
	assert_int_equal(s->kind, KA_CONF_KIND_HTTP);
	assert_int_equal(s->format, KA_CONF_FORMAT_SIGNED);
	assert_string_equal(s->url, "https://a/%u?h=%n https://b/%u");
	assert_string_equal(s->mirrors_order, "random");
	assert_string_equal(s->host_id, "web01.example.com");
	assert_string_equal(s->token_file, "/etc/keyaudit/token");
	assert_string_equal(s->token_header, "Authorization: Basic");
	assert_string_equal(s->ca_file, "/etc/keyaudit/ca.pem");
	assert_string_equal(s->client_cert, "/etc/keyaudit/c.pem");
	assert_string_equal(s->client_key, "/etc/keyaudit/k.pem");
	assert_int_equal(s->tls_min, KA_CONF_TLS_1_3);
	assert_int_equal(strlen(s->pins), 2 * 52 + 1);
	assert_string_equal(s->proxy, "http://proxy:3128");
	assert_int_equal(s->timeout_ms, 1500);
	assert_int_equal(s->fetch, KA_CONF_FETCH_TIMER);
	assert_int_equal(s->max_age_sec, 600);
	assert_int_equal(s->max_stale_sec, 7 * 86400);
	assert_false(s->stale_on_refused);
	assert_string_equal(s->not_found, "404");
	assert_string_equal(s->users, "index");
	assert_string_equal(s->signers, "/etc/keyaudit/signers");
	assert_int_equal(s->threshold, 2);
	assert_true(s->sk_verify_required && s->require_revoked_list);
	assert_string_equal(s->index_url, "https://a/index");
	assert_string_equal(s->revoked_url, "https://a/revoked?h=%n");
	assert_string_equal(j->name, "vier");
	assert_int_equal(j->format, KA_CONF_FORMAT_JSON);
	assert_string_equal(j->unix_socket, "/run/keys.sock");
	assert_string_equal(j->method, "POST");
	assert_string_equal(j->headers, "X-Vault-Namespace: ops | X-For: %u");
	assert_string_equal(j->body, "{\"key\":\"%b(/ssh/%u)\"}");
	assert_string_equal(j->accept, "text/json");
	assert_string_equal(j->items, ".kvs[*]");
	assert_int_equal(j->items_absent, KA_CONF_ABSENT_NO_KEYS);
	assert_string_equal(j->key, "value");
	assert_int_equal(j->decode, KA_CONF_DECODE_BASE64);
	assert_true(j->split_lines && j->next_link);
	assert_string_equal(j->key_options, "opts");
	assert_string_equal(j->expires, "until");
	assert_int_equal(j->expires_unit, KA_CONF_UNIT_UNIX);
	assert_string_equal(j->where, "use != \"sign\"");
	assert_string_equal(j->label, "title");
	assert_string_equal(j->serial, "$.header.revision");
	assert_int_equal(j->max_pages, 3);
	assert_string_equal(l->name, "fuenf");
	assert_string_equal(l->line_prefix, "%u:");
}

/* what is not set is the documented default, of another type or format nothing */
static void read__http_without_more__has_the_documented_defaults(void **state)
{
	const struct ka_conf_source *s = &confsample.sources[0];

	(void)state;
	assert_string_equal(confsample_whole_error("[lookup]\nsources = s\n[source s]\ntype = http\nurl = https://h/%u\nformat = lines\n"), "");
	assert_int_equal(confsample.deadline_ms, 2500);
	assert_string_equal(s->mirrors_order, "order");
	assert_string_equal(s->method, "GET");
	assert_int_equal(s->tls_min, KA_CONF_TLS_1_2);
	assert_int_equal(s->timeout_ms, 20000);
	assert_int_equal(s->fetch, KA_CONF_FETCH_ON_MISS);
	assert_int_equal(s->max_age_sec, 300);
	assert_int_equal(s->max_stale_sec, 86400);
	assert_false(s->stale_on_refused);
	assert_string_equal(s->not_found, "404 410");
	for (unsigned k = KA_CONF_KEY_SOURCE_TYPE; k < KA_CONF_KEY_SOURCE_TYPE + KA_CONF_SOURCE_KEYS; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);
		const char *text = NULL;

		if (!ka_confrow_is_text(row) || s->key_at[k - KA_CONF_KEY_SOURCE_TYPE].line != 0)
			continue;
		memcpy(&text, (const char *)s + row->offset, sizeof(text));
		if (k == KA_CONF_KEY_SOURCE_OPTIONS) /* that of [policy] */
			assert_ptr_equal(text, confsample.options);
		else
			assert_string_equal(text, (row->who & KA_CONFROW_OF_LINES) != 0 ? ka_confrow_default(row) : "");
	}
	assert_string_equal(confsample_whole_error("[lookup]\nsources = s\n[source s]\ntype = http\nurl = https://h/%u\nformat = signed\nsigners = /s\n"), "");
	assert_true(s->stale_on_refused);
	assert_int_equal(s->threshold, 1);
	assert_string_equal(confsample_whole_error("[lookup]\nsources = s\n[source s]\ntype = http\nurl = https://h/%u\nformat = json\n"), "");
	assert_int_equal(s->max_pages, 10);
	assert_int_equal(s->expires_unit, KA_CONF_UNIT_RFC3339);
}

/* in the flipped text */
static uint32_t line_of(const char *word)
{
	const char *at = strstr(flipped, word);
	uint32_t line = 1;

	assert_non_null(at);
	for (const char *c = flipped; c < at; c++)
		line += *c == '\n';
	return line;
}

/* the flipped text above must name every row: a key added to conf.def without a line there fails here */
static void read__every_field_flipped__has_every_key_and_its_line(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error(flipped), "");
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);
		struct ka_conf_at at = confsample.at[k];

		if (row->type == KA_CONFROW_SEVERITY)
			at = confsample.severities[0].at;
		else if (row->type == KA_CONFROW_LEVEL)
			at = confsample.levels[0].at;
		else if (row->section == KA_CONF_SECTION_SOURCE)
			for (size_t i = 0; i < confsample.sources_known && at.line == 0; i++)
				at = confsample.sources[i].key_at[k - KA_CONF_KEY_SOURCE_TYPE];
		if (at.line == 0)
			fail_msg("%s is not flipped", ka_confrow_name(row));
		assert_string_equal(ka_conf_file(&confsample, at), "f");
	}
	assert_int_equal(confsample.at[KA_CONF_KEY_SOURCES].line, 3);
	assert_int_equal(confsample.sources[1].at.line, 5);
	assert_int_equal(confsample.at[KA_CONF_KEY_STRICT_MODES].line, line_of("strict_modes"));
}

static void read__second_file__wins_key_by_key(void **state)
{
	const struct ka_conf_at *key_at = confsample.sources[0].key_at;

	(void)state;
	confsample_begin();
	confsample_file("a", CONFSAMPLE_LOCAL "owner = user\n"
			     "[policy]\nseverity.key.rsa-e-small = off\nrsa_min_bits = 3072\nrsa_max_bits = 4096\n");
	confsample_file("b", "[source local]\npath = /b/%u\n"
			     "[policy]\nseverity.key.rsa-e-small = reject\nrsa_min_bits = 4096\n");
	ka_conf_finish(&confsample, &confsample_errors);
	assert_int_equal(confsample_errors.count, 0);
	assert_int_equal(confsample.rsa_min_bits, 4096);
	assert_int_equal(confsample.rsa_max_bits, 4096);
	assert_int_equal(confsample.severities_count, 1);
	assert_int_equal(confsample.severities[0].value, KA_ACTION_REJECT);
	assert_string_equal(confsample.sources[0].path, "/b/%u");
	assert_int_equal(confsample.sources[0].owner, KA_CONF_OWNER_USER);
	assert_string_equal(ka_conf_file(&confsample, key_at[KA_CONF_KEY_SOURCE_PATH - KA_CONF_KEY_SOURCE_TYPE]), "b");
	assert_string_equal(ka_conf_file(&confsample, key_at[0]), "a");
	assert_string_equal(ka_conf_file(&confsample, confsample.at[KA_CONF_KEY_RSA_MIN_BITS]), "b");
	assert_string_equal(ka_conf_file(&confsample, confsample.at[KA_CONF_KEY_TYPES]), "default");
}

static void read__empty_lists__mean_none(void **state)
{
	(void)state;
	assert_string_equal(confsample_first_error("[policy]\noptions =\nforce_options =\n"
						   "require_options =\nenforce_exempt =\n"), "");
	assert_string_equal(confsample.options, "");
	assert_string_equal(confsample_first_error("; c\n\t\n  # indented comment\n[policy] \ntypes=ssh-rsa\t \n"), "");
	assert_string_equal(confsample.types, "ssh-rsa");
	assert_string_equal(confsample_first_error("[policy]\nforce_options = environment=\"A= # b\",restrict\n"), "");
	assert_string_equal(confsample.force_options, "environment=\"A= # b\",restrict");
}

static void finish__incomplete__says_what_is_missing(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error(""),
			    "f:1: no source is named, so no key could be served; add \"sources = local\" to [lookup], "
			    "and a [source local]");
	assert_string_equal(confsample_whole_error("[lookup]\nsources = locl\n[source local]\ntype = file\npath = /x\n"),
			    "f:2: sources: \"locl\" has no [source] section; did you mean \"local\"?");
	assert_string_equal(confsample_whole_error("[lookup]\nsources = a\n[source a]\npath = /x\n"),
			    "f:3: [source a] has no type; add \"type = file\"");
	assert_string_equal(confsample_whole_error("[lookup]\nsources = a\n[source a]\ntype = file\n"),
			    "f:3: [source a] has no path; add \"path = /etc/keyaudit/keys.d/%u\"");
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL "[audit]\nsinks = trail exec\n"),
			    "f:7: sinks has exec, and no program is named; add \"exec = /path/of/program\"");
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL "[audit]\nsinks = trail exec\nexec = /opt/ship\n"), "");
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL "[policy]\nrsa_min_bits = 9000\n"),
			    "f:7: rsa_min_bits (9000) is above rsa_max_bits (8192)");
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL "[policy]\nrsa_max_bits = 1024\n"),
			    "f:7: rsa_min_bits (2048) is above rsa_max_bits (1024)");
	confsample_begin();
	ka_conf_finish(&confsample, &confsample_errors);
	assert_int_equal(confsample_errors.count, 1);
}

static void finish__source_that_is_not_asked__stays_behind(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error("[source spare]\ntype = file\npath = /s\n" CONFSAMPLE_LOCAL), "");
	assert_int_equal(confsample.sources_count, 1);
	assert_int_equal(confsample.sources_known, 2);
	assert_string_equal(confsample.sources[0].name, "local");
	assert_string_equal(confsample.sources[1].name, "spare");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finish__incomplete__says_what_is_missing),
		cmocka_unit_test(finish__source_that_is_not_asked__stays_behind),
		cmocka_unit_test(default__alone__is_the_documented_one),
		cmocka_unit_test(default__every_row__shows_as_its_own_text),
		cmocka_unit_test(read__every_field_flipped__every_field_moves),
		cmocka_unit_test(read__every_field_flipped__has_every_key_and_its_line),
		cmocka_unit_test(read__every_field_flipped__every_field_of_http_moves),
		cmocka_unit_test(read__http_without_more__has_the_documented_defaults),
		cmocka_unit_test(read__second_file__wins_key_by_key),
		cmocka_unit_test(read__empty_lists__mean_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
