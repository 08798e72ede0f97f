// SPDX-License-Identifier: GPL-2.0
/* What make takes from its caller, says, and installs. */
#include "help.h"
#include <kselftest_harness.h>

#include <sys/stat.h>

/* What a command prints on both streams; in a directory of its own, $T. */
static const char *sh(const char *command)
{
	const char *const argv[] = { "bash", "-c", command, NULL };

	return program_output(argv);
}

FIXTURE(makefile) {
	char dir[64];
};

FIXTURE_SETUP(makefile)
{
	strcpy(self->dir, "/tmp/host_makefile.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	setenv("T", self->dir, 1);
	setenv("BUILT", tool_built(), 1);
	/* This may be run by a make with options of its own. */
	unsetenv("MAKEFLAGS");
	unsetenv("MFLAGS");
	unsetenv("MAKELEVEL");
	unsetenv("O");
	unsetenv("CC");
	unsetenv("V");
}

FIXTURE_TEARDOWN(makefile)
{
	sh("rm -rf \"$T\"");
}

/* Does building one file with @flags go without a word, and have @has, not @lacks? */
static void expect_flags(struct __test_metadata *_metadata, const char *flags,
			 const char *has, const char *lacks)
{
	char command[512];
	const char *text;

	snprintf(command, sizeof(command),
		 "rm -rf $T/o; make -s V=1 O=$T/o %s $T/o/user/lib/utf.o 2>&1; make -Bn O=$T/o %s $T/o/user/lib/utf.o 2>&1 | grep -e -MMD",
		 flags, flags);
	text = sh(command);
	EXPECT_EQ(NULL, strstr(text, "warning")) TH_LOG("%s", text);
	EXPECT_EQ(NULL, strstr(text, "rror ")) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, has)) TH_LOG("no %s: %s", has, text);
	EXPECT_TRUE(!lacks || !strstr(text, lacks))
		TH_LOG("%s: %s", lacks, text);
}

#define OURS	"-D_FORTIFY_SOURCE=2"

TEST_F(makefile, preprocessor_flags_count)
{
	expect_flags(_metadata, "CPPFLAGS=-DFROM_THE_CALLER", "-DFROM_THE_CALLER",
		     NULL);
	/* But not before our own headers. */
	expect_flags(_metadata, "CPPFLAGS=-I/usr/local/include",
		     "-Iuser/cli -I/usr/local/include", NULL);
}

TEST_F(makefile, fortification_is_defined_once)
{
	expect_flags(_metadata, "", OURS, NULL);
	expect_flags(_metadata, "CFLAGS='-O2 -D_FORTIFY_SOURCE=3'", "SOURCE=3",
		     OURS);
	expect_flags(_metadata, "CPPFLAGS='-D_FORTIFY_SOURCE=3'", "SOURCE=3",
		     OURS);
	expect_flags(_metadata, "CFLAGS='-O2 -Wp,-D_FORTIFY_SOURCE=3'",
		     "SOURCE=3", OURS);
	expect_flags(_metadata, "CFLAGS='-O2 -U_FORTIFY_SOURCE'", "-U_FORTIFY",
		     OURS);
	/* It needs optimization. */
	expect_flags(_metadata, "CFLAGS=-O0", "-O0", OURS);
	/* A compiler that defines it by itself. */
	sh("printf '#!/bin/sh\\nexec gcc -D_FORTIFY_SOURCE=3 \"$@\"\\n' >$T/cc; chmod +x $T/cc");
	expect_flags(_metadata, "CC=$T/cc", "/cc ", OURS);
}

TEST_F(makefile, help_needs_no_compiler_and_no_path_without_blanks)
{
	const char *text;

	text = sh("mkdir -p \"$T/a b\" $T/bin && cp -r Makefile kmod selftests uapi user \"$T/a b\" && for t in make sed awk sort nproc uname; do ln -s $(command -v $t) $T/bin; done; cd \"$T/a b\" && PATH=$T/bin make help 2>&1; echo \"status $?\"");
	EXPECT_NE(NULL, strstr(text, "  check  ")) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, "Variables: ")) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, "status 0")) TH_LOG("%s", text);
	EXPECT_EQ(NULL, strstr(text, "No such file")) TH_LOG("%s", text);
	EXPECT_EQ(NULL, strstr(text, "warning:")) TH_LOG("%s", text);
	/* What builds says why it does not. */
	text = sh("cd \"$T/a b\" && make user 2>&1");
	EXPECT_NE(NULL, strstr(text, "must not contain blanks"))
		TH_LOG("%s", text);
}

TEST_F(makefile, says_nothing_without_a_compiler_before_it_is_needed)
{
	const char *text = sh("mkdir $T/bin; for t in make sed awk sort uname nproc pkg-config rm; do ln -s $(command -v $t) $T/bin; done; PATH=$T/bin make -s clean O=$T/o 2>&1");

	EXPECT_STREQ("", text);
}

TEST_F(makefile, install_says_what_the_module_needs)
{
	const char *text;

	/* Without headers, as where uname says something that nobody has. */
	text = sh("mkdir $T/bin; printf '#!/bin/sh\\necho 1.2.3-nobody\\n' >$T/bin/uname; chmod +x $T/bin/uname; PATH=$T/bin:$PATH make -n install O=$T/o KDIR= 2>&1 | grep 'not installed'");
	EXPECT_NE(NULL, strstr(text, "linux-headers-1.2.3-nobody"))
		TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, "kernel-devel-1.2.3-nobody"))
		TH_LOG("%s", text);
}

/* Without a compiler, and as somebody who is not root. */
TEST_F(makefile, build_says_which_packages_are_missing)
{
	const char *text;

	sh("mkdir $T/bin; for t in make bash sh sed awk sort uname nproc install cat mkdir; do ln -s $(command -v $t) $T/bin; done; printf '#!/bin/sh\nexit 1\n' >$T/bin/dpkg-query; printf '#!/bin/sh\necho 1000\n' >$T/bin/id; chmod +x $T/bin/*");
	text = sh("PATH=$T/bin make user O=$T/o 2>&1; echo status $?");
	EXPECT_NE(NULL, strstr(text, "apt-get update && apt-get install --no-install-recommends"))
		TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, "libkmod-dev")) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, "status 2")) TH_LOG("%s", text);
	EXPECT_EQ(NULL, strstr(text, " CC ")) TH_LOG("%s", text);
}

/*
 * A kernel's headers that only have a name, a module that is built for it, and a
 * user space that is built: what "make install" finds.
 */
static void prepare_install(void)
{
	sh("mkdir -p $T/k/include/generated $T/o/module/1.2.3-test/kmod; echo '#define UTS_RELEASE \"1.2.3-test\"' >$T/k/include/generated/utsrelease.h; cp -a ${BUILT%/*} $T/o; touch $T/o/module/1.2.3-test/kmod/dbgmem.ko");
}

/* What make says of @goal there, but for its progress. */
static const char *made(const char *goal)
{
	char command[128];

	snprintf(command, sizeof(command),
		 "make O=$T/o KDIR=$T/k DESTDIR=$T/d %s 2>&1 | grep -v '^  [A-Z]'",
		 goal);
	return sh(command);
}

#define MODULES	"cd $T/d; find . -name 'dbgmem.ko*'"
#define OURS_KO	"./lib/modules/1.2.3-test/updates/dbgmem/dbgmem.ko\n"

TEST_F(makefile, uninstall_leaves_nothing)
{
	const char *text;

	prepare_install();
	EXPECT_STREQ("", made("install"));
	text = sh("cd $T/d/usr/local && ls bin/dbgmem lib/libdbgmem.a lib/libdbgmem.so.0 include/dbgmem.h include/dbgmem_interfaces.h include/dbgmem/uapi.h share/man/man1/dbgmem.1 2>&1 >/dev/null");
	EXPECT_STREQ("", text);
	EXPECT_STREQ(OURS_KO, sh(MODULES));
	/* Kernels that have come since have one too. */
	sh("cp -a $T/d/lib/modules/1.2.3-test $T/d/lib/modules/1.2.2-old");
	EXPECT_STREQ("", made("uninstall"));
	EXPECT_STREQ("", sh("find $T/d -not -type d"));
}

TEST_F(makefile, install_replaces_what_it_has_installed_elsewhere)
{
	prepare_install();
	sh("mkdir -p $T/d/lib/modules/1.2.3-test/updates/dbgmem/kmod; touch $T/d/lib/modules/1.2.3-test/updates/dbgmem/kmod/dbgmem.ko");
	EXPECT_STREQ("", made("install"));
	EXPECT_STREQ(OURS_KO, sh(MODULES));
}

TEST_F(makefile, install_leaves_the_module_to_dkms)
{
	const char *text;

	prepare_install();
	sh("mkdir -p $T/d/usr/src/dbgmem-0.0.1; touch $T/d/usr/src/dbgmem-0.0.1/dkms.conf");
	text = made("install");
	EXPECT_NE(NULL, strstr(text, "DKMS has it")) TH_LOG("%s", text);
	EXPECT_STREQ("", sh(MODULES));
	EXPECT_STREQ("", sh("test -x $T/d/usr/local/bin/dbgmem || echo no tool"));
}

TEST_F(makefile, dkms_install_takes_the_place_of_the_installed_module)
{
	prepare_install();
	made("install");
	EXPECT_STREQ(OURS_KO, sh(MODULES));
	EXPECT_STREQ("", made("dkms-install"));
	EXPECT_STREQ("", sh(MODULES));
	EXPECT_STREQ("", sh("test -e $T/d/usr/src/dbgmem-*/dkms.conf || echo no source"));
}

TEST_F(makefile, install_says_that_the_module_is_not_built)
{
	const char *text;

	prepare_install();
	sh("rm -r $T/o/module");
	text = made("install");
	EXPECT_NE(NULL, strstr(text, "not built for 1.2.3-test. Run 'make modules KDIR=/"))
		TH_LOG("%s", text);
	EXPECT_STREQ("", sh(MODULES));
}

/* user/udev/activate.sh as user @id, where the group is there or not (@getent). */
static const char *activated(const char *id, const char *getent, const char *udevadm)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "rm -rf $T/bin; mkdir $T/bin; cd $T/bin; printf '#!/bin/sh\n%s\n' >id; printf '#!/bin/sh\n%s\n' >getent; printf '#!/bin/sh\necho \"$0 $*\"; %s\n' >udevadm; printf '#!/bin/sh\necho \"$0 $*\"\n' >groupadd; chmod +x *; cd - >/dev/null; PATH=$T/bin:$PATH user/udev/activate.sh 2>&1 | sed 's|.*/bin/||'",
		 id, getent, udevadm);
	return sh(command);
}

TEST_F(makefile, group_is_made_once_and_udev_is_told)
{
	const char *text;

	EXPECT_STREQ("groupadd --system dbgmem\nudevadm control --reload\n",
		     activated("echo 0", "exit 2", "exit 0"));
	EXPECT_STREQ("udevadm control --reload\n",
		     activated("echo 0", "exit 0", "exit 0"));
	text = activated("echo 0", "exit 0", "exit 1");
	EXPECT_NE(NULL, strstr(text, "udev does not run here"))
		TH_LOG("%s", text);
	text = activated("echo 1000", "exit 2", "exit 0");
	EXPECT_NE(NULL, strstr(text, "as root")) TH_LOG("%s", text);
	EXPECT_EQ(NULL, strstr(text, "groupadd")) TH_LOG("%s", text);
	EXPECT_EQ(NULL, strstr(text, "udevadm")) TH_LOG("%s", text);
}

/* As if it were installed in $T, static library only. */
static void prepare_pkg_config(void)
{
	sh("mkdir -p $T/include/dbgmem; cp user/lib/dbgmem.h user/lib/dbgmem_interfaces.h $T/include; cp uapi/dbgmem/uapi.h $T/include/dbgmem; cp ${BUILT%/*}/libdbgmem.a $T");
	sh("sed -e \"s|@PREFIX@|$T|; s|@LIBDIR@|$T|; s|@INCLUDEDIR@|$T/include|; s|@VERSION@|1|\" user/lib/libdbgmem.pc.in >$T/libdbgmem.pc");
	setenv("PKG_CONFIG_PATH", getenv("T"), 1);
}

/* A program that is linked with -static, as the installed .pc file says. */
TEST_F(makefile, static_linking_by_pkg_config)
{
	const char *text;

	prepare_pkg_config();
	sh("printf '#include <dbgmem.h>\\nint main(void) { struct dbgmem *m; return dbgmem_open(-1, 0, &m) != -22; }\\n' >$T/p.c");
	text = sh("cc -static -o $T/p $T/p.c $(pkg-config --static --cflags --libs libdbgmem) 2>&1; $T/p; echo status $?");
	EXPECT_STREQ("status 0\n", text);
}

TEST_F(makefile, example_in_the_readme_is_built_and_runs)
{
	const char *text;

	prepare_pkg_config();
	sh("sed -n '/^```c$/,/^```$/p' README.md | grep -v '^```' >$T/example.c");
	text = sh("cd $T; cc -Wall -Werror -static example.c $(pkg-config --static --cflags --libs libdbgmem) -o p 2>&1; ./p | wc -l");
	EXPECT_STREQ("1\n", text);
}

TEST_F(makefile, python_in_the_readme_gets_as_far_as_the_device)
{
	const char *text;

	text = sh("command -v python3 || :");
	if (!*text)
		SKIP(return, "no python3");
	sh("sed -n '/^```python$/,/^```$/p' README.md | grep -v '^```' >$T/example.py");
	text = sh("LD_LIBRARY_PATH=${BUILT%/*} python3 $T/example.py 2>&1");
	EXPECT_EQ(0, strncmp(text, "cannot open ", 12)) TH_LOG("%s", text);
}

TEST_F(makefile, compile_commands_are_json_with_all_files)
{
	const char *text;

	sh("O=$T CC=cc USER_CFLAGS='-DA=\"b\\c\"' TEST_CFLAGS=-DT selftests/compile_commands.sh >$T/commands.json 2>$T/err");
	text = sh("cat $T/err");
	EXPECT_STREQ("without the module: run 'make modules' first\n", text);
	text = sh("command -v python3 || :");
	if (!*text)
		SKIP(return, "no python3");
	text = sh("python3 -c 'import json, sys; c = json.load(open(sys.argv[1])); print([e[\"command\"] for e in c if \"user/lib\" in e[\"file\"]][0]); print(len(c) == int(sys.argv[2]))' $T/commands.json $(find user selftests -name '*.c' | grep -vcE '/(planted|inject|amplify)/') 2>&1");
	EXPECT_NE(NULL, strstr(text, "-DA=\"b\\c\" ")) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, "\nTrue\n")) TH_LOG("%s", text);
}

TEST_HARNESS_MAIN
