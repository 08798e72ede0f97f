// SPDX-License-Identifier: LGPL-2.1-or-later
/* One value of the target, with its type. */
#include <errno.h>
#include <string.h>

#include "internal.h"

/*
 * What does not cross into another page moves as a whole or not at all; anything
 * else needs EXACT, which not all kinds of memory know.
 */
static uint32_t flags_for(const struct dbgmem *m, uint64_t addr, size_t size)
{
	return addr % m->page_size + size > m->page_size ? DBGMEM_EXACT : 0;
}

static int value_read(struct dbgmem *m, uint64_t addr, void *value, size_t size)
{
	unsigned char buf[8];
	ssize_t ret;

	ret = dbgmem_read_flags(m, addr, buf, size, flags_for(m, addr, size),
				NULL);
	if (ret < 0)
		return (int)ret;
	memcpy(value, buf, size);
	return 0;
}

static int value_write(struct dbgmem *m, uint64_t addr, const void *value,
		       size_t size)
{
	ssize_t ret = dbgmem_write_flags(m, addr, value, size,
					 flags_for(m, addr, size), NULL);

	return ret < 0 ? (int)ret : 0;
}

DBGMEM_EXPORT int dbgmem_read_u8(struct dbgmem *m, uint64_t addr,
				 uint8_t *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_read_u16(struct dbgmem *m, uint64_t addr,
				  uint16_t *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_read_u32(struct dbgmem *m, uint64_t addr,
				  uint32_t *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_read_u64(struct dbgmem *m, uint64_t addr,
				  uint64_t *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_read_i8(struct dbgmem *m, uint64_t addr, int8_t *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_read_i16(struct dbgmem *m, uint64_t addr,
				  int16_t *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_read_i32(struct dbgmem *m, uint64_t addr,
				  int32_t *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_read_i64(struct dbgmem *m, uint64_t addr,
				  int64_t *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_read_float(struct dbgmem *m, uint64_t addr,
				    float *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_read_double(struct dbgmem *m, uint64_t addr,
				     double *value)
{
	return value_read(m, addr, value, sizeof(*value));
}

DBGMEM_EXPORT int dbgmem_write_u8(struct dbgmem *m, uint64_t addr,
				  uint8_t value)
{
	return value_write(m, addr, &value, sizeof(value));
}

DBGMEM_EXPORT int dbgmem_write_u16(struct dbgmem *m, uint64_t addr,
				   uint16_t value)
{
	return value_write(m, addr, &value, sizeof(value));
}

DBGMEM_EXPORT int dbgmem_write_u32(struct dbgmem *m, uint64_t addr,
				   uint32_t value)
{
	return value_write(m, addr, &value, sizeof(value));
}

DBGMEM_EXPORT int dbgmem_write_u64(struct dbgmem *m, uint64_t addr,
				   uint64_t value)
{
	return value_write(m, addr, &value, sizeof(value));
}

DBGMEM_EXPORT int dbgmem_write_i8(struct dbgmem *m, uint64_t addr, int8_t value)
{
	return value_write(m, addr, &value, sizeof(value));
}

DBGMEM_EXPORT int dbgmem_write_i16(struct dbgmem *m, uint64_t addr,
				   int16_t value)
{
	return value_write(m, addr, &value, sizeof(value));
}

DBGMEM_EXPORT int dbgmem_write_i32(struct dbgmem *m, uint64_t addr,
				   int32_t value)
{
	return value_write(m, addr, &value, sizeof(value));
}

DBGMEM_EXPORT int dbgmem_write_i64(struct dbgmem *m, uint64_t addr,
				   int64_t value)
{
	return value_write(m, addr, &value, sizeof(value));
}

DBGMEM_EXPORT int dbgmem_write_float(struct dbgmem *m, uint64_t addr,
				     float value)
{
	return value_write(m, addr, &value, sizeof(value));
}

DBGMEM_EXPORT int dbgmem_write_double(struct dbgmem *m, uint64_t addr,
				      double value)
{
	return value_write(m, addr, &value, sizeof(value));
}
