#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0
#
# foreign_text.pl FILE...: print each place in C sources that writes to a stream
# a string that is not known to be the tool's own. Names, paths and the like are
# for text_print(), msg() and the functions of json.h.
use strict;
use warnings;

# What may stand where a string is printed: literals, and the tool's own words.
my $own = qr/^(?:
	(?:\s*"(?:[^"\\]|\\.)*"|\s*[A-Z_]+\b(?:\("(?:[^"\\]|\\.)*"\))?)+ |
	'(?:[^'\\]|\\.)+' |
	(?:hex_format|protection|sample_time|strerror|dbgmem_reason_str)\(.* |
	\w+_(?:text|name)\(.* |
	(?:words|verbs)\[i\]\.(?:name|summary) |
	v->reg\.name
)$/xs;

# Variables that hold such words.
my %own_here = (
	'hexdump.c' => [ 'd->mark_on' ],
	'info.c' => [ 'key' ],
	'maps.c' => [ 'offset' ],
	'view.c' => [ 'v->title', 'v->changed',
		      'v->history[(v->nr_history - 1 - i) % HISTORY]' ],
	'watch.c' => [ 'q->type_name' ],
);

# Files whose purpose is to write bytes, as they are or as a dump.
my %writers = map { $_ => 1 } qw(text.c message.c json.c sink.c hexdump.c note.c
				 screen.c);
my $base;

sub is_own {
	my ($arg) = @_;

	return 1 if $arg =~ $own;
	return is_own($1) && is_own($2) if $arg =~ /\?\s*(.*?)\s*:\s*(.*)$/s;
	$arg =~ s/\s+/ /g;
	return grep { $_ eq $arg } @{$own_here{$base} // []};
}

# Arguments of a call: they are separated by commas outside of parentheses.
sub arguments {
	my ($text) = @_;
	my @arg = ('');
	my $depth = 0;

	while ($text =~ /\G("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|.)/gs) {
		my $c = $1;
		$depth++ if $c eq '(' || $c eq '[' || $c eq '{';
		$depth-- if $c eq ')' || $c eq ']' || $c eq '}';
		if ($c eq ',' && !$depth) {
			push @arg, '';
		} else {
			$arg[-1] .= $c;
		}
	}
	s/^\s+|\s+$//g for @arg;
	return @arg;
}

# Is there a string in what @arg, format first, prints that is not its own?
sub is_foreign {
	my ($format, @arg) = @_;
	my $text = '';

	while ($format =~ /\G\s*(?:"((?:[^"\\]|\\.)*)"|(PRI\w+)|(\w+))/gc) {
		return 1 if defined $3 && $3 !~ /^[A-Z_]+$/;
		$text .= defined $1 ? $1 : defined $2 ? 'd' : '';
	}
	return 1 if $format !~ /\G\s*$/gc;
	while ($text =~ /%(%|[-+ #0]*(\*|\d*)(?:\.(\*|\d*))?[hlzjt]*([a-zA-Z]))/g) {
		next if $1 eq '%';
		shift @arg if $2 eq '*';
		shift @arg if defined $3 && $3 eq '*';
		my $arg = shift @arg;
		return 1 if $4 =~ /[sc]/ && (!defined $arg || !is_own($arg));
	}
	return 0;
}

for my $path (@ARGV) {
	($base = $path) =~ s|.*/||;
	next if $writers{$base};
	open(my $f, '<', $path) or die "$path: $!\n";
	my $source = do { local $/; <$f> };
	close($f);
	# comments go, their lines stay
	$source =~ s{/\*.*?\*/}{ (my $c = $&) =~ s/[^\n]//g; $c }gse;
	while ($source =~ /\b(v?[fd]?printf|fputs|puts|fwrite|putchar|fputc|putc|perror)
			   \s*(\((?:[^()"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?2))*\))/gx) {
		my ($call, $inner) = ($1, substr($2, 1, -1));
		my $line = 1 + (substr($source, 0, $-[0]) =~ tr/\n//);
		my @arg = arguments($inner);
		my $bad;

		shift @arg if $call =~ /^v?[fd]printf$/;
		if ($call =~ /printf/) {
			$bad = $call =~ /^v/ || is_foreign(@arg);
		} elsif ($call =~ /puts$|putchar|putc$/) {
			$bad = !is_own($arg[0]);
		} else {
			$bad = 1;
		}
		$inner =~ s/\s+/ /g;
		print "$path:$line: $call($inner): print it with text_print()\n" if $bad;
	}
}
