#!/usr/bin/perl
# A wire between two TUN devices that delivers packets late, slowly, not all of them, or none.
#
# Usage: wire.pl NAME NAME. It makes both devices in the network namespace in which it starts, says "ready", and lasts as
# long as its standard input, on which it takes one command a line:
#   set DIRECTION KEY VALUE ...   DIRECTION is 0 (from the first device to the second) or 1
#   count                         answers with packets carried, packets lost and bytes carried, of 0 and then of 1
# Each is answered by one line when it is in force.
#
# 1. A packet enters a direction when it is read, and is lost there if the direction is silent or the dice say so.
# 2. It is due after the time that it takes on the wire (a token bucket), and then the delay. No packet overtakes.
# 3. While the wire is taken nothing is read: the sender's kernel queues, and drops, as before any slow device.
#    Nothing else limits what is under way, so memory is bandwidth times delay.
#
# In Perl because it is part of every Debian (perl-base, which lacks Time::HiRes), and Node cannot open a TUN device.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use Fcntl qw(O_RDWR O_NONBLOCK);
use POSIX ();

use constant { TUNSETIFF => 0x400454ca, IFF_TUN => 0x0001, IFF_NO_PI => 0x1000 };
use constant { CLOCK_MONOTONIC => 1, LARGEST_PACKET => 65536 };
# What may pass at once after idleness, in seconds of the rate; and packets read before others get a turn.
use constant { BUCKET => 0.01, AT_ONCE => 64 };

my $clock_gettime = { x86_64 => 228, aarch64 => 113 }->{ (POSIX::uname())[4] } // die "no clock on this processor\n";

sub now {
  my $time = "\0" x 16;
  syscall($clock_gettime, CLOCK_MONOTONIC, $time) == 0 or die "clock_gettime: $!\n";
  my ($seconds, $nanoseconds) = unpack 'q q', $time;
  return $seconds + $nanoseconds / 1e9;
}

sub open_tun {
  my ($name) = @_;
  sysopen(my $device, '/dev/net/tun', O_RDWR | O_NONBLOCK) or die "/dev/net/tun: $!\n";
  ioctl($device, TUNSETIFF, pack('a16 S x22', $name, IFF_TUN | IFF_NO_PI)) or die "TUNSETIFF $name: $!\n";
  return $device;
}

sub new_direction {
  my ($source, $sink) = @_;
  return {
    source => $source, sink => $sink, queue => [], idle_from => 0, last_due => 0,
    delay => 0, rate => 0, loss => 0, seed => 1, silent => 0,
    carried => 0, lost => 0, bytes => 0,
  };
}

# The next number from 0 to 1 of this direction (a linear congruential generator, with the constants of Knuth's MMIX).
sub dice {
  my ($line) = @_;
  { use integer; $line->{seed} = $line->{seed} * 6364136223846793005 + 1442695040888963407; }
  return (($line->{seed} >> 33) & 0x7fffffff) / 0x80000000;
}

sub enter {
  my ($line, $packet, $now) = @_;
  if ($line->{silent} || ($line->{loss} > 0 && dice($line) < $line->{loss})) {
    $line->{lost}++;
    return;
  }
  my $start = $line->{idle_from} > $now - BUCKET ? $line->{idle_from} : $now - BUCKET;
  $line->{idle_from} = $line->{rate} > 0 ? $start + length($packet) / $line->{rate} : $start;
  my $due = ($line->{idle_from} > $now ? $line->{idle_from} : $now) + $line->{delay};
  $line->{last_due} = $due if $due > $line->{last_due};
  push @{ $line->{queue} }, [$line->{last_due}, $packet];
}

sub take_in {
  my ($line, $now) = @_;
  for (1 .. AT_ONCE) {
    return if $line->{idle_from} > $now;
    my $size = sysread $line->{source}, my $packet, LARGEST_PACKET;
    return unless $size;
    # IPv4 alone: what the kernels say to each other over IPv6 would make the dice fall differently each time.
    next unless ord($packet) >> 4 == 4;
    enter($line, $packet, $now);
  }
}

sub deliver {
  my ($line, $now) = @_;
  my $queue = $line->{queue};
  while (@$queue && $queue->[0][0] <= $now) {
    my $packet = (shift @$queue)->[1];
    # A device that is down takes nothing, as a cable that is pulled out.
    if (defined syswrite $line->{sink}, $packet) { $line->{carried}++; $line->{bytes} += length $packet; }
    else { $line->{lost}++; }
  }
}

# In how many seconds this direction has something to do though no packet comes.
sub idle_for {
  my ($line, $now) = @_;
  my $head = $line->{queue}[0];
  my @times = ($head ? $head->[0] : (), $line->{idle_from} > $now ? $line->{idle_from} : ());
  return map { $_ > $now ? $_ - $now : 0 } @times;
}

my @names = @ARGV;
my @devices = map { open_tun($_) } @names;
my @lines = (new_direction(@devices[0, 1]), new_direction(@devices[1, 0]));

sub obey {
  my ($command) = @_;
  my ($verb, @rest) = split ' ', $command;
  if ($verb eq 'set') {
    my ($direction, %settings) = @rest;
    $lines[$direction]{$_} = $settings{$_} + 0 for keys %settings;
    $lines[$direction]{idle_from} = 0 if exists $settings{rate};
    return 'done';
  }
  return join ' ', map { @$_{qw(carried lost bytes)} } @lines;
}

$| = 1;
print "ready\n";
my $typed = '';
while (1) {
  my $now = now();
  deliver($_, $now) for @lines;
  my $readable = '';
  vec($readable, fileno(STDIN), 1) = 1;
  for (@lines) { vec($readable, fileno($_->{source}), 1) = 1 if $_->{idle_from} <= $now; }
  my ($wait) = sort { $a <=> $b } map { idle_for($_, $now) } @lines;
  next if select($readable, undef, undef, $wait) < 0 && $! == EINTR;
  $now = now();
  for (@lines) { take_in($_, $now) if vec($readable, fileno($_->{source}), 1); }
  next unless vec($readable, fileno(STDIN), 1);
  last unless sysread STDIN, $typed, 4096, length $typed;
  print obey($1), "\n" while $typed =~ s/^(.*)\n//;
}
