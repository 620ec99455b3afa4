// SPDX-License-Identifier: MIT
//
// What an account has arranged with Cello, and which way is played where no page of Cello's says what happens.
//
// The harsh way is the usual one; a sandbox that was started with --cello kind, as the demo's is, begins with the other.

import { oneOf, settingsOf } from '../settings.mjs';

// name → the harsh way, the kind way, and what there is besides; or any number
const SETTINGS = {
	// --- the REST API ---

	// How a refusal is written: {message}; with statusCode, timestamp and path as /token does it; or with a list of messages.
	error_shape: { harsh: 'plain', kind: 'long', also: ['list'] },
	// /token answers good keys with
	token_status: { harsh: 200, kind: 201 },
	// and bad ones with: 400 is documented, 401 was seen.
	bad_credentials: { harsh: 400, kind: 401 },
	// Characters of an access token.
	token_length: { harsh: 4000, kind: 52, also: [2000] },
	// Whether the answer says how long the refresh token lives: older documents have no such member.
	refresh_lifetime: { harsh: 'untold', kind: 'told' },
	// Whether a new access token is the end of the one before.
	tokens_alive: { harsh: 'one', kind: 'many' },
	// What GET …/active-link/{id} answers where there is nobody.
	unknown_link: { harsh: 'empty', kind: 'not_found' },

	// --- events ---

	// What POST /events does with an invoice that it was told of before: no page says.
	v1_repeats: { harsh: 'counted', kind: 'ignored', also: ['refused'] },
	// With what v2 refuses a body that is not of its schema.
	v2_refusal: { harsh: 422, kind: 400 },
	// What `warnings` of a 202 has in it.
	warnings_are: { harsh: 'objects', kind: 'texts' },

	// --- what takes its time, and what is said no to ---

	// Seconds from a signup until the user is known to be eligible, and from a payment until it has earned something.
	eligible_after: { harsh: 300, kind: 0, number: true },
	rewarded_after: { harsh: 86400, kind: 0, number: true },
	// Whether somebody who has paid once is eligible still.
	eligible_once_paid: { harsh: 'no', kind: 'yes' },
	// Whether "eligible": false has a reward that is null, or none.
	no_reward: { harsh: 'absent', kind: 'null' },
	// Whether a code in the cookie at somebody's first boot is a signup.
	auto_attribution: { harsh: 'off', kind: 'off', also: ['on'] },
	// By which way signups and purchases come, as the portal has it; what comes by the other earns nothing.
	signup_source: { harsh: 'any', kind: 'any', also: ['stripe', 'api'] },
	purchase_source: { harsh: 'any', kind: 'any', also: ['stripe', 'api'] },
	// Seconds without an event after which a part is no longer connected: an hour in production.
	health_window: { harsh: 3600, kind: 86400, number: true },
	// Whether the account has the Rewards API, which is in early access.
	rewards_api: { harsh: 'no', kind: 'yes' },

	// --- links and the component ---

	// Where a link leads, whether it adds utm_…, and whether a name's "+" is written so that it can be read.
	landing: { harsh: '/', kind: '/', also: ['/signup', '/pricing'] },
	link_utm: { harsh: 'yes', kind: 'no' },
	link_name: { harsh: 'raw', kind: 'encoded' },
	// Whether the component writes styles, a script, a frame, a font and a picture into the page, or keeps to itself.
	component: { harsh: 'harsh', kind: 'kind' },
	// Milliseconds after boot() until its labels are there.
	labels_after: { harsh: 1500, kind: 0, number: true },
	// Whether a custom launcher has to be set in the portal, and positioned.
	launchers: { harsh: 'strict', kind: 'any' },
	// What the attribution script calls its second cookie, whether it waits for consent, and what it says for no code.
	product_cookie: { harsh: 'cello-productId', kind: 'cello-product-id' },
	consent: { harsh: 'none', kind: 'none', also: ['custom'] },
	no_ucc: { harsh: 'null', kind: 'undefined', also: ['empty', 'false'] },
	// What the component's token may have and how old it may be.
	token_exp: { harsh: 'refused', kind: 'honoured' },
	token_age: { harsh: '24 h', kind: 'any' },
	// Seconds by which its iat may be ahead.
	token_ahead: { harsh: 0, kind: 60, number: true },
	org_ids: { harsh: 'option', kind: 'claim' },
	// What comes of a boot by somebody who was depersonalized.
	boot_after_erasure: { harsh: 'refused', kind: 'nameless' }
};

const wrong = ({ harsh, kind, also = [], number }, value) => !number ? oneOf([harsh, kind, ...also], value)
	: Number.isInteger(value) && value >= 0 ? null : 'a whole number of 0 or more';

export const { get: celloSetting, all: allCelloSettings, change: changeCelloSettings } =
	settingsOf(SETTINGS, { usual: (w, row) => row[w.options.manners], map: (w) => w.store.celloSettings, wrong });
