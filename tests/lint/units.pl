#!/usr/bin/perl
# The units of board, center and card: each line that takes something away from a program stands below a
# comment that says why, nothing is left to fill in, and `systemd-analyze security` gives each service at
# most 2.0 (where systemd is installed; the values are printed). usage: units.pl [FOLDER]
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname basename);
use File::Temp qw(tempdir);

my $root = dirname(dirname(dirname(abs_path($0))));
my ($passed, $failed, $skipped) = (0, 0, 0);
my $most = 2.0;
# What needs a reason: limits, and what bounds a program's rights.
my $bounding = qr/^(Protect\w+|Private\w+|Restrict\w+|Device\w+|NoNewPrivileges|LockPersonality|MemoryDenyWriteExecute
	|RemoveIPC|SystemCall\w+|LimitCORE|UMask|CapabilityBoundingSet|AmbientCapabilities|IPAddress\w+|ReadWritePaths
	|InaccessiblePaths|ProcSubset|Memory\w+|TasksMax|CPUWeight|Keyring\w+|OOMPolicy|WatchdogSec|Restart|StartLimit\w+
	|Socket(User|Group|Mode)|TimeoutStartSec)=/x;

sub check {
	my ($fine, $name, $why) = @_;
	if ($fine) { $passed++; return; }
	$failed++;
	print "not ok $name", ($why ? ": $why" : ''), "\n";
}

sub slurp {
	my ($file) = @_;
	open(my $handle, '<', $file) or die "$file: $!\n";
	return <$handle>;
}

# A reason covers the lines below it, up to the next reason, an empty line or a section.
sub reasons {
	my ($name, @lines) = @_;
	my ($reason, $number) = (0, 0);
	my @without;
	for my $line (@lines) {
		$number++;
		if ($line =~ /^#/) { $reason = 1; }
		elsif ($line =~ /^(\[|\s*$)/) { $reason = 0; }
		elsif ($line =~ $bounding) { push @without, "line $number: $line" unless $reason; }
		# The reason of a line of rights does not speak for what comes after other settings.
		elsif ($line =~ /^(ExecStart|User|Group|SupplementaryGroups|Sockets|Slice)=/) { $reason = 0; }
	}
	chomp @without;
	check(!@without, "$name: a reason beside each bounding line", join('; ', @without));
}

sub security {
	my ($name, $file) = @_;
	my $text = `systemd-analyze security --offline=true --no-pager '$file' 2>&1`;
	my ($value) = $text =~ /exposure level for \S+: ([0-9.]+)/;
	if (!defined $value) { check(0, "$name: systemd-analyze security", $text); return; }
	printf "%-28s %s\n", $name, $value;
	check($value <= $most, "$name: exposure at most $most", $value);
}

my $analyze = system('command -v systemd-analyze >/dev/null 2>&1') == 0;
for my $side (qw(board center image)) {
	my $folder = tempdir(CLEANUP => 1);
	check(system("$root/board/systemd/expand", $side, $folder) == 0, "$side: units expand");
	for my $file (sort glob "$folder/*") {
		my $name = "$side " . basename($file);
		my @lines = slurp($file);
		check(!(grep { /@[A-Z_]+@|^%/ } @lines), "$name: nothing is left to fill in");
		reasons($name, @lines);
		next unless $file =~ /\.service$/;
		if ($analyze) { security($name, $file); } else { $skipped++; }
	}
}
print "skip units: systemd-analyze is not installed\n" unless $analyze;
print "$passed passed, $failed failed, $skipped skipped\n";
exit($failed ? 1 : 0);
