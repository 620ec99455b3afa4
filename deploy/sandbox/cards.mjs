// SPDX-License-Identifier: MIT
//
// Stripe's test cards, as far as the sandbox plays them.

const declined = (message, code, decline) => ({ pays: false, attaches: false, message, code, decline });

const CARDS = {
	'4242424242424242': { brand: 'visa', pays: true },
	'4000056655665556': { brand: 'visa', pays: true },
	'5555555555554444': { brand: 'mastercard', pays: true },
	'378282246310005': { brand: 'amex', pays: true },
	// Attaches to a customer; every charge fails afterwards. So it begins a trial and fails the first renewal.
	'4000000000000341': { brand: 'visa', ...declined('Your card was declined.', 'card_declined', 'generic_decline'), attaches: true },
	'4000000000000002': { brand: 'visa', ...declined('Your card was declined.', 'card_declined', 'generic_decline') },
	'4000000000009995': { brand: 'visa', ...declined('Your card has insufficient funds.', 'card_declined', 'insufficient_funds') },
	'4000000000009987': { brand: 'visa', ...declined('Your card was declined.', 'card_declined', 'lost_card') },
	'4000000000000069': { brand: 'visa', ...declined('Your card has expired.', 'expired_card', null) },
	'4000000000000127': { brand: 'visa', ...declined("Your card's security code is incorrect.", 'incorrect_cvc', null) },
	// Pay, and are followed by trouble.
	'4000000000000259': { brand: 'visa', pays: true, disputed: 'fraudulent' },
	'4000000000001976': { brand: 'visa', pays: true, disputed: 'fraudulent', dispute: 'inquiry' },
	'4000000000005423': { brand: 'visa', pays: true, warns: 'made_with_stolen_card' },
	'4000000000007726': { brand: 'visa', pays: true, refunds: 'pending_then_succeeded' },
	'4000000000005126': { brand: 'visa', pays: true, refunds: 'succeeded_then_failed' }
};

// What is shown on the hosted page.
export const HINTS = [
	['4242424242424242', 'pays'],
	['4000000000000002', 'is declined'],
	['4000000000009995', 'has insufficient funds'],
	['4000000000000341', 'begins a trial, then fails each charge']
];

export function cardOf(number) {
	const digits = number.replaceAll(/[\s-]/g, '');
	return CARDS[digits]
		? { digits, attaches: true, ...CARDS[digits] }
		: { digits, brand: 'visa', ...declined('Your card was declined. Your request was in test mode, but used a non test card.', 'card_declined', 'test_mode_live_card') };
}
