/* The sentence of an event. Pure; it must never repeat a stranger's byte unescaped, nor name an address that is not believed. */
#include "audit/eventsay.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"


static void put_text(struct ka_buf *b, const char *text, size_t max)
{
	ka_text_escape(b, ka_span_of(text), 0, max);
}

const char *ka_eventsay_title(enum ka_action_event a)
{
	static const char *const titles[KA_EVENT_COUNT] = {
		[KA_EVENT_LOGIN_ACCEPTED] = "ssh login accepted",
		[KA_EVENT_LOGIN_DENIED] = "ssh login denied",
		[KA_EVENT_KEY_OFFERED] = "ssh key offered",
		[KA_EVENT_KEY_REFUSED] = "ssh key refused",
		[KA_EVENT_KEY_SUMMARY] = "ssh keys refused in a flood",
		[KA_EVENT_SPOOL_TAMPERED] = "spool tampered",
		[KA_EVENT_TRAIL_GAP] = "trail gap",
		[KA_EVENT_DIAG_FAILED] = "diagnosis failed",
		[KA_EVENT_SSHD_UNAVAILABLE] = "sshd unavailable",
		[KA_EVENT_CONFIG_UNSAFE] = "unsafe configuration",
		[KA_EVENT_SERIAL_FORGOTTEN] = "serial memory forgotten",
		[KA_EVENT_SINK_FAILING] = "sink failing",
		[KA_EVENT_SINK_WORKS] = "sink works again",
		[KA_EVENT_STORE_DEGRADED] = "key store degraded",
		[KA_EVENT_STORE_REJECTED] = "key store rejected",
		[KA_EVENT_STORE_RECOVERED] = "key store recovered",
		[KA_EVENT_CONFIG_CHANGED] = "configuration changed",
		[KA_EVENT_DATA_UNUSABLE] = "no key can be judged",
		[KA_EVENT_DATA_USABLE] = "keys are judged again",
		[KA_EVENT_TRAIL_SEAL] = "trail seal",
	};

	return (unsigned)a < KA_EVENT_COUNT ? titles[a] : "unknown event";
}

static void put_mode(struct ka_buf *b, const struct ka_evidence *ev)
{
	if (!ev->has_stat)
		return;
	ka_buf_text(b, " (mode ");
	ka_buf_octal(b, (unsigned)ev->mode & 07777, 4);
	ka_buf_char(b, ')');
}

/* The three commonest causes name their file first, as people would. false: not one of them, nothing written. */
static bool put_mode_sentence(struct ka_buf *b, enum ka_reason reason, const struct ka_evidence *ev)
{
	const char *verb = NULL, *who = NULL;

	if (reason == KA_REASON_PERM_GROUP_WRITABLE && ev->group[0] != '\0') {
		verb = " is writable by group ";
		who = ev->group;
	} else if (reason == KA_REASON_PERM_WORLD_WRITABLE) {
		verb = " is writable by everyone";
	} else if (reason == KA_REASON_PERM_WRONG_OWNER && ev->owner[0] != '\0') {
		verb = " belongs to ";
		who = ev->owner;
	}
	if (verb == NULL || ev->path[0] == '\0')
		return false;
	put_text(b, ev->path, KA_EVENTSAY_PATH_MAX_SAID);
	ka_buf_text(b, verb);
	if (who != NULL)
		put_text(b, who, KA_EVENTSAY_SHORT_MAX);
	put_mode(b, ev);
	return true;
}

static void begin_part(struct ka_buf *b, bool *open)
{
	ka_buf_text(b, *open ? "; " : " (");
	*open = true;
}

static void put_evidence(struct ka_buf *b, const struct ka_evidence *ev, bool said)
{
	bool open = false;

	if (!said && ev->path[0] != '\0') {
		begin_part(b, &open);
		put_text(b, ev->path, KA_EVENTSAY_PATH_MAX_SAID);
		if (ev->line > 0) {
			ka_buf_text(b, " line ");
			ka_buf_u64(b, ev->line);
		}
	}
	if (ev->detail[0] != '\0') {
		begin_part(b, &open);
		put_text(b, ev->detail, KA_TEXT_OPTION_MAX);
	}
	if (ev->note[0] != '\0') {
		begin_part(b, &open);
		put_text(b, ev->note, sizeof(ev->note));
	}
	if (open)
		ka_buf_char(b, ')');
}

/* false: the file is not named yet */
static bool put_cause(const struct ka_event *e, const struct ka_evidence *ev, struct ka_buf *out)
{
	bool said = ev != NULL && put_mode_sentence(out, e->reason, ev);

	if (!said && e->reason != KA_REASON_NONE)
		ka_buf_text(out, ka_reason_meaning(e->reason));
	return said;
}

void ka_eventsay_cause(const struct ka_event *e, struct ka_buf *out)
{
	put_cause(e, e->finding != NULL ? &e->finding->evidence : NULL, out);
}

void ka_eventsay_why(const struct ka_event *e, bool is_short, struct ka_buf *out)
{
	const struct ka_evidence *ev = e->finding != NULL && !is_short ? &e->finding->evidence : NULL;
	bool said;

	if (e->reason == KA_REASON_NONE)
		return;
	said = put_cause(e, ev, out);
	if (ev != NULL)
		put_evidence(out, ev, said);
}

static void put_who(const struct ka_event *e, size_t max, struct ka_buf *b)
{
	char ip[64];

	if (e->user[0] != '\0') {
		ka_buf_text(b, " for ");
		put_text(b, e->user, max);
	}
	if (!ka_event_source(e, ip))
		return;
	ka_buf_text(b, " from ");
	ka_buf_text(b, ip);
	if (e->source_port > 0) {
		ka_buf_text(b, " port ");
		ka_buf_u64(b, e->source_port);
	}
}

static void put_key(const struct ka_event *e, const char *before, struct ka_buf *b)
{
	if (e->key == NULL || e->key->fp[0] == '\0')
		return;
	ka_buf_text(b, before);
	put_text(b, e->key->type, KA_EVENTSAY_SHORT_MAX);
	ka_buf_char(b, ' ');
	put_text(b, e->key->fp, KA_EVENTSAY_SHORT_MAX);
}

static void put_count(const struct ka_event *e, const char *what, struct ka_buf *b)
{
	ka_buf_text(b, ", ");
	ka_buf_u64(b, e->summary_count);
	ka_buf_text(b, what);
}

static void put_source(const struct ka_event *e, struct ka_buf *b)
{
	if (e->sources_count == 0)
		return;
	ka_buf_text(b, ", source ");
	put_text(b, e->sources[0].name, KA_EVENTSAY_SHORT_MAX);
}

/* where there is a reason its evidence names the file */
static void put_file(const struct ka_event *e, struct ka_buf *b)
{
	if (e->reason != KA_REASON_NONE || e->finding == NULL || e->finding->evidence.path[0] == '\0')
		return;
	ka_buf_text(b, ", ");
	put_text(b, e->finding->evidence.path, KA_EVENTSAY_PATH_MAX_SAID);
}

/* what this action says beyond its title */
static void put_action(const struct ka_event *e, struct ka_buf *b)
{
	switch (e->action) {
	case KA_EVENT_LOGIN_ACCEPTED:
		put_key(e, " with ", b);
		break;
	case KA_EVENT_KEY_OFFERED:
		put_key(e, ", ", b);
		ka_buf_text(b, ": served, but no login followed");
		break;
	case KA_EVENT_KEY_SUMMARY:
		put_count(e, " refusals counted in this one event", b);
		break;
	case KA_EVENT_SPOOL_TAMPERED:
		if (e->summary_count > 1)
			put_count(e, " files", b);
		break;
	case KA_EVENT_TRAIL_GAP:
		if (e->summary_count > 0)
			put_count(e, " connections unknown", b);
		break;
	case KA_EVENT_DIAG_FAILED:
		ka_buf_text(b, ": its event was written from the records alone");
		break;
	case KA_EVENT_SSHD_UNAVAILABLE:
		put_count(e, e->summary_count == 1 ? " time" : " times", b);
		break;
	case KA_EVENT_CONFIG_UNSAFE:
		if (e->summary_count > 1)
			put_count(e, " accounts", b);
		break;
	case KA_EVENT_SERIAL_FORGOTTEN:
		put_count(e, e->summary_count == 1 ? " serial" : " serials", b);
		break;
	case KA_EVENT_STORE_DEGRADED:
	case KA_EVENT_STORE_REJECTED:
	case KA_EVENT_STORE_RECOVERED:
		put_source(e, b);
		break;
	case KA_EVENT_CONFIG_CHANGED:
	case KA_EVENT_DATA_USABLE:
		put_file(e, b);
		break;
	case KA_EVENT_DATA_UNUSABLE:
	case KA_EVENT_SINK_FAILING:
	case KA_EVENT_SINK_WORKS:
	case KA_EVENT_TRAIL_SEAL:
	case KA_EVENT_LOGIN_DENIED:
	case KA_EVENT_KEY_REFUSED:
	case KA_EVENT_COUNT:
	default:
		break;
	}
}

void ka_eventsay_message(const struct ka_event *e, bool is_short, struct ka_buf *out)
{
	size_t begin;

	ka_buf_text(out, ka_eventsay_title(e->action));
	put_who(e, is_short ? KA_EVENTSAY_SHORT_MAX : KA_TEXT_USER_MAX, out);
	put_action(e, out);
	begin = out->len;
	if (e->reason != KA_REASON_NONE)
		ka_buf_text(out, e->action == KA_EVENT_LOGIN_ACCEPTED ? "; found on the way: " : ": ");
	ka_eventsay_why(e, is_short, out);
	if (e->text[0] != '\0' && !is_short) {
		ka_buf_text(out, out->len == begin ? ": " : "; ");
		put_text(out, e->text, sizeof(e->text));
	}
}
