#define _GNU_SOURCE	/* syscall numbers, close_range */
/*
 * sandbox.c: see sandbox.h: rlimits, no new privileges, and a seccomp filter (man 2 seccomp) that knows
 * reading, writing, memory and the end. Raw BPF: the list is short, and no library is asked.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "image/sandbox.h"

#define MEMORY_BYTES ((rlim_t)160 << 20)	/* of addresses, the libraries' among them */
#define CPU_SECONDS 10
#define OUTPUT_BYTES ((rlim_t)256 << 20)

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#else
#error "no system call numbers for this machine"
#endif

/* read, write and lseek on what is open; memory (sysinfo: how much, asked by qsort); the end. No open,
 * socket, fork, exec, kill, ioctl. */
static const uint32_t allowed[] = {
	SYS_read, SYS_write, SYS_lseek, SYS_close, SYS_brk, SYS_munmap, SYS_mremap,
	SYS_madvise, SYS_futex, SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_restart_syscall,
	SYS_getrandom, SYS_sysinfo, SYS_clock_gettime, SYS_gettimeofday, SYS_sched_yield,
#ifdef __arm__	/* the same with offsets in pages and times of 64 bits, and its own two */
	SYS_mmap2, SYS__llseek, SYS_futex_time64, SYS_clock_gettime64, __ARM_NR_cacheflush, __ARM_NR_set_tls,
#else
	SYS_mmap,
#endif
#ifdef __SANITIZE_ADDRESS__
	SYS_sigaltstack, SYS_getpid, SYS_gettid, SYS_rt_sigprocmask, SYS_mprotect, SYS_openat,
	SYS_readlink, SYS_getrlimit, SYS_prctl, SYS_rt_sigaction,
#endif
};
#define ALLOWED (sizeof(allowed) / sizeof(allowed[0]))
_Static_assert(ALLOWED < 200, "jumps of a filter are short");

static bool filter(void)
{
	struct sock_filter code[ALLOWED + 6];
	struct sock_fprog program = { .filter = code };
	unsigned short at = 0;

	code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, arch));
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ALLOWED; i++)
		code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i],
				(uint8_t)(ALLOWED - i), 0);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = at;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

static bool limit(int what, rlim_t most)
{
	const struct rlimit value = { most, most };

	return setrlimit((__rlimit_resource_t)what, &value) == 0;
}

bool sandbox_enter(int fds)
{
	bool shut;

	/* Whatever an ancestor left open by mistake. */
	if (syscall(SYS_close_range, (unsigned)fds, ~0U, 0U) != 0)
		for (int fd = fds; fd < 1024; fd++)
			(void)close(fd);
	shut = limit(RLIMIT_CPU, CPU_SECONDS) && limit(RLIMIT_FSIZE, OUTPUT_BYTES) &&
			limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_NOFILE, (rlim_t)fds);
#ifndef __SANITIZE_ADDRESS__
	shut = shut && limit(RLIMIT_AS, MEMORY_BYTES);
#endif
	return shut && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter();
}
