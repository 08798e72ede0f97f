/* SPDX-License-Identifier: GPL-2.0 */
/* For programs that test the registers of x86: their only test elsewhere. */
#ifndef SELFTESTS_X86_ONLY_H
#define SELFTESTS_X86_ONLY_H

#include <kselftest_harness.h>

#ifndef __x86_64__
TEST(registers_of_x86)
{
	SKIP(return, "not x86; where ARM has its registers is tested by host_registers, and some of them by test_contract_hostmemory");
}
#endif

#endif /* SELFTESTS_X86_ONLY_H */
