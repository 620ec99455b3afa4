// SPDX-License-Identifier: MIT
//
// The sandbox's Cello, reached as a person would: its endpoint at Stripe is made by the command, its secret pasted.

export async function connectCello(rig) {
	const { hook: { url } } = await rig.control('GET', '/cello');
	const secret = (await rig.endpin('stripe', 'endpoint', 'create', 'cello', '--url', url)).trim();
	await rig.control('POST', '/cello/webhook', { secret });
}
