/* The choice of PAM codes. Pure; must never say PAM_SUCCESS or PAM_ABORT. */
#include "pam_keyaudit/pamcode.h"

#include <security/_pam_types.h>

#include "base/poison.h"
#include "pam_keyaudit/pampoison.h"

static int session_code(enum ka_pamargs_enforce enforce, enum ka_pamcode_outcome outcome)
{
	if (enforce == KA_PAMARGS_ENFORCE_NO)
		return PAM_IGNORE;
	switch (outcome) {
	case KA_PAMCODE_FOREIGN:
	case KA_PAMCODE_ALLOWED:
		return PAM_IGNORE;
	case KA_PAMCODE_DENIED:
		return PAM_SESSION_ERR;
	case KA_PAMCODE_NOTHING: /* a gate that nobody asked is broken */
	case KA_PAMCODE_FAULT:
		break;
	}
	return enforce == KA_PAMARGS_ENFORCE_SOFT ? PAM_IGNORE : PAM_SESSION_ERR;
}

int ka_pamcode(enum ka_pamcode_entry entry, const struct ka_pamargs *args, enum ka_pamcode_outcome outcome)
{
	switch (entry) {
	case KA_PAMCODE_AUTH:
		/* whatever happened: anything finer would tell strangers who exists */
		return args->final && outcome != KA_PAMCODE_FOREIGN ? PAM_MAXTRIES : PAM_IGNORE;
	case KA_PAMCODE_OPEN_SESSION:
		return session_code(args->enforce, outcome);
	case KA_PAMCODE_SETCRED:
	case KA_PAMCODE_ACCOUNT:
	case KA_PAMCODE_CLOSE_SESSION:
	case KA_PAMCODE_CHAUTHTOK:
		break;
	}
	return PAM_IGNORE;
}
