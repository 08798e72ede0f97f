/* SPDX-License-Identifier: GPL-2.0 */
/* For tests that run once per engine, see engine_set(). */
#ifndef SELFTESTS_ENGINE_H
#define SELFTESTS_ENGINE_H

#include "memory.h"
#include <kselftest_harness.h>

#define ENGINE_VARIANT(_fixture, _engine) \
	FIXTURE_VARIANT_ADD(_fixture, _engine) { .engine = #_engine, }

#define ENGINE_VARIANTS(_fixture)					\
	FIXTURE_VARIANT(_fixture) { const char *engine; };		\
	ENGINE_VARIANT(_fixture, remote);				\
	ENGINE_VARIANT(_fixture, pinned);				\
	ENGINE_VARIANT(_fixture, auto);					\
	ENGINE_VARIANT(_fixture, mirror)

#endif /* SELFTESTS_ENGINE_H */
