/* Asking the policy. A label comes from a process that has read hostile files: it must never become two words of a question. */
#include "diag/sepolicy.h"

#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"

#include "base/poison.h"

#define PERMISSIVE 1u /* SELINUX_AVD_FLAGS_PERMISSIVE of selinux/selinux.h */

/* without the newline that some kernels end it with */
static bool read_text(const char *path, char *out, size_t size)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, out, size - 1) : -1;

	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return n > 0;
}

static bool ask_kernel(const char *path, const char *request, char *answer, size_t size)
{
	KA_AUTOCLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
	ssize_t n;

	answer[0] = '\0';
	if (fd < 0 || write(fd, request, strlen(request)) != (ssize_t)strlen(request))
		return false;
	n = read(fd, answer, size - 1);
	answer[n > 0 ? n : 0] = '\0';
	return n > 0;
}

const struct ka_sepolicy_kernel *ka_sepolicy_kernel(void)
{
	static const struct ka_sepolicy_kernel here = { .fs = "/sys/fs/selinux", .ask = ask_kernel };

	return &here;
}

/* user:role:type, and mostly a level or range: "s0-s0:c0.c1023" */
static bool is_context(const char *text)
{
	size_t colons = 0, n = 0;

	for (; text[n] != '\0'; n++) {
		if (!ka_text_is_alnum((uint8_t)text[n]) && strchr("_.,:-", text[n]) == NULL)
			return false;
		colons += text[n] == ':';
	}
	return colons >= 2 && n < KA_MOUNTLOOK_LABEL_MAX;
}

/* FS/class/CLASS/REST holds a number; 0: it does not */
static uint64_t number_of(const struct ka_sepolicy_kernel *k, const char *class, const char *rest)
{
	char path[KA_TEXT_PATH_MAX], text[KA_TEXT_U64_MAX];
	uint64_t n;
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, k->fs);
	ka_buf_text(&b, "/class/");
	ka_buf_text(&b, class);
	ka_buf_text(&b, rest);
	if (b.overflow || !read_text(path, text, sizeof(text)) || !ka_text_to_u64(ka_span_of(text), UINT16_MAX, &n))
		return 0;
	return n;
}

static bool ask(const struct ka_sepolicy_kernel *k, const char *node, const char *source, const char *target, const char *class,
		char answer[static KA_MOUNTLOOK_LABEL_MAX])
{
	uint64_t number = number_of(k, class, "/index");
	char path[KA_TEXT_PATH_MAX], request[3 * KA_MOUNTLOOK_LABEL_MAX];
	struct ka_buf b, r;

	if (number == 0 || !is_context(source) || !is_context(target))
		return false;
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, k->fs);
	ka_buf_text(&b, node);
	ka_buf_init_array(&r, request);
	ka_buf_text(&r, source);
	ka_buf_char(&r, ' ');
	ka_buf_text(&r, target);
	ka_buf_char(&r, ' ');
	ka_buf_u64(&r, number);
	return !b.overflow && !r.overflow && k->ask(path, request, answer, KA_MOUNTLOOK_LABEL_MAX);
}

/* the bits of these permissions; 0: one of them is not of this policy */
static uint32_t bits_of(const struct ka_sepolicy_kernel *k, bool is_dir)
{
	static const char *const file[] = { "/perms/open", "/perms/read", "/perms/getattr" }, *const dir[] = { "/perms/search" };
	const char *const *names = is_dir ? dir : file;
	size_t count = is_dir ? KA_ARRAY_LEN(dir) : KA_ARRAY_LEN(file);
	uint32_t bits = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t n = number_of(k, is_dir ? "dir" : "file", names[i]);

		if (n == 0 || n > 32)
			return 0;
		bits |= 1u << (n - 1);
	}
	return bits;
}

static bool take_hex(struct ka_span *rest, uint32_t *out)
{
	static const char digits[] = "0123456789abcdef";
	struct ka_span word;

	if (!ka_text_word(rest, &word) || word.len == 0 || word.len > 8)
		return false;
	*out = 0;
	for (size_t i = 0; i < word.len; i++) {
		const char *at = word.p[i] != '\0' ? strchr(digits, word.p[i]) : NULL;

		if (at == NULL)
			return false;
		*out = *out << 4 | (uint32_t)(at - digits);
	}
	return true;
}

/* "ALLOWED DECIDED AUDITALLOW AUDITDENY SEQUENCE FLAGS"; the flags came with Linux 2.6.31 */
static enum ka_sepolicy_answer judge(const char *answer, uint32_t wanted)
{
	struct ka_span rest = ka_text_trim(ka_span_of(answer)), word;
	uint32_t number[4], flags = 0;

	for (size_t i = 0; i < KA_ARRAY_LEN(number); i++)
		if (!take_hex(&rest, &number[i]))
			return KA_SEPOLICY_UNKNOWN;
	if (!ka_text_word(&rest, &word) || (rest.len > 0 && !take_hex(&rest, &flags)))
		return KA_SEPOLICY_UNKNOWN;
	return (number[0] & wanted) == wanted || (flags & PERMISSIVE) != 0 ? KA_SEPOLICY_ALLOWED : KA_SEPOLICY_DENIED;
}

enum ka_sepolicy_answer ka_sepolicy_may(const struct ka_sepolicy_kernel *k, const char *domain, const char *label, bool is_dir)
{
	uint32_t wanted = bits_of(k, is_dir);
	char answer[KA_MOUNTLOOK_LABEL_MAX];

	if (wanted == 0 || !ask(k, "/access", domain, label, is_dir ? "dir" : "file", answer))
		return KA_SEPOLICY_UNKNOWN;
	return judge(answer, wanted);
}

bool ka_sepolicy_domain(const struct ka_sepolicy_kernel *k, const char *sshd, const char *session, char out[static KA_MOUNTLOOK_LABEL_MAX])
{
	char next[KA_MOUNTLOOK_LABEL_MAX];

	if (!is_context(sshd) || !ka_span_copy(ka_span_of(sshd), out, KA_MOUNTLOOK_LABEL_MAX))
		return false;
	if (session[0] == '\0')
		return true;
	return ask(k, "/create", sshd, session, "process", next) && is_context(next) && ka_span_copy(ka_span_of(next), out, KA_MOUNTLOOK_LABEL_MAX);
}

static void take_session(char out[static KA_MOUNTLOOK_LABEL_MAX])
{
	static const char *const places[] = { "/usr/libexec/openssh/sshd-session", "/usr/lib/openssh/sshd-session", "/usr/libexec/sshd-session",
					      "/usr/lib/ssh/sshd-session" };
	ssize_t n = -1;

	for (size_t i = 0; i < KA_ARRAY_LEN(places) && n <= 0; i++)
		n = getxattr(places[i], "security.selinux", out, KA_MOUNTLOOK_LABEL_MAX - 1);
	out[n > 0 ? n : 0] = '\0';
}

bool ka_sepolicy_of_sshd(pid_t pid, char out[static KA_MOUNTLOOK_LABEL_MAX])
{
	char path[64], sshd[KA_MOUNTLOOK_LABEL_MAX], session[KA_MOUNTLOOK_LABEL_MAX];
	struct ka_buf b;

	out[0] = '\0';
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/");
	ka_buf_i64(&b, pid);
	ka_buf_text(&b, "/attr/current");
	if (pid <= 0 || !read_text(path, sshd, sizeof(sshd)))
		return false;
	take_session(session);
	if (ka_sepolicy_domain(ka_sepolicy_kernel(), sshd, session, out))
		return true;
	out[0] = '\0';
	return false;
}

void ka_sepolicy_judge(const struct ka_sepolicy_kernel *k, const char *domain, struct ka_userfile *f)
{
	enum ka_sepolicy_answer dir, file;
	size_t n;

	f->label_answer = KA_SEPOLICY_UNKNOWN;
	memcpy(f->label_path, f->path, sizeof(f->label_path));
	if (domain[0] == '\0' || f->label[0] == '\0')
		return;
	dir = f->dir_label[0] != '\0' ? ka_sepolicy_may(k, domain, f->dir_label, true) : KA_SEPOLICY_UNKNOWN;
	file = ka_sepolicy_may(k, domain, f->label, false);
	f->label_answer = dir == KA_SEPOLICY_DENIED ? dir : file;
	if (dir != KA_SEPOLICY_DENIED)
		return;
	memcpy(f->label, f->dir_label, sizeof(f->label));
	n = (size_t)(strrchr(f->path, '/') - f->path); /* it begins with one */
	f->label_path[n > 0 ? n : 1] = '\0';
}
