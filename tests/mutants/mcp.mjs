// SPDX-License-Identifier: MIT

const MCP = 'unit/test_mcp';
const SYSTEM = 'system/mcp.test.mjs';

export default [
	{
		file: 'src/api/visitor.c', what: 'any good key is good for everything',
		from: '(c->visitor.scopes & scopes) != scopes', to: 'scopes == 0', tests: [SYSTEM]
	},
	{
		file: 'src/mcp/http.c', what: 'every token is told addresses',
		from: '(c->visitor.scopes & KEY_ADDRESSES) != 0', to: '1', tests: [SYSTEM]
	},
	{
		file: 'src/mcp/tool.c', what: 'addresses are told as they are',
		from: '!t->is_public && !x->mcp->addresses', to: 't->is_public && !x->mcp->addresses', tests: [SYSTEM]
	},
	{
		file: 'src/mcp/mask.c', what: 'of an address only the last letter is masked',
		from: 'from > text && is_local(from[-1]);', to: 'from > text && is_local(from[-1]) && from == at;', tests: [MCP]
	},
	{
		file: 'src/mcp/http.c', what: 'a worker asks Stripe and waits',
		from: '.offline = 1,', to: '.offline = 0,', tests: [SYSTEM]
	},
	{
		file: 'src/mcp/shelf.c', what: 'a path of any file is a guide',
		from: 'if (i == s->count)\n\t\treturn ERR_NOTFOUND;\n\t(void)snprintf(path, sizeof(path), "%s/%s", dir, s->name[i]);',
		to: '(void)snprintf(path, sizeof(path), "%s/%s", dir, name);', tests: [SYSTEM]
	},
	{
		file: 'src/mcp/rpc.c', what: 'headers may say something else than the body',
		from: 'if (fault != NULL)\n', to: 'if (fault != NULL && x->heads == NULL)\n', tests: [MCP, SYSTEM]
	},
	{
		file: 'src/mcp/rpc.c', what: 'a version that is not spoken is answered all the same',
		from: 'version != NULL && !is_one_of(version, modern_versions)', to: 'version == NULL && x->modern', tests: [MCP]
	},
	{
		file: 'src/mcp/rpc.c', what: 'a notification is answered',
		from: 'x->id == NULL || x->method == NULL', to: 'x->method == NULL', tests: [MCP]
	},
	{
		file: 'src/mcp/tool.c', what: 'questions of programs take all workers of the pool',
		from: '} else if (slots_take(s, 0) == ERR_OK) {', to: '} else if (slots_take(s, 0) != ERR_INTERNAL) {', tests: [SYSTEM]
	},
	{
		file: 'src/app/look_at_fields.c', what: 'the fields of one customer are those of the next',
		from: 'if (!text_equal(looked->id, x->object_id)) {', to: "if (looked->id[0] == '\\0') {", tests: [SYSTEM]
	},
	{
		file: 'src/app/look_at_fields.c', what: 'a field that Cello needs is ok, whatever it is',
		from: 'judge_field(v, &found[i], f);', to: '(void)judge_field;', tests: [SYSTEM]
	}
];
