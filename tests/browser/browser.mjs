// SPDX-License-Identifier: MIT
//
// Chromium for a test file: a browser, and visitors in it whose pages are listened to.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { SLOW } from '../rig/rig.mjs';

// The engine without the windows around it, which take as long again to draw.
const PROGRAMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

export const launch = () => chromium.launch({
	executablePath: PROGRAMS.find((file) => existsSync(file)), args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
		'--disable-background-networking', '--disable-component-update', '--disable-sync']
});

// A visitor of their own. What a page says to the console, and what it throws, is added to `complaints`.
export async function openContext(browser, { complaints = [], ...options } = {}) {
	const c = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC', ...options });
	c.setDefaultTimeout(15000 * SLOW);
	c.on('console', (m) => {
		if (m.type() === 'error' || /Content Security Policy/i.test(m.text()))
			complaints.push(`${m.location().url}: ${m.text()}`);
	});
	c.on('weberror', (e) => complaints.push(`${e.page()?.url()}: ${e.error()}`));
	return c;
}

// Log the context in as whoever this client is.
export const become = (context, rig, client) => context.addCookies([...client.cookies].map(([name, value]) => ({ name, value, url: rig.origin })));
