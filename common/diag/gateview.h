/*
 * What pam_keyaudit's enforce would say in the session phase of a login with an
 * offered key: the policy over the key alone, as the recorder judges it.
 */
#ifndef KA_DIAG_GATEVIEW_H
#define KA_DIAG_GATEVIEW_H

#include "conf/conf.h"
#include "diag/keyscan.h"
#include "diag/pamconf.h"

struct ka_gateview {
	enum ka_pamconf_enforce enforce;
	bool is_exempt;                         /* [policy] enforce_exempt names the user */
	bool is_unknown[KA_DIAG_OFFERS_MAX];    /* the key is known by its fingerprint only: not judged */
	enum ka_reason reason[KA_DIAG_OFFERS_MAX]; /* why the session would be refused, or KA_REASON_NONE */
	char detail[KA_DIAG_OFFERS_MAX][KA_VET_DETAIL_MAX]; /* what there is to say beside it */
};

/**
 * ka_gateview_make() - judge every offered key
 * @conf: of the recorder, that is root's; NULL when it cannot be used: then a strict gate refuses all with @wrong
 *
 * A certificate is judged by its subject key. Without enforce @out says nothing.
 */
void ka_gateview_make(const struct ka_pamconf *pam, const struct ka_conf *conf, enum ka_reason wrong, const char *user,
		      const struct ka_keyscan_offer *offers, size_t offers_count, struct ka_gateview *out);

#endif
