/* keyaudit doctor without one USER: is it installed well, and how are all users? */
#include "keyaudit/doctor/doctormode.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "keyaudit/doctor/allshow.h"
#include "keyaudit/doctor/allusers.h"
#include "keyaudit/doctor/doctor_json.h"
#include "keyaudit/doctor/doctor_show.h"
#include "keyaudit/doctor/doctorask.h"
#include "keyaudit/doctor/healthnote.h"
#include "keyaudit/doctor/install_check.h"
#include "keyaudit/screen/exit.h"

#include "base/poison.h"

static int complain(const char *what)
{
	fprintf(stderr, "keyaudit doctor: %s\n", what);
	return KA_EXIT_UNDECIDED;
}

static int all_status(const struct ka_doctorargs *a, const struct ka_allusers *all)
{
	if (all->sum[KA_ALLUSER_UNKNOWN] > 0)
		return KA_EXIT_UNDECIDED;
	return all->sum[KA_ALLUSER_FAIL] > 0 || (a->strict && all->sum[KA_ALLUSER_WARN] > 0) ? KA_EXIT_FINDINGS : KA_EXIT_FINE;
}

int ka_doctormode_all(const struct ka_doctorargs *args)
{
	KA_AUTOFREE struct ka_doctorask *q = calloc(1, sizeof(*q));
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct ka_progress bar;
	struct ka_allusers all;
	enum ka_err err;
	int status;

	if (geteuid() != 0)
		return complain("--all-users: only root can look at other users' files as sshd does: use sudo");
	if (q == NULL || !ka_doctorask_begin(q, args))
		return complain("out of memory or processes");
	err = ka_allusers_list(&all);
	if (err == KA_ERR_LIMIT)
		return complain("--all-users: more accounts than are looked at in one run");
	if (err != KA_ERR_OK)
		return complain("out of memory or processes");
	q->subject.is_general = true;
	ka_progress_begin(&bar);
	err = ka_allusers_run(&all, &q->subject, processors > 0 ? (unsigned)processors : 1, &bar);
	ka_healthnote_all(q, &all);
	if (args->json)
		ka_allshow_json(&all);
	else
		ka_allshow_text(&all);
	status = err == KA_ERR_OK ? all_status(args, &all) : complain("out of memory or processes");
	ka_allusers_free(&all);
	return status;
}

int ka_doctormode_install(const struct ka_doctorargs *args)
{
	KA_AUTOFREE struct ka_install *list = calloc(1, sizeof(*list));
	int status = KA_EXIT_FINE;

	if (list == NULL || ka_install_check(args->conf_path, list) != KA_ERR_OK)
		return KA_EXIT_UNDECIDED;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].state == KA_INSTALL_FAIL)
			status = KA_EXIT_FINDINGS;
	if (args->json)
		ka_doctor_json_install(list);
	else
		ka_doctor_show_install(list);
	return status;
}
