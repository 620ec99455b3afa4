// SPDX-License-Identifier: MIT
//
// Who else is there: a product on 3000, which says who the web server says it is asked by.

import http from 'node:http';

http.createServer((req, res) => {
	res.setHeader('content-type', 'application/json');
	res.end(JSON.stringify({
		path: req.url, account: req.headers['x-endpin-account'], plan: req.headers['x-endpin-plan'], entitled: req.headers['x-endpin-entitled']
	}));
}).listen(3000, '127.0.0.1');
