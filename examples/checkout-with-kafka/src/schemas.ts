// What the shop takes, as JSON Schema: Fastify checks by it. Ids, SKUs and quantities are the desk's to judge.

const text = { type: 'string' } as const

export const cart = {
  type: 'object',
  required: ['orderId', 'userId', 'lines', 'total'],
  properties: {
    orderId: text,
    userId: text,
    lines: {
      type: 'array',
      items: {
        type: 'object',
        required: ['sku', 'quantity'],
        properties: { sku: text, quantity: { type: 'number' } },
      },
    },
    total: { type: 'integer', minimum: 0, description: 'in cents' },
  },
} as const

export const payment = {
  type: 'object',
  required: ['orderId', 'paymentId'],
  properties: { orderId: text, paymentId: text },
} as const
