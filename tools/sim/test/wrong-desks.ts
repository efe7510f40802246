import { isHoldfastError, type OrderDesk } from '@holdfast/core'

/** A desk with one realistic fault. */
export interface WrongDesk {
  readonly name: string
  readonly wrapDesk: (desk: OrderDesk) => OrderDesk
}

function wrong(name: string, faulty: (desk: OrderDesk) => Partial<OrderDesk>): WrongDesk {
  return {
    name,
    wrapDesk: (desk) => {
      const methods = faulty(desk)
      return new Proxy(desk, {
        get(target, method) {
          const value: unknown = Reflect.get(methods, method) ?? Reflect.get(target, method)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
}

export const WRONG_DESKS: readonly WrongDesk[] = [
  wrong('asks again under another id when it does not know', (desk) => ({
    async place(order, options) {
      try {
        return await desk.place(order, options)
      } catch (error) {
        if (!isHoldfastError(error, 'unknown')) throw error
        return desk.place({ ...order, id: `${order.id}-again` }, options)
      }
    },
  })),
  wrong('takes a payment for recorded when it does not know', (desk) => ({
    async recordPayment(payment, options) {
      try {
        return await desk.recordPayment(payment, options)
      } catch (error) {
        if (!isHoldfastError(error, 'unknown')) throw error
        const { orderId: id } = payment
        return { ok: true, id, status: 'paid', replayed: false, late: false, owed: [] }
      }
    },
  })),
  wrong('tells of a payment that must be given back as if it were taken', (desk) => ({
    async recordPayment(payment, options) {
      const result = await desk.recordPayment(payment, options)
      if (result.ok || result.reason !== 'refund-required') return result
      return { ok: true, id: result.id, status: 'paid', replayed: true, late: false, owed: [] }
    },
  })),
  wrong('tells a replay as a fresh grant', (desk) => ({
    async place(order, options) {
      const result = await desk.place(order, options)
      return result.ok ? { ...result, replayed: false } : result
    },
  })),
  wrong('shows units that an order holds itself to nobody', (desk) => ({
    availability: ({ holding: _own, ...query }) => desk.availability(query),
  })),
  wrong('never answers when the store is slow to', (desk) => ({
    async place(order, options) {
      try {
        return await desk.place(order, options)
      } catch (error) {
        if (isHoldfastError(error, 'unknown')) return new Promise(() => {})
        throw error
      }
    },
  })),
]
