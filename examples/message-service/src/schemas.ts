// What the service takes and answers, as JSON Schema: Fastify checks by it, and its OpenAPI document is made of it.

const id = { type: 'string', minLength: 1, maxLength: 128 } as const

export const idParameter = { type: 'object', required: ['id'], properties: { id } } as const

export const preparedBody = {
  type: 'object',
  additionalProperties: false,
  required: ['message', 'checkAt'],
  properties: {
    message: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'aggregate', 'key', 'type', 'payload'],
      properties: {
        id,
        aggregate: id,
        key: id,
        type: id,
        payload: { type: 'string', description: 'JSON, as text' },
        at: { type: 'integer', minimum: 0, description: 'ms since the epoch; now if absent' },
        headers: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    checkAt: {
      type: 'string',
      format: 'uri',
      description:
        'asked by POST with {id, type} what became of it; answers {"answer": "committed" | "rolled-back" | "unknown"}',
    },
    checkAfterMs: { type: 'integer', minimum: 1, maximum: 86_400_000, default: 60_000 },
  },
} as const

const status = { type: 'string', enum: ['prepared', 'committed', 'rolled-back', 'parked'] } as const

export const preparedAnswer = {
  type: 'object',
  properties: { kind: { type: 'string', enum: ['prepared', 'replayed', 'id-reused'] }, status },
} as const

export const decidedAnswer = { type: 'object', properties: { status, isNew: { type: 'boolean' } } } as const

export const half = {
  type: 'object',
  properties: {
    id,
    type: id,
    key: id,
    status,
    checks: { type: 'integer' },
    checkAt: { type: ['string', 'null'] },
    nextCheckAt: { type: ['integer', 'null'] },
    lastError: { type: ['string', 'null'] },
  },
} as const

export const halves = {
  type: 'object',
  properties: { messages: { type: 'array', items: half }, cursor: { type: ['string', 'null'] } },
} as const

export const pageQuery = {
  type: 'object',
  properties: {
    cursor: { type: 'string' },
    limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 },
  },
} as const

export const problem = {
  type: 'object',
  properties: { type: { type: 'string' }, title: { type: 'string' }, status: { type: 'integer' } },
} as const
