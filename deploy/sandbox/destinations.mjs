// SPDX-License-Identifier: MIT
//
// Where events go: webhook endpoints (API v1) and event destinations (API v2), which differ in how they are spelled.

import { newId } from './ids.mjs';
import { invalid } from './errors.mjs';
import { setting } from './settings.mjs';

const LONGEST_OVERLAP_HOURS = 24;

export const destinations = (w) => [...w.store.webhook_endpoints.values(), ...w.store.event_destinations.values()].filter((d) => !d.deleted);

export const findDestination = (w, id) => w.store.webhook_endpoints.get(id) ?? w.store.event_destinations.get(id) ?? null;

const isThin = (d) => d.event_payload === 'thin';

// Events of connected accounts go to those who asked for them, and ours to the others.
const fromAccounts = (d) => d.sandbox.connect ?? d.events_from?.includes('@accounts') ?? false;

const isOfAccount = (event) => event.account !== undefined || event.context !== undefined;

export function wants(d, event) {
	return d.status === 'enabled' && isThin(d) === (event.object === 'v2.core.event') && fromAccounts(d) === isOfAccount(event) &&
		(d.enabled_events.includes('*') || d.enabled_events.includes(event.type));
}

// An endpoint that names none has its account's.
export const versionOf = (w, d) => d.api_version ?? d.snapshot_api_version ?? setting(w, 'api_version');

export const addressOf = (d) => d.url ?? d.sandbox.url;

// While a secret is being rolled the former ones sign too, until their time is over.
export const signingSecrets = (w, d) =>
	[...d.sandbox.secrets, ...(d.sandbox.former ?? []).filter((f) => f.until > w.clock.now()).map((f) => f.secret)];

// As in Workbench: the present secrets live on for so many hours.
export function rollSecret(w, d, hours) {
	if (!Number.isInteger(hours) || hours < 0 || hours > LONGEST_OVERLAP_HOURS)
		throw invalid(`hours must be from 0 to ${LONGEST_OVERLAP_HOURS}`);
	const until = w.clock.now() + hours * 3600;
	d.sandbox.former = [...(d.sandbox.former ?? []), ...d.sandbox.secrets.map((secret) => ({ secret, until }))];
	d.sandbox.secrets = [newId('whsec', 32)];
	return d.sandbox.secrets[0];
}

const isLocal = ({ hostname }) => hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');

// Stripe's servers cannot reach this machine, but for Cello, which is where this sandbox is.
export function checkAddress(w, address, param = 'url') {
	if (!w.localAllowed && isLocal(new URL(address)) && !address.startsWith(`${w.publicUrl}/cello/`))
		throw invalid('Invalid URL: URL must be publicly accessible. Consider using the Stripe CLI to test webhooks locally.', param, 'url_invalid');
}

export function checkNames(names, known, param = 'enabled_events') {
	for (const [i, name] of names.entries())
		if (name !== '*' && !known.has(name))
			throw invalid(`Invalid ${param}[${i}]: ${name} is not the name of an event.`, `${param}[${i}]`);
}
