/*
 * guard.c: what this process may use. A file that unpacks to gigabytes, or one that makes a library
 * go astray, ends this process and nothing else.
 *
 * The filter of calls is a second wall: where the kernel does not know it (emulation), the limits
 * and the bounds in the readers stand alone.
 */
#define _GNU_SOURCE /* syscall numbers */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "sheet/sheet.h"

#define MEMORY_BYTES (320u << 20)
#define CPU_SECONDS 30
#define FILE_BYTES (512u << 20)

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define OUR_ARCH AUDIT_ARCH_ARM
#endif

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define ON(call, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), BPF_STMT(BPF_RET | BPF_K, (action))
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define ALLOW SECCOMP_RET_ALLOW

static void limit(int what, rlim_t value)
{
	const struct rlimit both = { value, value };

	(void)setrlimit((__rlimit_resource_t)what, &both);
}

#if defined(OUR_ARCH) && !defined(__SANITIZE_ADDRESS__)
/* Reading: the file is in memory already; what is left is memory, the answer and the end. */
static const struct sock_filter only_reading[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, REFUSE),
	LOAD(nr),
	ON(__NR_read, ALLOW), ON(__NR_write, ALLOW), ON(__NR_close, ALLOW), ON(__NR_brk, ALLOW),
#ifdef __NR_mmap
	ON(__NR_mmap, ALLOW),
#endif
#ifdef __NR_mmap2
	ON(__NR_mmap2, ALLOW),
#endif
	ON(__NR_munmap, ALLOW), ON(__NR_mremap, ALLOW), ON(__NR_mprotect, ALLOW), ON(__NR_madvise, ALLOW),
	ON(__NR_futex, ALLOW), ON(__NR_getrandom, ALLOW), ON(__NR_clock_gettime, ALLOW),
	ON(__NR_rt_sigreturn, ALLOW), ON(__NR_rt_sigprocmask, ALLOW), ON(__NR_gettid, ALLOW),
	ON(__NR_getpid, ALLOW), ON(__NR_tgkill, ALLOW), ON(__NR_exit, ALLOW), ON(__NR_exit_group, ALLOW),
	BPF_STMT(BPF_RET | BPF_K, REFUSE),
};

/* Writing: our own rows and one temporary file; no network, no other program. */
static const struct sock_filter no_network[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, REFUSE),
	LOAD(nr),
	ON(__NR_socket, REFUSE), ON(__NR_connect, REFUSE), ON(__NR_execve, REFUSE),
	ON(__NR_execveat, REFUSE), ON(__NR_ptrace, REFUSE), ON(__NR_process_vm_writev, REFUSE),
	BPF_STMT(BPF_RET | BPF_K, ALLOW),
};

static void filter_calls(const struct sock_filter *filter, size_t count)
{
	struct sock_fprog program = { (unsigned short)count, (struct sock_filter *)(void *)(size_t)filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#endif

void guard_set(bool reading)
{
	limit(RLIMIT_CPU, CPU_SECONDS);
	limit(RLIMIT_FSIZE, FILE_BYTES);
	limit(RLIMIT_CORE, 0);
#if !defined(__SANITIZE_ADDRESS__)	/* its shadow takes terabytes of addresses and calls of its own */
	limit(RLIMIT_AS, MEMORY_BYTES);
#if defined(OUR_ARCH)
	if (reading)
		filter_calls(only_reading, COUNT(only_reading));
	else
		filter_calls(no_network, COUNT(no_network));
#endif
#else
	(void)reading;
#endif
}
