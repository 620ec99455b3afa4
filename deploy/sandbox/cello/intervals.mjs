// SPDX-License-Identifier: MIT
//
// How often somebody pays, in Cello's words; "month" is not one of them.

export const INTERVALS = ['one-time', 'weekly', 'bi-weekly', 'monthly', 'quarterly', 'semi-annual', 'yearly', 'biennial', 'triennial', 'lifetime'];
