/*
 * The syslog sink. syslog(3) would keep a socket open, wait for a slow logger and retry; this sends once and gives
 * up. It must never block and never write to anything but a datagram socket.
 */
#include "audit/syslogsink.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "reason/reason.h"

#include "base/poison.h"

#define FACILITY_AUTHPRIV 10u
#define PATH_DEV_LOG "/dev/log"

static unsigned priority(int level)
{
	static const unsigned severities[] = { [KA_LEVEL_INFO] = 6, [KA_LEVEL_NOTICE] = 5, [KA_LEVEL_WARNING] = 4, [KA_LEVEL_ALERT] = 1 };

	if (level < KA_LEVEL_INFO || level > KA_LEVEL_ALERT)
		level = KA_LEVEL_WARNING;
	return FACILITY_AUTHPRIV * 8 + severities[level];
}

static void put_two(struct ka_buf *b, int v, char pad)
{
	if (v < 10)
		ka_buf_char(b, pad);
	ka_buf_u64(b, (uint64_t)v);
}

static void put_time(struct ka_buf *b, int64_t wall_us)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t sec = (time_t)(wall_us / 1000000);
	struct tm tm;

	if (localtime_r(&sec, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	ka_buf_put(b, months + 3 * (size_t)(tm.tm_mon % 12), 3);
	ka_buf_char(b, ' ');
	put_two(b, tm.tm_mday, ' ');
	ka_buf_char(b, ' ');
	put_two(b, tm.tm_hour, '0');
	ka_buf_char(b, ':');
	put_two(b, tm.tm_min, '0');
	ka_buf_char(b, ':');
	put_two(b, tm.tm_sec, '0');
}

void ka_syslogsink_format(int level, int64_t wall_us, int pid, const char *text, struct ka_buf *out)
{
	ka_buf_char(out, '<');
	ka_buf_u64(out, priority(level));
	ka_buf_char(out, '>');
	put_time(out, wall_us);
	ka_buf_text(out, " keyaudit[");
	ka_buf_i64(out, pid);
	ka_buf_text(out, "]: ");
	for (const char *p = text; *p != '\0'; p++)
		ka_buf_char(out, ka_text_is_control((uint8_t)*p) ? '?' : *p);
}

enum ka_err ka_syslogsink_send_to(const char *path, int level, const char *text)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	KA_AUTOCLOSE int fd = -1;
	char line[KA_SYSLOG_LINE_MAX + 64];
	struct ka_buf b;
	ssize_t sent;

	if (!ka_span_copy(ka_span_of(path), to.sun_path, sizeof(to.sun_path)))
		return KA_ERR_LIMIT;
	ka_buf_init_array(&b, line);
	ka_syslogsink_format(level, ka_clock_wall_us(), (int)getpid(), text, &b);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return KA_ERR_SYS;
	/* a text that is too long is cut by the buffer: the beginning is better than nothing */
	sent = sendto(fd, b.p, b.len, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof(to));
	return sent == (ssize_t)b.len ? KA_ERR_OK : KA_ERR_SYS;
}

enum ka_err ka_syslogsink_send(int level, const char *text)
{
	return ka_syslogsink_send_to(PATH_DEV_LOG, level, text);
}
