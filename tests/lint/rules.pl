#!/usr/bin/perl
# The house rules that a compiler does not know. Part of the build: a breach fails it.
#
# Floors: base < crypt, dossier < store < link, web < programs; link and web do not know each other
# but in the center's machine half. Outside headers stay on their floor. No banned call, no SQL
# outside store/, no Vietnamese in code, no path of somebody's machine, no real ID number.
# Warnings (long files, long functions) do not fail. usage: rules.pl [-q]
use strict;
use warnings;

my %floors = (
	base => [qw(base)], crypt => [qw(base crypt)], dossier => [qw(base dossier)],
	store => [qw(base crypt dossier store)], link => [qw(base crypt dossier store link)],
	web => [qw(base crypt dossier store web)],
	(map { $_ => ['base', 'crypt', 'dossier', 'store', 'web', $_] } qw(intake lookup admin center)),
	forward => [qw(base crypt dossier store link forward)],
	sheet => [qw(base sheet)],
	tool => [qw(base crypt dossier store link web tool)],
	image => [qw(base image)],
);
my @generated = qw(embed.h pages.h text.h schema.h);
my $banned = qr/\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|scanf|sscanf|fscanf|alloca)\s*\(/;
my $sql = qr/\b(SELECT\s|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX|TRIGGER)|PRAGMA\s|BEGIN\s+IMMEDIATE)/;
# Bytes of the letters that only Vietnamese text brings here, and of the accented Latin ones.
my $vietnamese = qr/\xe1[\xba\xbb]|\xc4[\x82\x83\x90\x91\xa8\xa9]|\xc5[\xa8\xa9]|\xc6[\xa0\xa1\xaf\xb0]|\xc3[\x80-\xbf]/;
my $somewhere = qr{["' =](/(?:work|home|root|Users|tmp|var|etc|usr|opt|mnt)/)};
my $quiet = @ARGV && $ARGV[0] eq '-q';
my ($faults, $warnings, $files) = (0, 0, 0);

sub fault { my ($where, $what) = @_; print "$where: $what\n"; $faults++; }
sub warning { my ($where, $what) = @_; print "$where: warning: $what\n" unless $quiet; $warnings++; }

# Code with comments blanked, line structure kept; strings stay.
sub without_comments {
	my ($text) = @_;
	$text =~ s{("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(/\*.*?\*/|//[^\n]*)}
		{ defined $1 ? $1 : join('', $2 =~ /\n/g) || ' ' }gsex;
	return $text;
}

sub check_include {
	my ($where, $file, $room, $include, $quoted) = @_;
	if (!$quoted) {
		fault($where, "only web/fcgx.c includes $include")
			if $include =~ /^fcgi/ && $file ne 'cgi/web/fcgx.c';
		fault($where, "only image/ includes $include")
			if $include =~ /^(jpeglib|png|zbar)\.h/ && $room ne 'image';
		fault($where, "only store/ includes $include")
			if $include =~ /^(sqlite3|libpq)/ && $room ne 'store';
		fault($where, "only sheet/ includes $include")
			if $include =~ /^(xlsxwriter|zip|expat)\.h/ && $room ne 'sheet';
		fault($where, "only crypt/ and link/tls* include $include")
			if $include =~ m{^(mbedtls|psa)/} && $room ne 'crypt' && $file !~ m{^cgi/link/tls};
		return;
	}
	return if grep { $_ eq $include } @generated;
	if ($include !~ m{/}) {
		(my $dir = $file) =~ s{[^/]*$}{};
		fault($where, "include \"$include\" by its room: \"room/name.h\"") unless -e "$dir$include";
		return;
	}
	my ($target) = split m{/}, $include;
	my @allowed = @{$floors{$room} || []};
	push @allowed, 'link' if $file =~ m{^cgi/center/(machine_|main_machine)};
	fault($where, "$room must not include $include (floors: @allowed)")
		unless grep { $_ eq $target } @allowed;
}

sub check_functions {
	my ($file, $text) = @_;
	my ($start, $number) = (0, 0);
	for my $line (split /\n/, $text) {
		$number++;
		$start = $number if $line =~ /^\{/;
		if ($line =~ /^\}/ && $start) {
			warning("$file:$start", 'function of ' . ($number - $start) . ' lines (60)')
				if $number - $start > 75;
			$start = 0;
		}
	}
}

sub check_c {
	my ($file, $text) = @_;
	my ($room) = $file =~ m{^cgi/([a-z]+)/};
	my $host_tool = $file =~ m{^cgi/web/embed/};
	my $code = without_comments($text);
	my $number = 0;

	fault("$file:1", 'begins without a comment that says what the file is for')
		unless $text =~ m{\A\s*(#define\s+_\w+_SOURCE[^\n]*\n\s*)*/\*};
	fault("$file:1", 'a feature macro needs its reason beside it')
		if $text =~ m{^#define\s+_(GNU|DEFAULT|BSD)_SOURCE(?![^\n]*(/\*|//))(?!\s*1?\s*\n\s*/\*)}m
		&& $text !~ m{/\*[^*]*_(GNU|DEFAULT|BSD)_SOURCE}s
		&& $text !~ m{\*/\s*\n#define\s+_(GNU|DEFAULT)_SOURCE};
	for my $line (split /\n/, $code) {
		$number++;
		my $where = "$file:$number";
		check_include($where, $file, $room, $2, $1 eq '"') if !$host_tool && $line =~ /^\s*#\s*include\s*(["<])([^">]+)/;
		fault($where, "banned call $1") if (my $bare = $line =~ s/"(?:\\.|[^"\\])*"/""/gr) =~ $banned;
		fault($where, 'SQL outside store/') if $line =~ /"[^"]*$sql/ && $room ne 'store' && !$host_tool;
		fault($where, 'Vietnamese outside www/ and board/') if $line =~ $vietnamese;
		fault($where, "path of somebody's machine: $1") if $line =~ $somewhere;
		fault($where, 'a return type on a line of its own')
			if $line =~ /^(?:static )?(?:const )?(?:(?:enum|struct|unsigned) )?[a-z_][a-z0-9_]*(?: \*+)?$/;
		fault($where, 'commented-out or disabled code') if $line =~ /^\s*#\s*if\s+0\b/;
	}
	my $lines = () = $text =~ /\n/g;
	warning("$file:1", "$lines lines (about 400)") if $lines > 500;
	check_functions($file, $text);
}

sub check_page {
	my ($file, $text) = @_;
	fault($file, 'inline style') if $text =~ /<style\b|\sstyle=/i;
	fault($file, 'inline script') if $text =~ /<script(?![^>]*\ssrc=)|\son[a-z]+=/i;
	fault($file, "Vietnamese in a template: use a key of text/vi.txt")
		if ($text =~ s/<!--.*?-->//gsr) =~ $vietnamese;
}

sub check_other {
	my ($file, $text) = @_;
	my $number = 0;
	for my $line (split /\n/, $text) {
		$number++;
		my $where = "$file:$number";
		fault($where, 'an ID number of an invented person begins with 000')
			if $line =~ /(?<![0-9a-fA-F.])(?!000)[0-9]{12}(?![0-9a-fA-F])/;
		fault($where, "path of somebody's machine") if $line =~ m{(^|[\s"'=])/(work|home|root|Users)/};
		fault($where, 'Vietnamese outside www/, board/ and tests/')
			if ($line =~ s/Trạm//gr) =~ $vietnamese && $file !~ m{^(www|board|tests)/};
	}
}

# Tests run side by side: each has ports of its own, three from each number.
my %ports;
sub check_ports {
	my ($file, $text) = @_;
	return if $file !~ m{^tests/(flow|browser|peer|crash)/};
	while ($text =~ /\bports:\s*\[(\d+),\s*(\d+)\]/g) {
		for my $port (map { ($_, $_ + 1, $_ + 2) } $1, $2) {
			fault($file, "port $port belongs to $ports{$port}") if $ports{$port};
			$ports{$port} = $file;
		}
	}
}

# Names are bytes here, so the source stays without `use utf8`.
sub walk {
	my ($dir) = @_;
	opendir(my $handle, $dir) or return ();
	my @names = sort grep { !/^\.{1,2}$/ } readdir $handle;
	closedir $handle;
	return map { -d "$dir/$_" ? walk("$dir/$_") : "$dir/$_" } grep { $_ ne 'node_modules' } @names;
}

sub slurp {
	my ($file) = @_;
	open(my $handle, '<:raw', $file) or return undef;
	local $/;
	my $text = <$handle>;
	close $handle;
	return $text;
}

for my $file ('Makefile', 'README.md', map { walk($_) } qw(cgi www board scripts tests)) {
	next if $file =~ /\.(png|jpe?g|pdf|svg|woff2?|bin|gz|db|ico)$/ || $file =~ m{(^|/)\.|~$|\.tmp};
	my $text = slurp($file);
	next if !defined $text || $text =~ /\0/;
	$files++;
	if ($file =~ m{^cgi/[a-z]+/.*\.[ch]$}) {
		check_c($file, $text);
	} elsif ($file =~ m{^www/pages/.*\.html$}) {
		check_page($file, $text);
	} elsif ($file =~ m{^cgi/schema/|\.md$}) {
		next;
	} else {
		check_other($file, $text);
		check_ports($file, $text);
	}
}
print "lint: $files files, $faults faults, $warnings warnings\n" if !$quiet || $faults;
exit($faults ? 1 : 0);
