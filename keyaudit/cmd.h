/*
 * The verbs of keyaudit: one file cmd_VERB.c each, one function each. argv[0] is the
 * verb. A verb's --help ends with two examples; its answer is an exit status.
 */
#ifndef KA_CMD_H
#define KA_CMD_H

#include "keyaudit/screen/exit.h"

int ka_cmd_doctor(int argc, char **argv);
int ka_cmd_explain(int argc, char **argv);
int ka_cmd_log(int argc, char **argv);
int ka_cmd_log_export(int argc, char **argv);
int ka_cmd_log_rotate(int argc, char **argv);
int ka_cmd_log_show(int argc, char **argv);
int ka_cmd_log_stats(int argc, char **argv);
int ka_cmd_report(int argc, char **argv);
int ka_cmd_verify(int argc, char **argv);
int ka_cmd_log_seal(int argc, char **argv);
int ka_cmd_metrics(int argc, char **argv);
int ka_cmd_keys(int argc, char **argv);
int ka_cmd_vet(int argc, char **argv);
int ka_cmd_blocklist(int argc, char **argv);
int ka_cmd_cache(int argc, char **argv);
int ka_cmd_refresh(int argc, char **argv);
int ka_cmd_sign(int argc, char **argv);
int ka_cmd_publish(int argc, char **argv);
int ka_cmd_config(int argc, char **argv);
int ka_cmd_version(int argc, char **argv);
int ka_cmd_record(int argc, char **argv);
int ka_cmd_collect(int argc, char **argv);

#endif
