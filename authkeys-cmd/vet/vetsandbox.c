/* The filter by hand: a list of numbers and one end. It must never let a call pass that is not on the list. */
#include "authkeys-cmd/vet/vetsandbox.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "base/err.h"
#include "base/limits.h"

#include "base/poison.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#endif

/* libc's allocator, its locks, the end of the process, and the streams; qsort(3) of glibc asks how much memory there is */
static const int allowed[] = {
	SYS_read, SYS_write, SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_madvise, SYS_mprotect, SYS_futex, SYS_rt_sigreturn,
	SYS_rt_sigprocmask, SYS_exit, SYS_exit_group, SYS_clock_gettime, SYS_restart_syscall, SYS_sysinfo,
};

static bool limit(rlim_t memory_max)
{
	const struct { int what; rlim_t most; } limits[] = {
		{ RLIMIT_NOFILE, 0 }, { RLIMIT_CORE, 0 }, { RLIMIT_AS, memory_max },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(limits); i++)
		if (setrlimit((__rlimit_resource_t)limits[i].what, &(struct rlimit){ limits[i].most, limits[i].most }) != 0)
			return false;
	return true;
}

bool ka_vetsandbox(unsigned long memory_max)
{
#ifdef ARCH
	enum { HEAD = 4, COUNT = KA_ARRAY_LEN(allowed) };
	struct sock_filter code[HEAD + COUNT + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	const struct sock_fprog program = { .len = KA_ARRAY_LEN(code), .filter = code };

	for (size_t i = 0; i < COUNT; i++) /* to the last instruction */
		code[HEAD + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)allowed[i], (uint8_t)(COUNT - i), 0);
	code[HEAD + COUNT] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[HEAD + COUNT + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return limit(memory_max) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
#else
	return limit(memory_max) && false; /* nobody has tried the list here */
#endif
}
