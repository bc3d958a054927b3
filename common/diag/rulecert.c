/* The rules about certificates. They must never call one good that sshd refuses: what is not known is a warning at best. */
#include "diag/rulecert.h"

#include <string.h>

#include "base/text.h"
#include "diag/certsay.h"
#include "diag/certview.h"
#include "key/keycert.h"
#include "key/keyfrom.h"

#include "base/poison.h"

/* all that speaks against one certificate at one place, in sshd's order: the first refuses, the others are next to be mended */
struct faults {
	size_t count;
	enum ka_reason reason[KA_RULECERT_FAULTS_MAX];
	bool in_doubt; /* its source-address, and the client's address is not known */
};

static void blame(struct faults *to, enum ka_reason reason)
{
	for (size_t i = 0; i < to->count; i++)
		if (to->reason[i] == reason)
			return;
	if (to->count < KA_RULECERT_FAULTS_MAX)
		to->reason[to->count++] = reason;
}

/* sshkey_cert_check_authority() */
static void check_authority(const struct ka_facts *f, const struct ka_keycert *cert, bool by_name, bool needs_names, struct faults *to)
{
	uint64_t now = f->subject->now_sec > 0 ? (uint64_t)f->subject->now_sec : 0;

	if (cert->type != KA_CERT_TYPE_USER)
		blame(to, KA_REASON_CERT_HOST_TYPE);
	if (now < cert->valid_after)
		blame(to, KA_REASON_CERT_NOT_YET_VALID);
	else if (now >= cert->valid_before)
		blame(to, KA_REASON_CERT_EXPIRED);
	if (cert->principals_count == 0 && needs_names)
		blame(to, KA_REASON_CERT_NO_PRINCIPALS);
	else if (cert->principals_count > 0 && by_name && !ka_keycert_has_principal(cert, ka_span_of(f->subject->user)))
		blame(to, KA_REASON_CERT_PRINCIPAL_MISMATCH);
}

/* sshauthopt_from_cert(), auth_authorise_keyopts(): a host certificate has no options that sshd would read */
static void check_options(const struct ka_facts *f, const struct ka_keycert *cert, struct faults *to)
{
	struct ka_span value;

	if (cert->type != KA_CERT_TYPE_USER)
		blame(to, KA_REASON_CERT_HOST_TYPE);
	if (ka_certview_unknown(cert, &value))
		blame(to, KA_REASON_CERT_CRITICAL_UNKNOWN);
	if (!ka_keycert_critical(cert, "source-address", &value))
		return;
	if (f->subject->address[0] == '\0')
		to->in_doubt = true;
	else if (ka_keyfrom_matches(value, NULL, f->subject->address) != 1)
		blame(to, KA_REASON_CERT_SOURCE_ADDRESS);
}

static struct ka_primary_item *add(struct ka_primary *out, enum ka_reason reason, size_t i, enum ka_step step, enum ka_class class)
{
	struct ka_primary_item *item = ka_primary_add(out, reason, (int)i, step, class);

	if (item != NULL)
		item->explain = ka_certsay_explain;
	return item;
}

/*
 * sshd went on to the command although we find nothing, or the client's address is not known: a warning before any login,
 * and behind one what is left
 */
static enum ka_class class_in_doubt(const struct ka_facts *f, size_t i)
{
	enum ka_offer_said said = f->subject->offers[i].said;

	return said == KA_OFFER_UNKNOWN || said == KA_OFFER_SERVED ? KA_CLASS_SECONDARY : KA_CLASS_LOST;
}

/* an item about a line; sshd's reasons for lines of any key are told as for any key */
static void add_line(struct ka_primary *out, enum ka_reason reason, enum ka_class class, size_t i, const struct ka_userfile *file,
		     const struct ka_keyscan_hit *hit)
{
	bool is_names = file->entry == KA_USERFILE_NAMES;
	struct ka_primary_item *item = ka_primary_add(out, reason, (int)i, is_names ? KA_STEP_CA : KA_STEP_FILES, class);

	if (item == NULL)
		return;
	item->place = is_names ? 0 : file->entry;
	item->file = file;
	item->hit = hit;
	if (strncmp(ka_reason_id(reason), "cert.", 5) == 0)
		item->explain = ka_certsay_explain;
}

enum names { NAMES_UNUSED, NAMES_FOUND, NAMES_MISSING, NAMES_UNKNOWN };

/* AuthorizedPrincipalsFile, then AuthorizedPrincipalsCommand: with either of them the user's own name does not count */
static enum names look_up(const struct ka_facts *f, size_t i, const struct ka_keyscan_hit **hit)
{
	bool by_file = ka_sshdconf_is_set(&f->sshd, "authorizedprincipalsfile");
	bool by_command = ka_sshdconf_is_set(&f->sshd, "authorizedprincipalscommand");

	*hit = NULL;
	if (!by_file && !by_command)
		return NAMES_UNUSED;
	if (by_file && f->files.has_names && f->files.names.perm_reason == KA_REASON_NONE)
		*hit = ka_keyscan_hit(&f->files.names.scan, i);
	if (*hit != NULL && (*hit)->fit != KA_KEYSCAN_REMAINS)
		return NAMES_FOUND;
	return by_command || !f->files.has_names ? NAMES_UNKNOWN : NAMES_MISSING;
}

/* StrictModes lets sshd read no name; a program is not asked, but sshd has */
static bool judge_names(const struct ka_facts *f, size_t i, enum names names, struct ka_primary *out)
{
	const struct ka_userfile *file = &f->files.names;
	enum ka_class class = names == NAMES_UNKNOWN ? class_in_doubt(f, i) : KA_CLASS_LOST;
	struct ka_primary_item *item;

	if (f->files.has_names && file->perm_reason != KA_REASON_NONE) {
		item = ka_primary_add(out, (enum ka_reason)file->perm_reason, (int)i, KA_STEP_CA, class);
		if (item != NULL)
			item->file = file;
	} else {
		add(out, KA_REASON_CERT_PRINCIPALS_FILE, i, KA_STEP_CA, class);
	}
	return class == KA_CLASS_SECONDARY;
}

/* the certificate at TrustedUserCAKeys, whose authority is there; true when sshd takes it */
static bool judge_trusted(const struct ka_facts *f, size_t i, const struct ka_keycert *cert, struct ka_primary *out)
{
	const struct ka_keyscan_hit *hit;
	enum names names = look_up(f, i, &hit);
	struct faults faults = { 0 };
	bool is_taken = true;

	if (names == NAMES_MISSING || names == NAMES_UNKNOWN)
		is_taken = judge_names(f, i, names, out);
	check_authority(f, cert, names == NAMES_UNUSED, true, &faults);
	check_options(f, cert, &faults);
	for (size_t n = 0; n < faults.count; n++)
		add(out, faults.reason[n], i, KA_STEP_CA, n == 0 && is_taken ? KA_CLASS_LOST : KA_CLASS_SECONDARY);
	if (names == NAMES_FOUND && hit->reason != KA_REASON_NONE)
		add_line(out, (enum ka_reason)hit->reason, faults.count == 0 ? KA_CLASS_LOST : KA_CLASS_SECONDARY, i, &f->files.names, hit);
	if (faults.count > 0 || (names == NAMES_FOUND && hit->reason != KA_REASON_NONE))
		return false;
	if (is_taken && faults.in_doubt) {
		enum ka_class class = class_in_doubt(f, i);

		add(out, KA_REASON_CERT_SOURCE_ADDRESS, i, KA_STEP_CA, class);
		return class == KA_CLASS_SECONDARY;
	}
	return is_taken;
}

/* what the line itself refuses, before the certificate is looked at */
static bool is_line_fault(enum ka_reason reason)
{
	return reason != KA_REASON_NONE && reason != KA_REASON_CERT_OPTION_CONFLICT && reason != KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED;
}

bool ka_rulecert_line(const struct ka_facts *f, size_t i, const struct ka_userfile *file, const struct ka_keyscan_hit *hit,
		      struct ka_primary *out)
{
	enum ka_reason of_line = (enum ka_reason)hit->reason, doubt;
	struct faults faults = { 0 };
	struct ka_certview v;

	if (!ka_certview_read(&f->offers[i], &v))
		return false;
	if (is_line_fault(of_line)) { /* an authority that TrustedUserCAKeys has need not be marked here */
		bool is_lost = of_line != KA_REASON_CERT_CA_NOT_MARKED || f->trusted.ca_line[i] == 0;

		add_line(out, of_line, is_lost ? KA_CLASS_LOST : KA_CLASS_SECONDARY, i, file, hit);
		return false;
	}
	check_options(f, &v.key.cert, &faults);
	if (of_line != KA_REASON_NONE)
		blame(&faults, of_line);
	check_authority(f, &v.key.cert, hit->named == 0, ka_sshdconf_release(f->version) >= 1003, &faults);
	for (size_t n = 0; n < faults.count; n++)
		add_line(out, faults.reason[n], n == 0 ? KA_CLASS_LOST : KA_CLASS_SECONDARY, i, file, hit);
	doubt = faults.in_doubt ? KA_REASON_CERT_SOURCE_ADDRESS :
				  hit->what == KA_KEYSCAN_FROM_UNJUDGED ? KA_REASON_OPTION_FROM_MISMATCH : KA_REASON_NONE;
	if (faults.count > 0 || doubt == KA_REASON_NONE)
		return faults.count == 0;
	add_line(out, doubt, class_in_doubt(f, i), i, file, hit);
	return class_in_doubt(f, i) == KA_CLASS_SECONDARY;
}

/* does a key file have a line for its authority? then it is not unknown here */
static bool is_in_file(const struct ka_facts *f, size_t i)
{
	for (size_t n = 0; n < f->files.count && f->has_files; n++)
		if (ka_keyscan_hit(&f->files.files[n].scan, i) != NULL)
			return true;
	return false;
}

/* did our own sources hold the certificate? then it is they who did not serve it */
static bool is_ours(const struct ka_facts *f, size_t i)
{
	return f->sources.key[i].is_listed || f->subject->offers[i].said == KA_OFFER_REFUSED;
}

/* on a host that trusts nobody's certificates one that is offered besides a key says little */
static enum ka_class class_untrusted(const struct ka_facts *f, size_t i)
{
	if (is_ours(f, i))
		return KA_CLASS_SECONDARY;
	return f->trusted.path[0] != '\0' ? KA_CLASS_LOST : KA_CLASS_BLOCKED;
}

/* CASignatureAlgorithms is a list of names and patterns; empty when this sshd does not say */
static bool is_algorithm_allowed(const struct ka_facts *f, struct ka_span algorithm)
{
	struct ka_span rest = ka_sshdconf_value(&f->sshd, "casignaturealgorithms"), name;

	if (rest.len == 0)
		return true;
	while (ka_text_split(&rest, ',', &name))
		if (ka_text_glob(name, algorithm))
			return true;
	return false;
}

void ka_rulecert_run(const struct ka_facts *f, struct ka_primary *out, bool *listed)
{
	for (size_t i = 0; i < f->offers_count; i++) {
		struct ka_certview v;

		if (!f->sshd.is_known || !ka_certview_read(&f->offers[i], &v))
			continue;
		if (!is_algorithm_allowed(f, v.algorithm)) {
			listed[i] = false;
			add(out, KA_REASON_CERT_SIGNATURE_ALGORITHM, i, KA_STEP_METHOD, KA_CLASS_LOST);
		} else if (!listed[i] && f->trusted.ca_line[i] > 0) {
			listed[i] = judge_trusted(f, i, &v.key.cert, out);
		} else if (!listed[i] && !is_in_file(f, i) && !f->trusted.is_closed) {
			add(out, KA_REASON_CERT_CA_UNTRUSTED, i, KA_STEP_CA, class_untrusted(f, i));
		}
	}
}
