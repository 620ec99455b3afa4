// SPDX-License-Identifier: MIT
//
// The official MCP clients, of both eras, at endpin's server: over HTTP with a token, and over the pipe of "endpin mcp".

import { Client as NewClient, StreamableHTTPClientTransport as NewHttp } from '@modelcontextprotocol/client';
import { StdioClientTransport as NewStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { join } from 'node:path';
import { NOBODY } from './process.mjs';

const WHO = { name: 'tests', version: '1' };

// As whom the tests run endpin: a transport cannot say that itself.
function command(rig, words) {
	const endpin = [join(rig.stage.bin, 'endpin'), '-c', rig.conf, ...words];
	return NOBODY.uid === undefined ? endpin
		: ['setpriv', `--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, '--clear-groups', '--', ...endpin];
}

export const ERAS = ['2026-07-28', '2025-11-25'];

// `token`: over HTTP; else over a pipe, with `words` before the command and `more` behind it.
export async function connectMcp(rig, { era = ERAS[0], token, words = [], more = [] } = {}) {
	const modern = era === ERAS[0];
	const client = modern ? new NewClient(WHO, { versionNegotiation: { mode: { pin: era } } }) : new OldClient(WHO);
	const [program, ...args] = command(rig, [...words, 'mcp', ...more]);
	const transport = token
		? new (modern ? NewHttp : OldHttp)(new URL(`${rig.site}/mcp`), { requestInit: { headers: { authorization: `Bearer ${token}` } } })
		: new (modern ? NewStdio : OldStdio)({ command: program, args, stderr: 'inherit' });
	await client.connect(transport);
	return client;
}

export const mcpToken = async (rig, ...more) => (await rig.endpin('mcp', 'token', 'tests', ...more)).trim();

// What a tool answers, as an object.
export async function callMcp(client, name, args = {}) {
	const answer = await client.callTool({ name, arguments: args });
	if (answer.isError)
		throw new Error(answer.content[0].text);
	return answer.structuredContent;
}
