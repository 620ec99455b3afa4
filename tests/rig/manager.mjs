// SPDX-License-Identifier: MIT
//
// Stands in for a service manager: it hears what sd_notify(3) is told, each message with the time at which it came.
// Node has no datagram sockets of the Unix kind; perl is on every Debian.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { start, waitFor } from './process.mjs';

const SCRIPT = `
use strict; use warnings; use IO::Socket::UNIX; use Socket qw(SOCK_DGRAM); use Time::HiRes qw(time);
my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die "$ARGV[0]: $!";
$| = 1;
while (defined $s->recv(my $text, 4096)) { $text =~ tr/\\n/ /; printf "%d %s\\n", time * 1000, $text; }`;

export async function openManager(dir) {
	const path = join(dir, 'notify.sock');
	const process = start('manager', 'perl', ['-e', SCRIPT, path], { log: join(dir, `manager.out`) });
	await waitFor('the notify socket', () => existsSync(path));
	return {
		env: { NOTIFY_SOCKET: path },
		// [{ at, text }] in the order in which they came.
		heard: () => process.lines().map((line) => {
			const [, at, text] = /^(\d+) (.*)$/.exec(line);
			return { at: Number(at), text };
		}),
		close: () => process.stop()
	};
}
