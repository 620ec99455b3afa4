// SPDX-License-Identifier: MIT
//
// The one API version whose shapes the sandbox knows. Another Stripe-Version is echoed, not played.

export const API_VERSION = '2026-10-28.endive';
