// SPDX-License-Identifier: GPL-2.0
/*
 * The device, the layout of the ABI, and the answers of INFO and SESSION_INFO.
 * Also built as a 32-bit program.
 */
#include "abi.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#include <kselftest_harness.h>

/* The ABI is the same for callers of every word size. */
#define LAYOUT(s, f, off) \
	_Static_assert(offsetof(struct s, f) == (off), #s "." #f)

_Static_assert(sizeof(struct dbgmem_info) == 80, "dbgmem_info");
LAYOUT(dbgmem_info, size, 0);
LAYOUT(dbgmem_info, flags, 4);
LAYOUT(dbgmem_info, abi_version, 8);
LAYOUT(dbgmem_info, page_size, 12);
LAYOUT(dbgmem_info, features, 16);
LAYOUT(dbgmem_info, transfer_flags, 24);
LAYOUT(dbgmem_info, max_exact, 32);
LAYOUT(dbgmem_info, attach_flags, 40);
LAYOUT(dbgmem_info, engine, 44);
LAYOUT(dbgmem_info, force_policy, 48);
LAYOUT(dbgmem_info, max_segments, 52);
LAYOUT(dbgmem_info, max_exact_pages, 56);
LAYOUT(dbgmem_info, max_expects, 60);
LAYOUT(dbgmem_info, max_breakpoints, 64);
LAYOUT(dbgmem_info, max_mirror_pages, 68);
LAYOUT(dbgmem_info, max_window_pages, 72);
LAYOUT(dbgmem_info, window_lease, 76);

_Static_assert(sizeof(struct dbgmem_session_info) == 48, "dbgmem_session_info");
LAYOUT(dbgmem_session_info, size, 0);
LAYOUT(dbgmem_session_info, flags, 4);
LAYOUT(dbgmem_session_info, state, 8);
LAYOUT(dbgmem_session_info, access, 12);
LAYOUT(dbgmem_session_info, pid, 16);
LAYOUT(dbgmem_session_info, breakpoints, 20);
LAYOUT(dbgmem_session_info, breakpoints_lost, 24);
LAYOUT(dbgmem_session_info, max_mirror_pages, 28);
LAYOUT(dbgmem_session_info, mirror_pages, 32);
LAYOUT(dbgmem_session_info, max_window_pages, 36);
LAYOUT(dbgmem_session_info, window_pages, 40);
LAYOUT(dbgmem_session_info, windows, 44);

_Static_assert(sizeof(struct dbgmem_attach) == 24, "dbgmem_attach");
LAYOUT(dbgmem_attach, size, 0);
LAYOUT(dbgmem_attach, flags, 4);
LAYOUT(dbgmem_attach, pid, 8);
LAYOUT(dbgmem_attach, mem_fd, 12);
LAYOUT(dbgmem_attach, access, 16);
LAYOUT(dbgmem_attach, reserved, 20);

_Static_assert(sizeof(struct dbgmem_transfer) == 72, "dbgmem_transfer");
LAYOUT(dbgmem_transfer, size, 0);
LAYOUT(dbgmem_transfer, flags, 4);
LAYOUT(dbgmem_transfer, addr, 8);
LAYOUT(dbgmem_transfer, buf, 16);
LAYOUT(dbgmem_transfer, len, 24);
LAYOUT(dbgmem_transfer, valid, 32);
LAYOUT(dbgmem_transfer, valid_size, 40);
LAYOUT(dbgmem_transfer, done, 48);
LAYOUT(dbgmem_transfer, fault_addr, 56);
LAYOUT(dbgmem_transfer, reason, 64);
LAYOUT(dbgmem_transfer, reserved, 68);

_Static_assert(sizeof(struct dbgmem_segment) == 40, "dbgmem_segment");
LAYOUT(dbgmem_segment, addr, 0);
LAYOUT(dbgmem_segment, buf, 8);
LAYOUT(dbgmem_segment, len, 16);
LAYOUT(dbgmem_segment, done, 24);
LAYOUT(dbgmem_segment, reason, 32);
LAYOUT(dbgmem_segment, reserved, 36);

_Static_assert(sizeof(struct dbgmem_expect) == 32, "dbgmem_expect");
LAYOUT(dbgmem_expect, addr, 0);
LAYOUT(dbgmem_expect, value, 8);
LAYOUT(dbgmem_expect, observed, 16);
LAYOUT(dbgmem_expect, reason, 24);
LAYOUT(dbgmem_expect, reserved, 28);

_Static_assert(sizeof(struct dbgmem_vector) == 80, "dbgmem_vector");
LAYOUT(dbgmem_vector, size, 0);
LAYOUT(dbgmem_vector, flags, 4);
LAYOUT(dbgmem_vector, segments, 8);
LAYOUT(dbgmem_vector, expects, 16);
LAYOUT(dbgmem_vector, nr_segments, 24);
LAYOUT(dbgmem_vector, segment_size, 28);
LAYOUT(dbgmem_vector, nr_expects, 32);
LAYOUT(dbgmem_vector, expect_size, 36);
LAYOUT(dbgmem_vector, op, 40);
LAYOUT(dbgmem_vector, reserved, 44);
LAYOUT(dbgmem_vector, done, 48);
LAYOUT(dbgmem_vector, fault_addr, 56);
LAYOUT(dbgmem_vector, nr_complete, 64);
LAYOUT(dbgmem_vector, first_incomplete, 68);
LAYOUT(dbgmem_vector, first_unmet, 72);
LAYOUT(dbgmem_vector, reserved2, 76);

_Static_assert(sizeof(struct dbgmem_bp_set_args) == 72, "dbgmem_bp_set_args");
LAYOUT(dbgmem_bp_set_args, size, 0);
LAYOUT(dbgmem_bp_set_args, flags, 4);
LAYOUT(dbgmem_bp_set_args, addr, 8);
LAYOUT(dbgmem_bp_set_args, len, 16);
LAYOUT(dbgmem_bp_set_args, reserved, 20);
LAYOUT(dbgmem_bp_set_args, trap, 24);
LAYOUT(dbgmem_bp_set_args, original, 40);
LAYOUT(dbgmem_bp_set_args, fault_addr, 56);
LAYOUT(dbgmem_bp_set_args, reason, 64);
LAYOUT(dbgmem_bp_set_args, reserved2, 68);

_Static_assert(sizeof(struct dbgmem_bp_clear_args) == 40, "dbgmem_bp_clear_args");
LAYOUT(dbgmem_bp_clear_args, size, 0);
LAYOUT(dbgmem_bp_clear_args, flags, 4);
LAYOUT(dbgmem_bp_clear_args, addr, 8);
LAYOUT(dbgmem_bp_clear_args, cleared, 16);
LAYOUT(dbgmem_bp_clear_args, lost, 20);
LAYOUT(dbgmem_bp_clear_args, fault_addr, 24);
LAYOUT(dbgmem_bp_clear_args, reason, 32);
LAYOUT(dbgmem_bp_clear_args, reserved, 36);

_Static_assert(sizeof(struct dbgmem_bp) == 56, "dbgmem_bp");
LAYOUT(dbgmem_bp, addr, 0);
LAYOUT(dbgmem_bp, len, 8);
LAYOUT(dbgmem_bp, state, 12);
LAYOUT(dbgmem_bp, trap, 16);
LAYOUT(dbgmem_bp, original, 32);
LAYOUT(dbgmem_bp, owner, 48);
LAYOUT(dbgmem_bp, own, 52);

_Static_assert(sizeof(struct dbgmem_bp_list_args) == 56, "dbgmem_bp_list_args");
LAYOUT(dbgmem_bp_list_args, size, 0);
LAYOUT(dbgmem_bp_list_args, flags, 4);
LAYOUT(dbgmem_bp_list_args, entries, 8);
LAYOUT(dbgmem_bp_list_args, nr_entries, 16);
LAYOUT(dbgmem_bp_list_args, entry_size, 20);
LAYOUT(dbgmem_bp_list_args, from, 24);
LAYOUT(dbgmem_bp_list_args, nr, 32);
LAYOUT(dbgmem_bp_list_args, more, 36);
LAYOUT(dbgmem_bp_list_args, next, 40);
LAYOUT(dbgmem_bp_list_args, total, 48);
LAYOUT(dbgmem_bp_list_args, reserved, 52);

_Static_assert(sizeof(struct dbgmem_cmpxchg_args) == 64, "dbgmem_cmpxchg_args");
LAYOUT(dbgmem_cmpxchg_args, size, 0);
LAYOUT(dbgmem_cmpxchg_args, flags, 4);
LAYOUT(dbgmem_cmpxchg_args, addr, 8);
LAYOUT(dbgmem_cmpxchg_args, expected, 16);
LAYOUT(dbgmem_cmpxchg_args, desired, 24);
LAYOUT(dbgmem_cmpxchg_args, width, 32);
LAYOUT(dbgmem_cmpxchg_args, reserved, 36);
LAYOUT(dbgmem_cmpxchg_args, observed, 40);
LAYOUT(dbgmem_cmpxchg_args, fault_addr, 48);
LAYOUT(dbgmem_cmpxchg_args, reason, 56);
LAYOUT(dbgmem_cmpxchg_args, exchanged, 60);

_Static_assert(sizeof(struct dbgmem_region) == 64, "dbgmem_region");
LAYOUT(dbgmem_region, start, 0);
LAYOUT(dbgmem_region, end, 8);
LAYOUT(dbgmem_region, offset, 16);
LAYOUT(dbgmem_region, inode, 24);
LAYOUT(dbgmem_region, page_size, 32);
LAYOUT(dbgmem_region, dev_major, 40);
LAYOUT(dbgmem_region, dev_minor, 44);
LAYOUT(dbgmem_region, flags, 48);
LAYOUT(dbgmem_region, name, 52);
LAYOUT(dbgmem_region, name_len, 56);
LAYOUT(dbgmem_region, reserved, 60);

_Static_assert(sizeof(struct dbgmem_region_list) == 80, "dbgmem_region_list");
LAYOUT(dbgmem_region_list, size, 0);
LAYOUT(dbgmem_region_list, flags, 4);
LAYOUT(dbgmem_region_list, addr, 8);
LAYOUT(dbgmem_region_list, end, 16);
LAYOUT(dbgmem_region_list, filter, 24);
LAYOUT(dbgmem_region_list, entries, 32);
LAYOUT(dbgmem_region_list, names, 40);
LAYOUT(dbgmem_region_list, nr_entries, 48);
LAYOUT(dbgmem_region_list, entry_size, 52);
LAYOUT(dbgmem_region_list, names_size, 56);
LAYOUT(dbgmem_region_list, nr, 60);
LAYOUT(dbgmem_region_list, next, 64);
LAYOUT(dbgmem_region_list, more, 72);
LAYOUT(dbgmem_region_list, reserved, 76);

_Static_assert(sizeof(struct dbgmem_window_args) == 40, "dbgmem_window_args");
LAYOUT(dbgmem_window_args, size, 0);
LAYOUT(dbgmem_window_args, flags, 4);
LAYOUT(dbgmem_window_args, addr, 8);
LAYOUT(dbgmem_window_args, len, 16);
LAYOUT(dbgmem_window_args, reserved, 24);
LAYOUT(dbgmem_window_args, offset, 32);

_Static_assert(sizeof(struct dbgmem_window_sync_args) == 16, "dbgmem_window_sync_args");
LAYOUT(dbgmem_window_sync_args, size, 0);
LAYOUT(dbgmem_window_sync_args, flags, 4);
LAYOUT(dbgmem_window_sync_args, pages, 8);
LAYOUT(dbgmem_window_sync_args, reserved, 12);

_Static_assert(DBGMEM_IOC_INFO == 0xde00, "INFO");
_Static_assert(DBGMEM_IOC_ATTACH == 0xde01, "ATTACH");
_Static_assert(DBGMEM_IOC_READ == 0xde02, "READ");
_Static_assert(DBGMEM_IOC_WRITE == 0xde03, "WRITE");
_Static_assert(DBGMEM_IOC_VECTOR == 0xde04, "VECTOR");
_Static_assert(DBGMEM_IOC_BP_SET == 0xde05, "BP_SET");
_Static_assert(DBGMEM_IOC_BP_CLEAR == 0xde06, "BP_CLEAR");
_Static_assert(DBGMEM_IOC_BP_LIST == 0xde07, "BP_LIST");
_Static_assert(DBGMEM_IOC_CMPXCHG == 0xde08, "CMPXCHG");
_Static_assert(DBGMEM_IOC_REGION_LIST == 0xde09, "REGION_LIST");
_Static_assert(DBGMEM_IOC_WINDOW == 0xde0a, "WINDOW");
_Static_assert(DBGMEM_IOC_WINDOW_SYNC == 0xde0b, "WINDOW_SYNC");
_Static_assert(DBGMEM_IOC_SESSION_INFO == 0xde0c, "SESSION_INFO");

/* Numbers from here on are nobody's. */
#define NR_IOCTLS	13

/* --- INFO, SESSION_INFO --- */

TEST(info_of_the_module)
{
	struct dbgmem_info info;
	int fd;

	fd = dev_open(O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, module_info(fd, &info));
	EXPECT_EQ(DBGMEM_ABI_VERSION, info.abi_version);
	EXPECT_EQ(sysconf(_SC_PAGESIZE), (long)info.page_size);
	EXPECT_EQ(DBGMEM_FEATURE_EXACT | DBGMEM_FEATURE_FORCE |
		  DBGMEM_FEATURE_ZEROFILL | DBGMEM_FEATURE_RW |
		  DBGMEM_FEATURE_POLL | DBGMEM_FEATURE_VECTOR |
		  DBGMEM_FEATURE_BREAKPOINT | DBGMEM_FEATURE_CMPXCHG |
		  DBGMEM_FEATURE_EXPECT | DBGMEM_FEATURE_REGION |
		  DBGMEM_FEATURE_MIRROR | DBGMEM_FEATURE_WINDOW |
		  DBGMEM_FEATURE_TABLES,
		  info.features & ~DBGMEM_FEATURE_NOFAULT);
	EXPECT_LE(1U << 20, info.max_exact);
	EXPECT_EQ(65536, info.max_segments);
	EXPECT_LE(info.max_exact / info.page_size, info.max_exact_pages);
	EXPECT_EQ(0, info.flags);
	EXPECT_EQ(16384, info.max_breakpoints);
	EXPECT_EQ(256, info.max_expects);
	EXPECT_EQ(DBGMEM_ATTACH_MIRROR, info.attach_flags);
	EXPECT_EQ(262144, info.max_mirror_pages);
	EXPECT_EQ(65536, info.max_window_pages);
	EXPECT_EQ(100, info.window_lease);
	close(fd);
}

TEST(info_of_the_module_is_the_same_for_every_session)
{
	struct dbgmem_info unbound, attached;
	int fd;

	fd = dev_open(O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, module_info(fd, &unbound));
	close(fd);
	fd = session_open(getpid(), O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, module_info(fd, &attached));
	EXPECT_EQ(0, memcmp(&unbound, &attached, sizeof(unbound)));
	close(fd);
}

TEST(info_of_an_unbound_session_is_empty)
{
	static const struct dbgmem_session_info empty = {
		.size = sizeof(empty),
		.state = DBGMEM_STATE_UNBOUND,
	};
	struct dbgmem_session_info info;
	int fd;

	fd = dev_open(O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, session_info(fd, &info));
	EXPECT_EQ(0, memcmp(&info, &empty, sizeof(info)));
	close(fd);
}

TEST(info_features_and_transfer_flags_agree)
{
	static const struct { uint64_t feature, flag; } pair[] = {
		{ DBGMEM_FEATURE_EXACT, DBGMEM_EXACT },
		{ DBGMEM_FEATURE_FORCE, DBGMEM_FORCE },
		{ DBGMEM_FEATURE_ZEROFILL, DBGMEM_ZEROFILL },
		{ DBGMEM_FEATURE_NOFAULT, DBGMEM_NOFAULT },
		{ DBGMEM_FEATURE_BREAKPOINT, DBGMEM_RAW },
	};
	struct dbgmem_info info;
	size_t i;
	int fd;

	fd = dev_open(O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, module_info(fd, &info));
	for (i = 0; i < ARRAY_SIZE(pair); i++)
		EXPECT_EQ(!(info.features & pair[i].feature),
			  !(info.transfer_flags & pair[i].flag));
	EXPECT_EQ(0, info.transfer_flags & ~(uint64_t)KNOWN_FLAGS);
	close(fd);
}

/* The kernel has had the flag behind it since 5.16. */
TEST(nofault_is_there_where_the_kernel_has_it)
{
	struct dbgmem_info info;
	struct utsname u;
	long major, minor;
	char *dot;
	int fd;

	ASSERT_EQ(0, uname(&u));
	major = strtol(u.release, &dot, 10);
	ASSERT_EQ('.', *dot);
	minor = strtol(dot + 1, NULL, 10);
	fd = dev_open(O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, module_info(fd, &info));
	EXPECT_EQ(major > 5 || (major == 5 && minor >= 16),
		  !!(info.features & DBGMEM_FEATURE_NOFAULT));
	close(fd);
}

TEST(info_of_an_attached_session_names_the_target)
{
	static const struct { int oflags; uint32_t access; } mode[] = {
		{ O_RDONLY, DBGMEM_ACCESS_READ },
		{ O_WRONLY, DBGMEM_ACCESS_WRITE },
		{ O_RDWR, DBGMEM_ACCESS_READ | DBGMEM_ACCESS_WRITE },
	};
	struct dbgmem_session_info info;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(mode); i++) {
		fd = session_open(getpid(), mode[i].oflags);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, session_info(fd, &info));
		EXPECT_EQ(DBGMEM_STATE_ATTACHED, info.state);
		EXPECT_EQ(mode[i].access, info.access);
		EXPECT_EQ(getpid(), info.pid);
		close(fd);
	}
}

TEST(info_follows_the_module_parameters)
{
	static const struct { const char *name, *value; uint32_t want; } set[] = {
		{ "engine", "remote", DBGMEM_ENGINE_REMOTE },
		{ "engine", "pinned", DBGMEM_ENGINE_PINNED },
		{ "engine", "auto", DBGMEM_ENGINE_AUTO },
		{ "force", "never", DBGMEM_FORCE_POLICY_NEVER },
		{ "force", "ptrace", DBGMEM_FORCE_POLICY_PTRACE },
		{ "force", "always", DBGMEM_FORCE_POLICY_ALWAYS },
		{ "force", "capable", DBGMEM_FORCE_POLICY_CAPABLE },
	};
	struct dbgmem_info info, before;
	size_t i;
	int fd;

	fd = dev_open(O_RDONLY);
	ASSERT_LE(0, fd);
	for (i = 0; i < ARRAY_SIZE(set); i++) {
		EXPECT_EQ(0, param_set(set[i].name, set[i].value));
		EXPECT_EQ(0, module_info(fd, &info));
		EXPECT_EQ(set[i].want, *set[i].name == 'e' ? info.engine :
							     info.force_policy)
			TH_LOG("%s=%s", set[i].name, set[i].value);
	}
	/* a value that does not exist is refused and changes nothing */
	before = info;
	EXPECT_EQ(-EINVAL, param_set("engine", "warp"));
	EXPECT_EQ(-EINVAL, param_set("force", "please"));
	EXPECT_EQ(0, module_info(fd, &info));
	EXPECT_EQ(0, memcmp(&info, &before, sizeof(info)));
	close(fd);
}

/* --- the device --- */

TEST(node_is_a_character_device_for_root_only)
{
	struct stat st;

	ASSERT_EQ(0, stat(DEV_PATH, &st));
	EXPECT_EQ(S_IFCHR | 0600, st.st_mode);
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(0, st.st_gid);
	EXPECT_EQ(10, major(st.st_rdev));	/* misc */
	EXPECT_EQ(0, access("/sys/class/misc/dbgmem/dev", F_OK));
}

TEST(node_cannot_be_opened_by_another_user)
{
	static const int mode[] = { O_RDONLY, O_WRONLY, O_RDWR };
	size_t i;

	ASSERT_EQ(0, setresgid(1000, 1000, 1000));
	ASSERT_EQ(0, setresuid(1000, 1000, 1000));
	for (i = 0; i < ARRAY_SIZE(mode); i++)
		EXPECT_EQ(-EACCES, dev_open(mode[i]));
}

TEST(unknown_ioctl_number_is_enotty)
{
	static const unsigned int dir[] = {
		_IOC_READ, _IOC_WRITE, _IOC_READ | _IOC_WRITE,
	};
	int fd[2], nr, type;
	size_t i, s;

	fd[0] = dev_open(O_RDWR);
	fd[1] = session_open(getpid(), O_RDWR);
	ASSERT_LE(0, fd[0]);
	ASSERT_LE(0, fd[1]);
	for (s = 0; s < ARRAY_SIZE(fd); s++) {
		for (nr = NR_IOCTLS; nr < 256; nr++) {
			EXPECT_EQ(-1, ioctl(fd[s], _IO(DBGMEM_IOC_TYPE, nr), 0));
			EXPECT_EQ(ENOTTY, errno)
				TH_LOG("nr %d", nr);
		}
		/* our numbers, with a direction and a size coded in */
		for (nr = 0; nr < NR_IOCTLS; nr++)
			for (i = 0; i < ARRAY_SIZE(dir); i++) {
				EXPECT_EQ(-1, ioctl(fd[s], _IOC(dir[i],
						    DBGMEM_IOC_TYPE, nr, 64), 0));
				EXPECT_EQ(ENOTTY, errno);
			}
		/* those that are not the VFS's own */
		for (type = 1; type < 256; type++) {
			if (type == DBGMEM_IOC_TYPE)
				continue;
			EXPECT_EQ(-1, ioctl(fd[s], _IO(type, 0), 0));
			EXPECT_EQ(ENOTTY, errno)
				TH_LOG("type %d", type);
		}
		close(fd[s]);
	}
}

TEST_HARNESS_MAIN
