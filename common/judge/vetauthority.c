/* Line against certificate. It must never read a missing principal as "everybody". */
#include "judge/vetauthority.h"

#include "base/text.h"
#include "key/keycert.h"

#include "base/poison.h"

/* a value as sshd has it: \" undone, and nothing else */
static bool is_value(struct ka_span raw, struct ka_span value)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++, n++) {
		if (raw.p[i] == '\\' && i + 1 < raw.len && raw.p[i + 1] == '"')
			i++;
		if (n >= value.len || value.p[n] != raw.p[i])
			return false;
	}
	return n == value.len;
}

bool ka_vetauthority_conflicts(const struct ka_keyopt_item *command, const struct ka_keycert *cert)
{
	struct ka_span forced;

	return command != NULL && ka_keycert_critical(cert, "force-command", &forced) && !is_value(command->value, forced);
}

bool ka_vetauthority_has_one(struct ka_span names, const struct ka_keycert *cert)
{
	struct ka_span name;

	while (ka_text_split(&names, ',', &name))
		if (name.len > 0 && ka_keycert_has_principal(cert, name))
			return true;
	return false;
}

void ka_vetauthority_judge(const struct ka_keyopts *options, const struct ka_keycert *cert, struct ka_span user, struct ka_vetnote *note)
{
	const struct ka_keyopt_item *names = ka_keyopts_find(options, KA_KEYOPT_PRINCIPALS);

	if (ka_keyopts_find(options, KA_KEYOPT_CERT_AUTHORITY) == NULL && !ka_vetnote_add(note, KA_REASON_CERT_CA_NOT_MARKED, NULL))
		return;
	if (ka_vetauthority_conflicts(ka_keyopts_find(options, KA_KEYOPT_COMMAND), cert) &&
	    !ka_vetnote_add(note, KA_REASON_CERT_OPTION_CONFLICT, NULL))
		return;
	if (names != NULL && !ka_vetauthority_has_one(names->value, cert))
		ka_vetnote_add(note, KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED, NULL);
	else if (names == NULL && cert->principals_count == 0)
		ka_vetnote_refuse(note, KA_REASON_CERT_NO_PRINCIPALS, NULL); /* nobody's, whatever the policy says */
	else if (names == NULL && !ka_keycert_has_principal(cert, user))
		ka_vetnote_add(note, KA_REASON_CERT_PRINCIPAL_MISMATCH, NULL);
}
