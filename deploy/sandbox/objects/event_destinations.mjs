// SPDX-License-Identifier: MIT
//
// /v2/core/event_destinations: webhook endpoints of the newer kind, for thin events too.

import { checkAddress, checkNames } from '../destinations.mjs';
import { invalid, missingParam, noSuch } from '../errors.mjs';
import { SNAPSHOT, THIN } from '../event_names.mjs';
import { tell } from '../events.mjs';
import { bare } from '../expand.mjs';
import { newId } from '../ids.mjs';
import { applyMetadata, hash, int, list, metadata, must, oneOf, text, unplayed, url } from '../params.mjs';
import { newThin } from '../thin.mjs';
import { API_VERSION, checkVersion } from '../version.mjs';
import { pageV2 } from '../list.mjs';

const WEBHOOK = hash({ url: must(url) });
const INCLUDE = list(oneOf('webhook_endpoint.signing_secret', 'webhook_endpoint.url'));

const alive = (w) => [...w.store.event_destinations.values()].filter((d) => !d.deleted);

function findLive(w, id) {
	const found = w.store.event_destinations.get(id);
	if (!found || found.deleted)
		throw noSuch('event destination', id, 'id');
	return found;
}

// Address and secret are told only to whoever asks for them, the secret only at birth.
function show(d, include = [], isNew = false) {
	const webhook = {};
	if (include.includes('webhook_endpoint.url'))
		webhook.url = d.sandbox.url;
	if (isNew && include.includes('webhook_endpoint.signing_secret'))
		webhook.signing_secret = d.sandbox.secrets[0];
	return { ...bare(d), webhook_endpoint: webhook };
}

const checkEvents = (payload, names) => checkNames(names, payload === 'thin' ? THIN : SNAPSHOT);

function checkCreate(p) {
	if (p.type === 'webhook_endpoint' && p.webhook_endpoint === undefined)
		throw missingParam('webhook_endpoint');
	if (p.event_payload === 'thin' && p.snapshot_api_version !== undefined)
		throw invalid('Thin events have no version.', 'snapshot_api_version');
	if (p.event_payload === 'snapshot')
		checkVersion(p.snapshot_api_version ?? API_VERSION, 'snapshot_api_version');
	checkEvents(p.event_payload, p.enabled_events);
}

function create(w, p) {
	checkAddress(w, p.webhook_endpoint.url, 'webhook_endpoint[url]');
	const now = new Date().toISOString();
	const d = {
		id: newId('ed_test', 24), object: 'v2.core.event_destination', created: now, description: p.description ?? '',
		enabled_events: p.enabled_events, event_payload: p.event_payload, events_from: p.events_from ?? ['@self'], livemode: false,
		metadata: applyMetadata({}, p.metadata), name: p.name, status: 'enabled', type: p.type, updated: now,
		sandbox: { url: p.webhook_endpoint.url, secrets: [newId('whsec', 32)] }
	};
	if (p.snapshot_api_version !== undefined)
		d.snapshot_api_version = p.snapshot_api_version;
	w.store.event_destinations.set(d.id, d);
	return show(d, p.include, true);
}

function update(w, id, { include, metadata: meta, webhook_endpoint: webhook, enabled_events, ...p }) {
	const d = findLive(w, id);
	if (enabled_events !== undefined)
		checkEvents(d.event_payload, enabled_events);
	if (webhook !== undefined) {
		checkAddress(w, webhook.url, 'webhook_endpoint[url]');
		d.sandbox.url = webhook.url;
	}
	Object.assign(d, p, { metadata: applyMetadata(d.metadata, meta), updated: new Date().toISOString() });
	d.enabled_events = enabled_events ?? d.enabled_events;
	return show(d, include);
}

const setStatus = (status) => (w, { id }) => show(Object.assign(findLive(w, id), { status, updated: new Date().toISOString() }));

function ping(w, id) {
	const thin = newThin(w, 'v2.core.event_destination.ping', findLive(w, id));
	tell(w, thin);
	return thin;
}

export const ROUTES = {
	'POST /v2/core/event_destinations': {
		params: {
			name: must(text()), description: text(), enabled_events: must(list(text())), type: must(oneOf('webhook_endpoint')),
			event_payload: must(oneOf('snapshot', 'thin')), events_from: list(oneOf('@self', '@accounts')), include: INCLUDE, metadata,
			snapshot_api_version: text(), webhook_endpoint: WEBHOOK, ...unplayed('amazon_eventbridge azure_event_grid')
		},
		check: checkCreate, run: (w, _, p) => create(w, p)
	},
	'GET /v2/core/event_destinations': {
		params: { include: INCLUDE, limit: int(1, 100), page: text() },
		run: (w, _, p) => pageV2(alive(w).map((d) => show(d, p.include)), '/v2/core/event_destinations', p)
	},
	'GET /v2/core/event_destinations/:id': { params: { include: INCLUDE }, run: (w, { id }, p) => show(findLive(w, id), p.include) },
	'POST /v2/core/event_destinations/:id': {
		params: { description: text(), enabled_events: list(text()), include: INCLUDE, metadata, name: text(), webhook_endpoint: WEBHOOK },
		run: (w, { id }, p) => update(w, id, p)
	},
	'DELETE /v2/core/event_destinations/:id': { run: (w, { id }) => Object.assign(findLive(w, id), { deleted: true }) },
	'POST /v2/core/event_destinations/:id/disable': { run: setStatus('disabled') },
	'POST /v2/core/event_destinations/:id/enable': { run: setStatus('enabled') },
	'POST /v2/core/event_destinations/:id/ping': { run: (w, { id }) => ping(w, id) }
};
