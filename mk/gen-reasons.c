/*
 * Writes what is made from common/reason/reason.def to stdout:
 *
 *   gen-reasons md     docs/reasons.md
 *   gen-reasons man    docs/man/keyaudit-reasons.7 (mdoc)
 *   gen-reasons list   "SYM id LIVE|LATER ACTION" per line, for lints
 *
 * A tool of the build, not of the product; tests/lint/reasons.sh --update runs it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct row {
	const char *sym, *id, *action, *level, *step, *class, *status, *meaning, *fix, *source;
} rows[] = {
#define R(sym, id, action, level, step, class, status, meaning, fix, source) \
	{ #sym, id, #action, #level, #step, #class, #status, meaning, fix, source },
#include "reason/reason.def"
#undef R
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char *name, *what;
} families[] = {
	{ "conn", "network, listener and limits" },
	{ "account", "the account itself" },
	{ "sshd", "sshd's configuration and its own checks of a key" },
	{ "file", "the key file is not there or cannot be read" },
	{ "perm", "owners and modes (StrictModes)" },
	{ "line", "the lines of a key file" },
	{ "option", "the options before a key" },
	{ "cert", "certificates" },
	{ "key", "the key itself" },
	{ "policy", "what this site wants" },
	{ "revoked", "keys that the site has withdrawn" },
	{ "cmd", "the AuthorizedKeysCommand as sshd runs it" },
	{ "conf", "keyaudit's own configuration" },
	{ "store", "what a source of keys answered" },
	{ "data", "files that vetting needs" },
	{ "internal", "trouble inside keyaudit" },
	{ "sig", "the proof that the client holds the key" },
	{ "pam", "the key was good, PAM said no" },
	{ "client", "the key never reached the server" },
	{ "spool", "the health of keyaudit's own records" },
};

#define NFAMILIES (sizeof(families) / sizeof(families[0]))

static int is_of(const struct row *r, const char *family)
{
	size_t n = strlen(family);

	return strncmp(r->id, family, n) == 0 && r->id[n] == '.';
}

static void put_lower(const char *s)
{
	for (; *s != '\0'; s++)
		putchar(tolower((unsigned char)*s));
}

static int is_command(const char *fix)
{
	return !isupper((unsigned char)fix[0]);
}

/* ---- markdown ---- */

static void md_text(const char *s)
{
	for (const char *p = s; *p != '\0'; p++) {
		int lone = *p == '_' && (p == s || !isalnum((unsigned char)p[-1]));

		if (lone || strchr("|*<`", *p) != NULL)
			putchar('\\');
		putchar(*p);
	}
}

static void md_row(const struct row *r)
{
	printf("| `%s`%s | ", r->id, strcmp(r->status, "LATER") == 0 ? " (later)" : "");
	md_text(r->meaning);
	fputs(" | ", stdout);
	if (is_command(r->fix))
		printf("`%s`", r->fix);
	else
		md_text(r->fix);
	fputs(" | ", stdout);
	put_lower(r->level);
	fputs(" | ", stdout);
	put_lower(strcmp(r->action, "NONE") == 0 ? "-" : r->action);
	fputs(" | ", stdout);
	put_lower(r->step);
	fputs(" | ", stdout);
	md_text(r->source);
	fputs(" |\n", stdout);
}

static void md(void)
{
	fputs("# Reasons\n\n"
	      "<!-- made from common/reason/reason.def by tests/lint/reasons.sh --update; do not edit -->\n\n"
	      "Every reason that keyaudit can give for a refused key. An id is stable: it is never renamed\n"
	      "and never used for something else. `keyaudit explain ID` prints one of them, and\n"
	      "keyaudit-reasons(7) is the same list as a manual page.\n\n"
	      "- **fix**: a command for the server with the placeholders USER, HOME, FILE, DIR, LINE and KEY, or\n"
	      "  advice. A finding fills them in.\n"
	      "- **level**: how loud the event is by default: info, notice, warning or alert.\n"
	      "- **vetting**: what the vetting of keys does by default: off, warn or reject, which the\n"
	      "  configuration may change; locked always rejects; - is no matter of vetting.\n"
	      "- **where**: where on sshd's way it usually decides, in this order: listener, user, method,\n"
	      "  revoked, files, ca, command, signature, login, session. Besides: limit (may strike anywhere),\n"
	      "  client (the key never reached the server), nowhere (decides no login).\n"
	      "- *(later)*: the id is reserved; this release does not produce it yet.\n",
	      stdout);
	for (size_t f = 0; f < NFAMILIES; f++) {
		printf("\n## %s: %s\n\n", families[f].name, families[f].what);
		fputs("| id | meaning | fix | level | vetting | where | source |\n"
		      "|---|---|---|---|---|---|---|\n",
		      stdout);
		for (size_t i = 0; i < NROWS; i++) {
			if (is_of(&rows[i], families[f].name))
				md_row(&rows[i]);
		}
	}
}

/* ---- mdoc ---- */

/* @literal: to be typed or searched for, so a hyphen has to stay a plain one */
static void man_text(const char *s, int literal)
{
	if (*s == '.' || *s == '\'')
		fputs("\\&", stdout);
	for (; *s != '\0'; s++) {
		if (*s == '\\')
			fputs("\\e", stdout);
		else if (*s == '~')
			fputs("\\(ti", stdout);
		else if (*s == '-' && literal)
			fputs("\\-", stdout);
		else
			putchar(*s);
	}
}

static void man_row(const struct row *r)
{
	fputs(".It Sy ", stdout);
	man_text(r->id, 1);
	fputs(" Pq ", stdout);
	put_lower(r->level);
	fputs(", ", stdout);
	put_lower(r->step);
	if (strcmp(r->action, "NONE") != 0) {
		fputs(", ", stdout);
		put_lower(r->action);
	}
	fputs(strcmp(r->status, "LATER") == 0 ? ", later\n" : "\n", stdout);
	man_text(r->meaning, 0);
	fputs(".\n.br\n.Em Fix :\n", stdout);
	man_text(r->fix, 1);
	fputs("\n.br\n.Em Source :\n", stdout);
	man_text(r->source, 1);
	putchar('\n');
}

static void man(void)
{
	fputs(".\\\" Made from common/reason/reason.def by tests/lint/reasons.sh --update; do not edit.\n"
	      ".Dd November 22, 2026\n.Dt KEYAUDIT-REASONS 7\n.Os\n"
	      ".Sh NAME\n.Nm keyaudit-reasons\n.Nd why an SSH key was refused\n"
	      ".Sh DESCRIPTION\n"
	      "Every reason that\n.Xr keyaudit 8\ncan give for a refused key has an id of the form\n"
	      ".Ar family . Ns Ar what .\n"
	      "Ids are stable: they are never renamed and never used for something else.\n"
	      "They stand in the audit trail, in syslog, in the output of\n.Ic keyaudit doctor\nand\n"
	      ".Ic keyaudit vet ,\nand as settings in\n.Xr keyaudit.conf 5 .\n"
	      ".Ic keyaudit explain Ar id\nprints one of them.\n.Pp\n"
	      "In parentheses behind each id stand:\n"
	      ".Bl -bullet\n"
	      ".It\nhow loud its event is by default:\n"
	      ".Cm info , notice , warning\nor\n.Cm alert ;\n"
	      ".It\nwhere on the way of\n.Xr sshd 8\nit usually decides:\n"
	      ".Cm listener , user , method , revoked , files , ca , command , signature , login\nor\n"
	      ".Cm session ,\nin this order; besides\n"
	      ".Cm limit\n.Pq may strike anywhere ,\n"
	      ".Cm client\n.Pq the key never reached the server\nand\n"
	      ".Cm nowhere\n.Pq decides no login ;\n"
	      ".It\nfor a reason of vetting, what is done with the key by default:\n"
	      ".Cm off , warn\nor\n.Cm reject ,\nwhich the configuration may change, or\n"
	      ".Cm locked ,\nwhich always rejects;\n"
	      ".It\n.Cm later ,\nif the id is reserved and this release does not produce it yet.\n"
	      ".El\n.Pp\n"
	      "A fix is a command for the server or, when it begins with a capital letter, advice.\n"
	      "USER, HOME, FILE, DIR, LINE and KEY stand for what a finding fills in.\n"
	      ".Sh REASONS\n",
	      stdout);
	for (size_t f = 0; f < NFAMILIES; f++) {
		printf(".Ss %s: %s\n.Bl -tag -width Ds\n", families[f].name, families[f].what);
		for (size_t i = 0; i < NROWS; i++) {
			if (is_of(&rows[i], families[f].name))
				man_row(&rows[i]);
		}
		fputs(".El\n", stdout);
	}
	fputs(".Sh SEE ALSO\n.Xr keyaudit.conf 5 ,\n.Xr sshd_config 5 ,\n.Xr authkeys-cmd 8 ,\n"
	      ".Xr keyaudit 8 ,\n.Xr pam_keyaudit 8 ,\n.Xr sshd 8\n",
	      stdout);
}

/* a row whose family has no heading would silently be left out */
static int all_have_a_family(void)
{
	for (size_t i = 0; i < NROWS; i++) {
		size_t f = 0;

		while (f < NFAMILIES && !is_of(&rows[i], families[f].name))
			f++;
		if (f == NFAMILIES) {
			fprintf(stderr, "gen-reasons: %s: no heading for this family\n", rows[i].id);
			return 0;
		}
	}
	return 1;
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!all_have_a_family())
		return 1;
	if (strcmp(what, "md") == 0) {
		md();
	} else if (strcmp(what, "man") == 0) {
		man();
	} else if (strcmp(what, "list") == 0) {
		for (size_t i = 0; i < NROWS; i++)
			printf("%s %s %s %s\n", rows[i].sym, rows[i].id, rows[i].status, rows[i].action);
	} else {
		fputs("usage: gen-reasons md|man|list\n", stderr);
		return 2;
	}
	return fflush(stdout) != 0;
}
