/* Gathering the facts of a diagnosis. Everything it calls has a deadline or a bound; it never judges. */
#include "diag/facts.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/zone.h"
#include "diag/daemonjudge.h"
#include "diag/pamask.h"
#include "diag/pammodule.h"
#include "diag/rootplace.h"
#include "diag/rowjudge.h"
#include "diag/sepolicy.h"
#include "diag/sshdask.h"
#include "diag/sshdlist.h"
#include "diag/sshdplaces.h"

#include "base/poison.h"

#define SSHD_PROGRAM "/usr/sbin/sshd"
#define SSHD_CONFIG "/etc/ssh/sshd_config"
#define PASSWD_BUFFER (64 * 1024)

static const char *config_of(const struct ka_conf *conf)
{
	return conf != NULL && conf->sshd_config[0] != '\0' ? conf->sshd_config : SSHD_CONFIG;
}

/* sshd's first port: a filter that drops one of several is no ban */
static uint16_t port_of(const struct ka_sshdconf *c)
{
	uint64_t port;

	return ka_text_to_u64(ka_sshdconf_value(c, "port"), UINT16_MAX, &port) ? (uint16_t)port : 22;
}

static enum ka_err ask_sshd(struct ka_facts *f)
{
	const struct ka_conf *conf = f->subject->conf;
	const char *program = conf != NULL && conf->sshd_program[0] != '\0' ? conf->sshd_program : SSHD_PROGRAM;
	struct ka_sshdask ask = {
		.program = program, .user = f->subject->user, .address = f->subject->address,
		.config = config_of(conf),
	};
	enum ka_err err;

	ka_daemon_find(ask.config, &f->daemon);
	if (f->daemon.listener.is_found)
		ask.args = &f->daemon.listener.args;
	ka_sshdplaces_init(&f->places);
	for (size_t i = 0; ask.args != NULL && i < ask.args->count; i++)
		if (ask.args->options[i].letter == 'o')
			ka_sshdplaces_add_option(&f->places, ka_span_of(ask.args->options[i].value));
	ka_sshdplaces_gather(&f->places, ask.config);
	ka_sshdask_version(program, f->version, sizeof(f->version));
	f->is_debian = conf != NULL && conf->strict_modes != KA_CONF_STRICT_AUTO ?
			       conf->strict_modes == KA_CONF_STRICT_DEBIAN : ka_sshdconf_is_debian(f->version);
	err = ka_sshdask_conf(&ask, &f->sshd);
	ka_daemon_loaded(&f->sshd, &f->daemon);
	if (err == KA_ERR_OK && f->subject->by_hand) {
		ka_daemon_examine(program, ask.config, &f->sshd, &f->daemon);
		ka_wrappers_look(program, f->subject->address, &f->wrappers);
		if (f->subject->look_ban != NULL)
			f->subject->look_ban(f->subject->address, port_of(&f->sshd), &f->ban);
	}
	return err;
}

static enum ka_err ask_passwd(struct ka_facts *f)
{
	KA_AUTOFREE char *buffer = malloc(PASSWD_BUFFER);
	struct passwd pw, *found = NULL;

	if (buffer == NULL)
		return KA_ERR_NOMEM;
	if (f->subject->user[0] == '\0' || getpwnam_r(f->subject->user, &pw, buffer, PASSWD_BUFFER, &found) != 0)
		return KA_ERR_OK; /* nobody asked, or the name service fails: not known */
	if (found == NULL) {
		f->account = KA_FACTS_ACCOUNT_UNKNOWN;
		return ka_account_look_near(f->subject->user, &f->who);
	}
	if (ka_account_gather(&pw, &f->who) != KA_ERR_OK)
		return KA_ERR_NOMEM;
	if (pw.pw_dir[0] != '/' || !ka_span_copy(ka_span_of(pw.pw_dir), f->home, sizeof(f->home)))
		return KA_ERR_OK;
	f->account = KA_FACTS_ACCOUNT_KNOWN;
	f->uid = pw.pw_uid;
	f->gid = pw.pw_gid;
	return KA_ERR_OK;
}

/* sshd expands patterns since 10.0; before, and where the release is not known, "*" is a letter */
static bool is_pattern(const struct ka_facts *f, const char *entry)
{
	return ka_sshdconf_release(f->version) >= 1000 && ka_unjudged_is_pattern(entry);
}

static enum ka_err look_at_files(struct ka_facts *f, struct ka_keyscan_query *scan)
{
	/* a person wants to see every line */
	KA_AUTOFREE struct ka_keyrows *rows = f->subject->by_hand ? calloc(1, sizeof(*rows)) : NULL;
	KA_AUTOFREE char (*paths)[KA_TEXT_PATH_MAX] = calloc(KA_DIAG_FILES_MAX, sizeof(*paths));
	struct ka_userfiles_query q = {
		.user = f->subject->user, .uid = f->uid, .gid = f->gid, .home = f->home, .strict_modes = f->sshd.strict_modes,
		.rule = f->is_debian ? KA_PERM_RULE_DEBIAN : KA_PERM_RULE_UPSTREAM, .scan = scan,
		.deadline_ms = KA_DIAG_CHILD_MS, .is_none = f->sshd.is_known && f->sshd.files_count == 0,
	};
	char uid[KA_TEXT_U64_MAX], entry[KA_TEXT_PATH_MAX], names[KA_TEXT_PATH_MAX], domain[KA_MOUNTLOOK_LABEL_MAX];
	enum ka_err err;

	if (paths == NULL)
		return KA_ERR_NOMEM;
	ka_text_u64(f->uid, uid);
	if (ka_sshdconf_is_set(&f->sshd, "authorizedprincipalsfile") &&
	    ka_span_copy(ka_sshdconf_value(&f->sshd, "authorizedprincipalsfile"), entry, sizeof(entry)) &&
	    ka_sshdconf_expand(entry, f->subject->user, uid, f->home, names, sizeof(names)))
		q.names = names;
	for (size_t i = 0; i < f->sshd.files_count; i++)
		if (is_pattern(f, f->sshd.files[i]))
			ka_unjudged_add(&f->unjudged, KA_UNJUDGED_PATTERN, f->sshd.files[i]);
		else if (ka_sshdconf_expand(f->sshd.files[i], f->subject->user, uid, f->home, paths[q.paths_count], KA_TEXT_PATH_MAX))
			q.paths_count++;
	q.paths = (const char (*)[KA_TEXT_PATH_MAX])paths;
	scan->rows = rows;
	err = ka_userfiles_look(&q, &f->files);
	scan->rows = NULL; /* ends with this function */
	f->has_files = err == KA_ERR_OK && (f->files.has_home || f->files.hung);
	ka_sepolicy_of_sshd(f->daemon.listener.is_found ? f->daemon.listener.pid : 0, domain);
	for (size_t i = 0; i < f->files.count; i++) {
		struct ka_userfile *file = &f->files.files[i];

		ka_sepolicy_judge(ka_sepolicy_kernel(), domain, file);
		file->expected_is_roots = file->entry == UINT32_MAX && ka_rootplace_is(file->expected);
		if (file->acl[0] != '\0')
			ka_unjudged_add(&f->unjudged, KA_UNJUDGED_ACL, file->acl);
		if (file->perm_unjudged != 0)
			ka_unjudged_add(&f->unjudged, KA_UNJUDGED_WAY, file->path);
	}
	return err;
}

/* the files of authorities and of what is revoked: root's, and named by sshd's configuration alone */
static enum ka_err look_at_authorities(struct ka_facts *f)
{
	enum ka_err err = ka_sshdrevoked_look(&f->sshd, f->subject->offers, f->offers, f->offers_count, &f->revoked);
	bool has_cert = f->offers_count == 0 && f->subject->is_general; /* anybody may come with one */

	for (size_t i = 0; i < f->revoked.count; i++)
		if (f->revoked.files[i].told != KA_SSHDREVOKED_TOLD)
			ka_unjudged_add(&f->unjudged, f->revoked.files[i].told == KA_SSHDREVOKED_NO_PROGRAM ? KA_UNJUDGED_KEYGEN : KA_UNJUDGED_REVOKED,
					f->revoked.files[i].file.path);
	if (err != KA_ERR_OK)
		return err;
	for (size_t i = 0; i < f->offers_count; i++)
		has_cert = has_cert || f->offers[i].is_cert;
	return has_cert ? ka_cafile_look(ka_sshdconf_value(&f->sshd, "trustedusercakeys"), f->offers, f->offers_count, &f->trusted) :
			  KA_ERR_OK;
}

/* what sshd knows of the user besides the files */
static enum ka_err look_at_user(struct ka_facts *f)
{
	if (!f->files.hung) /* it may be the same file server */
		ka_chroot_look(&f->sshd, f->subject->user, f->uid, f->home, &f->chroot);
	if (!ka_sshdlist_asks_groups(&f->sshd))
		return KA_ERR_OK;
	return ka_usergroups_look(f->subject->user, f->gid, ka_sshdlist_wanted(&f->sshd), &f->groups);
}

/* what a person is told besides: the gate behind the login, and whether sshd runs with what its files say */
static void look_around(struct ka_facts *f)
{
	const struct ka_conf *conf = f->subject->conf;
	enum ka_reason wrong = f->command.load.reason == KA_REASON_CONF_UNSAFE ? KA_REASON_CONF_UNSAFE : KA_REASON_CONF_INVALID;
	const struct ka_listener *listener = &f->daemon.listener;
	const struct ka_daemonjudge judge = { .daemon = &f->daemon, .conf = &f->sshd, .places = &f->places };
	size_t file;

	if (ka_daemonjudge_age(&judge, &file) == KA_DAEMONJUDGE_UNTOLD)
		ka_unjudged_add(&f->unjudged, KA_UNJUDGED_RELOAD, f->places.text + f->places.files[file].path);
	if (listener->is_found ? listener->args.is_ambiguous : listener->has_other)
		ka_unjudged_add(&f->unjudged, KA_UNJUDGED_LISTENER, listener->args.text);
	if (f->pam.is_known)
		ka_gateview_make(&f->pam, conf, wrong, f->subject->user, f->offers, f->offers_count, &f->gate);
}

/* sshd hands over the client's address; with UseDNS its name, which we do not ask for */
static enum ka_err ask_pam(struct ka_facts *f)
{
	enum ka_err err;

	if (!f->sshd.is_known || !f->sshd.use_pam)
		return KA_ERR_OK;
	err = ka_pamask(NULL, f->sshd.pam_service, &f->pam);
	if (err != KA_ERR_OK)
		return err;
	ka_pammodule_look("", &f->pam.lines);
	ka_pamaccess_ask(&f->pam.lines, f->subject->user, f->gid, f->sshd.use_dns ? "" : f->subject->address, &f->access);
	ka_diskroom_look(&f->disks);
	return KA_ERR_OK;
}

/* does sshd run authkeys-cmd? when it could not be asked, we believe that it does */
static bool is_our_command(const struct ka_sshdconf *c)
{
	return !c->is_known || strstr(c->command, "/authkeys-cmd") != NULL;
}

/* our sources, as the command would ask them */
static enum ka_err ask_sources(struct ka_facts *f, struct ka_keysource_query *q)
{
	const char *path = f->subject->conf_path;
	enum ka_err err;

	if (path == NULL) {
		ka_commandconf_path(f->asks_us ? f->sshd.command : "", f->command.path);
		path = f->command.path;
	}
	err = ka_commandconf_load(path, &f->command);
	if (err != KA_ERR_OK)
		return err;
	ka_commandconf_profile(f->asks_us ? f->sshd.command : "", &f->command);
	q->profile = f->command.profile;
	if (f->command.load.reason == KA_REASON_NONE || f->command.load.reason == KA_REASON_CONF_DISABLED)
		q->conf = &f->command.conf;
	q->offers_count = f->offers_count;
	q->named = f->subject->offers;
	q->may_ask = f->subject->may_ask;
	q->home = f->account == KA_FACTS_ACCOUNT_KNOWN ? f->home : NULL;
	q->uid = f->uid;
	q->has_uid = f->account == KA_FACTS_ACCOUNT_KNOWN;
	q->whole = f->sshd.is_known && strstr(f->sshd.command, "%k") == NULL;
	return ka_keysource_look(q, &f->sources);
}

/* and what the policy says of the keys in the user's own files, when the command could serve any */
static enum ka_err judge_rows(struct ka_facts *f)
{
	const struct ka_rowjudge_query q = { .conf = &f->command.conf, .user = f->subject->user, .profile = f->command.profile,
					     .now_sec = f->subject->now_sec, .ms = KA_ROWJUDGE_MS };

	if (f->command.load.reason != KA_REASON_NONE && f->command.load.reason != KA_REASON_CONF_DISABLED)
		return KA_ERR_OK;
	return ka_rowjudge_run(&q, &f->files);
}

enum ka_err ka_facts_gather(const struct ka_diag_subject *subject, struct ka_facts *out)
{
	struct ka_keyscan_query scan = { .offers = out->offers, .has_authorities = true, .now_sec = subject->now_sec,
					 .local_offset_sec = ka_zone_offset_sec(subject->now_sec) };
	struct ka_keysource_query sources = { .user = subject->user, .offers = out->offers,
					      .now_sec = subject->now_sec, .local_offset_sec = scan.local_offset_sec };
	enum ka_err err;

	memset(out, 0, sizeof(*out));
	out->subject = subject;
	ka_sshdconf_default(&out->sshd);
	out->asks_us = true;
	out->offers_count = subject->offers_count < KA_DIAG_OFFERS_MAX ? subject->offers_count : KA_DIAG_OFFERS_MAX;
	for (size_t i = 0; i < out->offers_count; i++)
		ka_keyscan_offer(&subject->offers[i], &out->offers[i]);
	if (subject->records_only)
		return KA_ERR_OK;
	err = ask_sshd(out);
	if (err == KA_ERR_OK)
		err = ask_passwd(out);
	out->asks_us = is_our_command(&out->sshd);
	scan.offers_count = out->offers_count;
	scan.address = out->sshd.use_dns ? "" : subject->address; /* with UseDNS names count too, and we do not ask for them */
	if (err == KA_ERR_OK && out->account == KA_FACTS_ACCOUNT_KNOWN)
		err = look_at_files(out, &scan);
	if (err == KA_ERR_OK)
		err = look_at_authorities(out);
	if (err == KA_ERR_OK && out->account == KA_FACTS_ACCOUNT_KNOWN)
		err = look_at_user(out);
	if (err == KA_ERR_OK && out->account != KA_FACTS_ACCOUNT_UNKNOWN)
		err = ka_cmdhealth_look(&out->sshd, &out->cmd);
	sources.address = scan.address;
	if (err == KA_ERR_OK && out->account != KA_FACTS_ACCOUNT_UNKNOWN)
		err = ask_sources(out, &sources);
	if (err == KA_ERR_OK && out->files.rows_count > 0)
		err = judge_rows(out);
	if (err == KA_ERR_OK && out->account == KA_FACTS_ACCOUNT_KNOWN)
		err = ask_pam(out);
	if (err == KA_ERR_OK && subject->by_hand && out->account == KA_FACTS_ACCOUNT_KNOWN)
		look_around(out);
	return err;
}
