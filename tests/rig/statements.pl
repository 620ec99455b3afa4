#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# The SQL of the program, for lints: prints a line "file line name text" with
# tabs for each statement in src/, its macros expanded.  What errand/kind.h
# makes for each table is named "errand_claim" and so on, and its table "TABLE".

use strict;
use warnings;

my %macro;

# Strings, words, and any other character; comments are white space.
sub tokens {
	my ($text) = @_;
	my ($line, @tokens) = (1);
	while ($text =~ m{\G(?:(/\*.*?\*/|\\\n|\s+)|("(?:\\.|[^"\\\n])*")|('(?:\\.|[^'\\\n])*')|([A-Za-z_]\w*)|(.))}gcs) {
		push @tokens, [$line, $2 // $3 // $4 // $5, defined $2] unless defined $1;
		$line += ($& =~ tr/\n//);
	}
	return @tokens;
}

sub plain {
	my ($text) = @_;
	$text =~ s/^"|"$//g;
	$text =~ s/\\(.)/$1 eq "n" ? " " : $1/ge;
	return $text;
}

my %text;
for my $file (sort split /\n/, qx{find src -name '*.[ch]'}) {
	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	$text{$file} = <$in>;
	my $bare = $text{$file} =~ s{/\*.*?\*/}{$& =~ tr/\n//cdr}gesr;
	while ($bare =~ /^#[ \t]*define[ \t]+([A-Z]\w*)(\([^)]*\))?((?:[^\n]*\\\n)*[^\n]*)/mg) {
		my ($name, $body) = ($1, $3);
		$macro{$name} = $body if $body =~ /"/;
	}
}

# Strings side by side are one, and so are macros that stand for strings.
sub joined {
	my ($t, $i, $deep) = @_;
	my $all;
	while ($$i < @$t) {
		my ($line, $word, $string) = @{$t->[$$i]};
		if ($string) {
			$all .= plain($word);
		} elsif (defined $macro{$word} && $deep < 8) {
			my ($j, @inner) = (0, tokens($macro{$word}));
			my $more = joined(\@inner, \$j, $deep + 1);
			last if !defined $more || $j < @inner;
			$all .= $more;
			if ($$i + 1 < @$t && $t->[$$i + 1][1] eq '(') {
				$$i++ while $t->[$$i][1] ne ')';
			}
		} elsif (defined $all && ($word eq 'table' || $word eq 'which' || ($deep && $word =~ /^[a-z]+$/))) {
			$all .= $word eq 'table' ? 'TABLE' : $word eq 'which' ? ' ' : 'X';
		} else {
			last;
		}
		$$i++;
	}
	return $all;
}

for my $file (sort keys %text) {
	my @t = tokens($text{$file});
	my $name = '-';
	for (my $i = 0; $i < @t; $i++) {
		my $from = $i;
		my $all = joined(\@t, \$i, 0);
		next if $i == $from;
		$i--;
		if ($all =~ /^\s*(SELECT|INSERT\s+INTO|UPDATE\s+\w+\s.*\bSET|DELETE\s+FROM|WITH\s+\w+.*\bAS|CREATE|ALTER|DROP|TRUNCATE|LOCK|MERGE\s+INTO)\b/s) {
			$all =~ s/\s+/ /g;
			print "$file\t$t[$from][0]\t$name\t$all\n";
		} elsif ($all =~ /^[a-z_]+$/) {
			$name = $all =~ /^_/ ? "errand$all" : $all;
		}
	}
}
