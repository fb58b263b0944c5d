#!/usr/bin/perl
# The house rules find a breach of each kind: a small tree with one breach at a time, in a temporary
# folder. A rule that finds nothing here is no rule.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Path qw(make_path);
use File::Temp qw(tempdir);

my $rules = abs_path($0) =~ s{selftest\.pl$}{rules.pl}r;
my $head = "/* A file. */\n";
my $vi = "\xc4\x90\xc3\xa3 nh\xe1\xba\xadn";
my @breaches = (
	['a lower floor includes a higher one', 'cgi/base/x.c', "$head#include \"store/db.h\"\n", 'must not include'],
	['link includes web', 'cgi/link/x.c', "$head#include \"web/web.h\"\n", 'must not include'],
	['web includes link', 'cgi/web/x.c', "$head#include \"link/tls.h\"\n", 'must not include'],
	['forward includes web', 'cgi/forward/x.c', "$head#include \"web/web.h\"\n", 'must not include'],
	['a page of the center includes link', 'cgi/center/pages_x.c', "$head#include \"link/wire.h\"\n", 'must not include'],
	['fcgiapp.h outside web/fcgx.c', 'cgi/web/x.c', "$head#include <fcgiapp.h>\n", 'fcgx'],
	['sqlite3.h outside store', 'cgi/tool/x.c', "$head#include <sqlite3.h>\n", 'only store'],
	['libpq outside store', 'cgi/center/x.c', "$head#include <libpq-fe.h>\n", 'only store'],
	['mbedtls outside crypt and tls', 'cgi/link/http.c', "$head#include <mbedtls/ssl.h>\n", 'only crypt'],
	['a banned call', 'cgi/base/x.c', "${head}void f(char *a, const char *b) { strcpy(a, b); }\n", 'banned'],
	['SQL outside store', 'cgi/intake/x.c', "${head}const char *q = \"SELECT 1\";\n", 'SQL'],
	['Vietnamese in code', 'cgi/intake/x.c', "${head}const char *q = \"$vi\";\n", 'Vietnamese'],
	['Vietnamese in a template', 'www/pages/x.html', "<p>$vi</p>\n", 'Vietnamese'],
	['Vietnamese in a script', 'scripts/x', "echo $vi\n", 'Vietnamese'],
	['no head comment', 'cgi/base/x.c', "int x;\n", 'comment'],
	['a function\'s head in two lines', 'cgi/base/x.c', "${head}static enum rc\nf(void)\n", 'return type'],
	['disabled code', 'cgi/base/x.c', "$head#if 0\n#endif\n", 'disabled'],
	['inline style', 'www/pages/x.html', "<p style=\"color:red\"></p>\n", 'inline style'],
	['inline script', 'www/pages/x.html', "<script>alert(1)</script>\n", 'inline script'],
	['a handler in an attribute', 'www/pages/x.html', "<p onclick=\"x()\"></p>\n", 'inline script'],
	['a real ID number', 'tests/data/x.txt', "0" . "42099001234\n", '000'],
	['a port twice', 'tests/flow/x.mjs', "a({ ports: [9000, 9010] });\nb({ ports: [9020, 9012] });\n", 'port 9012'],
	['a path of one machine', 'cgi/base/x.c', "${head}const char *p = \"/" . "home/me/x\";\n", 'path'],
);
my @fine = (
	['a comment may quote', 'cgi/base/x.c', "/* $vi: never strcpy(a, b); SELECT is store's */\n"],
	['the machine half includes link', 'cgi/center/machine_x.c', "$head#include \"link/wire.h\"\n"],
	['store includes sqlite3.h', 'cgi/store/x.c', "$head#include <sqlite3.h>\nconst char *q = \"SELECT 1\";\n"],
	['sentences in www/text', 'www/text/vi.txt', "a = $vi\n"],
	['an invented ID number', 'tests/data/x.txt', "000099001234\n"],
);
my ($passed, $failed) = (0, 0);

sub lint {
	my ($path, $text) = @_;
	my $dir = tempdir(CLEANUP => 1);
	make_path("$dir/" . ($path =~ s{/[^/]*$}{}r));
	open(my $out, '>:raw', "$dir/$path") or die $!;
	print $out $text;
	close $out;
	my $said = `cd '$dir' && perl '$rules' -q`;
	return ($? >> 8, $said);
}
for (@breaches) {
	my ($name, $path, $text, $word) = @$_;
	my ($status, $said) = lint($path, $text);
	my $ok = $status == 1 && $said =~ /\Q$path\E.*\Q$word\E/;
	print $ok ? "ok $name\n" : "not ok $name: status $status, said: $said\n";
	$ok ? $passed++ : $failed++;
}
for (@fine) {
	my ($name, $path, $text) = @$_;
	my ($status, $said) = lint($path, $text);
	print $status == 0 ? "ok $name\n" : "not ok $name: $said\n";
	$status == 0 ? $passed++ : $failed++;
}
print "$passed passed, $failed failed, 0 skipped\n";
exit($failed ? 1 : 0);
