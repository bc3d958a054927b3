/* The profile "default". It must stay the one that needs no explanation: what a careful admin would choose. */
#include "vet/vetpolicy.h"

#include <string.h>

#include "base/poison.h"

#define RSA_MIN_BITS_DEFAULT 2048 /* SP 800-131A: less is below 112 bits of strength */
#define RSA_MAX_BITS_DEFAULT 8192 /* more costs every verifier time and buys nothing */

void ka_vetpolicy_default(struct ka_vetpolicy *p)
{
	static const char sk_default[] = "ssh:*"; /* all that ssh-keygen makes */

	*p = (struct ka_vetpolicy){ .rsa_min_bits = RSA_MIN_BITS_DEFAULT, .rsa_max_bits = RSA_MAX_BITS_DEFAULT };
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		p->type_allowed[i] = ka_keytype_at(i)->kind != KA_KEYKIND_DSA;
	p->option_allowed[KA_KEYOPT_RESTRICT] = true;
	p->option_allowed[KA_KEYOPT_FROM] = true;
	p->option_allowed[KA_KEYOPT_EXPIRY_TIME] = true;
	for (size_t i = 0; i < KA_KEYOPT_COUNT; i++)
		p->no_option_allowed[i] = ka_keyopts_has_no((enum ka_keyopt)i) && i != KA_KEYOPT_TOUCH_REQUIRED && i != KA_KEYOPT_VERIFY_REQUIRED;
	memcpy(p->sk_application[0], sk_default, sizeof(sk_default));
	p->sk_application_count = 1;
	for (unsigned r = 0; r < KA_REASON_COUNT; r++)
		p->action[r] = (uint8_t)ka_reason_action((enum ka_reason)r);
}
