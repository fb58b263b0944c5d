/*
 * main.c: `tram`, the command line: one table of commands.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "tool/backup.h"
#include "tool/board.h"
#include "tool/bundle.h"
#include "tool/card.h"
#include "tool/check.h"
#include "tool/copy.h"
#include "tool/doctor.h"
#include "tool/document.h"
#include "tool/enroll.h"
#include "tool/explain.h"
#include "tool/init.h"
#include "tool/network.h"
#include "tool/pki.h"
#include "tool/release_sign.h"
#include "tool/restore.h"
#include "tool/settings_print.h"
#include "tool/setup.h"
#include "tool/status.h"
#include "tool/supervise.h"
#include "tool/tablet.h"
#include "tool/tool.h"
#include "tool/update.h"
#include "tool/user.h"
#include "tool/verify.h"

static const struct command {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "init", init_main, "make the data folder of a board or a center" },
	{ "migrate", init_migrate_main, "bring the databases to this program's version" },
	{ "setup", setup_main, "on a new board: label, first boot, mass preparation" },
	{ "user", user_main, "add, lock, unlock and list accounts, set passwords" },
	{ "board", board_main, "at the center: register, revoke and list boards" },
	{ "enroll", enroll_main, "on the board: key and certificate with the center's invitation" },
	{ "pki", pki_main, "a private CA, server and device certificates for trials" },
	{ "status", status_main, "where the journal stands and what waits to be sent" },
	{ "verify", verify_main, "walk the journal: chains, bodies, files" },
	{ "bundle", bundle_main, "write a sealed stick for the other side" },
	{ "copy", copy_main, "at the center: a verified copy of its store, announced to the boards" },
	{ "backup", backup_main, "on a board: copies on a USB medium: write, list, check" },
	{ "restore", restore_main, "a board's data from such a copy, into an empty folder" },
	{ "check", check_main, "the nightly check of databases, chain and files" },
	{ "doctor", doctor_main, "is this board's machine well, and what to do" },
	{ "diagnose", doctor_diagnose_main, "what a helper far away needs, sealed to the center's support" },
	{ "card-test", card_main, "is a card or stick what it says, does it keep what it acknowledged" },
	{ "import", bundle_import_main, "take the parts of a sealed stick" },
	{ "rebuild", verify_rebuild_main, "replay the journal into the tables" },
	{ "digest", verify_digest_main, "a digest of every table, to compare two sides" },
	{ "catalogue", document_catalogue_main, "check, import or print the catalogue of procedures" },
	{ "calendar", document_calendar_main, "check, import or print the calendar" },
	{ "explain", explain_main, "the rules asked: due time, ID card, fee, code" },
	{ "settings", settings_print_main, "every key of tram.conf with default and meaning" },
	{ "network", network_main, "on the board: the system's network files from network.conf" },
	{ "tablet-tls", tablet_main, "on the board: the pages' certificates, what tablets install" },
	{ "release", release_sign_main, "sign the manifest of a release" },
	{ "update", update_main, "from a signed release to the version that runs, step by step" },
	{ "supervise", supervise_main, "run the processes of one file (development and tests)" },
};

static void usage(FILE *to)
{
	size_t i;

	fputs("usage: tram COMMAND [OPTION]… [WORD]…\n\n", to);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\ntram COMMAND --help says more.\n"
			"Exit status: 0 done; 1 a fault was found; 2 wrong usage or input, nothing changed;\n"
			"75 the environment failed (disk, database, lock): try again; 78 wrong configuration.\n",
			to);
}

int main(int argc, char **argv)
{
	size_t i;

	log_init("tram");
	umask(0007);
	if (argc < 2) {
		usage(stderr);
		return TOOL_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0
			|| strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return TOOL_OK;
	}
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].main(argc - 1, argv + 1);
	}
	fprintf(stderr, "tram: no such command: %s (tram --help)\n", argv[1]);
	return TOOL_USAGE;
}
