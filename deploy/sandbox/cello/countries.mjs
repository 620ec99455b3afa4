// SPDX-License-Identifier: MIT
//
// Where nobody can be paid, so that the component stays away without a word.  Cello's own list is another.

export const NOT_PAID_OUT = ['BY', 'CU', 'IR', 'KP', 'RU', 'SY'];
