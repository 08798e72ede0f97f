/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs. Each returns an exit status; argv[0] is the tool, as for main(). */
#ifndef DBGMEM_CMD_H
#define DBGMEM_CMD_H

int cmd_info(int argc, char **argv);
int cmd_read(int argc, char **argv);
int cmd_write(int argc, char **argv);
int cmd_bp(int argc, char **argv);
int cmd_bp_set(int argc, char **argv);
int cmd_bp_list(int argc, char **argv);
int cmd_cmpxchg(int argc, char **argv);
int cmd_maps(int argc, char **argv);
int cmd_search(int argc, char **argv);
int cmd_strings(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_fill(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_dump(int argc, char **argv);
int cmd_regs(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_unload(int argc, char **argv);

#endif /* DBGMEM_CMD_H */
