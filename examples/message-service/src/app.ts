import swagger from '@fastify/swagger'
import type { SqlHalfMessages } from '@holdfast/sql-adapter'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import * as schemas from './schemas.js'

type Half = Awaited<ReturnType<SqlHalfMessages['list']>>['messages'][number]

interface PreparedBody {
  readonly message: {
    readonly id: string
    readonly aggregate: string
    readonly key: string
    readonly type: string
    readonly payload: string
    readonly at?: number
    readonly headers?: Readonly<Record<string, string>>
  }
  readonly checkAt: string
  readonly checkAfterMs: number
}

type WithId = { readonly Params: { readonly id: string } }

/** The service's HTTP interface; `GET /openapi.json` describes it. */
export async function createApp(halfMessages: SqlHalfMessages, wake: () => void): Promise<FastifyInstance> {
  const app = fastify()
  await app.register(swagger, {
    openapi: { info: { title: 'Message service', version: '0.1.0' } },
  })

  app.post<{ Body: PreparedBody }>(
    '/messages',
    {
      schema: {
        body: schemas.preparedBody,
        response: { 200: schemas.preparedAnswer, 201: schemas.preparedAnswer },
      },
    },
    async (request, reply) => {
      const { message, checkAt, checkAfterMs } = request.body
      const whole = { at: Date.now(), headers: {}, ...message }
      const prepared = await halfMessages.prepare({ message: whole, checkAt, checkAfterMs })
      return reply.code(prepared.kind === 'prepared' ? 201 : 200).send(prepared)
    },
  )

  for (const [action, decision] of [
    ['confirm', 'committed'],
    ['cancel', 'rolled-back'],
  ] as const) {
    app.post<WithId>(
      `/messages/:id/${action}`,
      {
        schema: {
          params: schemas.idParameter,
          response: { 200: schemas.decidedAnswer, 404: schemas.problem },
        },
      },
      async (request, reply) => {
        const decided = await halfMessages.decide(request.params.id, decision)
        if (decided === null) return notFound(reply)
        wake()
        return decided
      },
    )
  }

  app.get<WithId>(
    '/messages/:id',
    { schema: { params: schemas.idParameter, response: { 200: schemas.half, 404: schemas.problem } } },
    async (request, reply) => {
      const found = await halfMessages.read(request.params.id)
      return found === null ? notFound(reply) : told(found)
    },
  )

  app.get<{ Querystring: { readonly cursor?: string; readonly limit: number } }>(
    '/dead-messages',
    { schema: { querystring: schemas.pageQuery, response: { 200: schemas.halves } } },
    async (request) => {
      const { cursor = null, limit } = request.query
      const page = await halfMessages.list({ status: 'parked', cursor, limit })
      return { messages: page.messages.map(told), cursor: page.cursor }
    },
  )

  app.post<WithId>(
    '/messages/:id/retry',
    { schema: { params: schemas.idParameter, response: { 204: { type: 'null' }, 404: schemas.problem } } },
    async (request, reply) => {
      const isResumed = await halfMessages.resume(request.params.id)
      return isResumed ? reply.code(204).send() : notFound(reply)
    },
  )

  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  return app
}

function told({ message, status, checks, checkAt, nextCheckAt, lastError }: Half) {
  const { id, type, key } = message
  return { id, type, key, status, checks, checkAt, nextCheckAt, lastError }
}

function notFound(reply: FastifyReply) {
  return reply.code(404).type('application/problem+json').send({
    type: 'about:blank',
    title: 'No such message, or not in this state',
    status: 404,
  })
}
